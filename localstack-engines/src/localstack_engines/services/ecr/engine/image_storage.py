"""The images in the registry's storage.

The layout of the storage is Distribution's: a repository has links (files that contain a digest) to its manifests
and tags, and `blobs` has the content by digest.
"""

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_OCI_INDEX = "application/vnd.oci.image.index.v1+json"


@dataclass(frozen=True)
class Image:
    """A manifest in a repository. `size` is in bytes, of the configuration and the compressed layers.

    `references` are the digests of the manifests that a manifest list consists of.
    """

    digest: str
    tags: tuple[str, ...]
    manifest: str
    media_type: str
    artifact_type: str | None
    size: int
    pushed_at: datetime
    references: tuple[str, ...] = ()


class ImageStorage:
    """Reads a registry's directory. It removes tags and repositories; all other changes go through the registry."""

    def __init__(self, root: Path) -> None:
        self._root = root / "docker" / "registry" / "v2"

    def images(self, repository: str) -> list[Image]:
        """Returns the images of a repository, the newest first."""
        tags = self._tags(repository)
        revisions = self._manifests(repository) / "revisions" / "sha256"
        found = []
        for link in revisions.glob("*/link"):
            digest = link.read_text()
            if image := self._image(digest, tuple(sorted(tag for tag, of in tags.items() if of == digest)), link):
                found.append(image)
        return sorted(found, key=lambda image: image.pushed_at, reverse=True)

    def layer_size(self, repository: str, digest: str) -> int | None:
        """Returns the size of a layer in bytes, or None when the repository does not have it."""
        algorithm, _, value = digest.partition(":")
        link = self._repository(repository) / "_layers" / algorithm / value / "link"
        blob = self._blob(digest)
        return blob.stat().st_size if link.exists() and blob.exists() else None

    def remove_tag(self, repository: str, tag: str) -> None:
        """Removes a tag and keeps the image. The registry's API can remove both only."""
        shutil.rmtree(self._manifests(repository) / "tags" / tag, ignore_errors=True)

    def remove_repository(self, repository: str) -> None:
        """Removes the links of a repository. The content stays, because other repositories may share it."""
        for part in ("_manifests", "_layers", "_uploads"):
            shutil.rmtree(self._repository(repository) / part, ignore_errors=True)

    def _image(self, digest: str, tags: tuple[str, ...], link: Path) -> Image | None:
        try:
            text = self._blob(digest).read_text()
            pushed = max(path.stat().st_mtime for path in (link, *self._tag_links(link, tags)))
        except FileNotFoundError:
            # The image is being pushed or removed at this moment.
            return None
        manifest = json.loads(text)
        return Image(
            digest=digest,
            tags=tags,
            manifest=text,
            # Only OCI's manifests may lack the type (OCI Image Format Specification 1.1, "mediaType").
            media_type=manifest.get("mediaType") or (_OCI_INDEX if "manifests" in manifest else _OCI_MANIFEST),
            artifact_type=(manifest.get("config") or {}).get("mediaType"),
            size=_size(manifest),
            pushed_at=datetime.fromtimestamp(pushed, UTC),
            references=tuple(str(part["digest"]) for part in manifest.get("manifests") or [] if "digest" in part),
        )

    def _tags(self, repository: str) -> dict[str, str]:
        links = (self._manifests(repository) / "tags").glob("*/current/link")
        return {link.parent.parent.name: link.read_text() for link in links}

    @staticmethod
    def _tag_links(link: Path, tags: tuple[str, ...]) -> list[Path]:
        manifests = link.parents[3]
        return [manifests / "tags" / tag / "current" / "link" for tag in tags]

    def _repository(self, name: str) -> Path:
        return self._root / "repositories" / name

    def _manifests(self, repository: str) -> Path:
        return self._repository(repository) / "_manifests"

    def _blob(self, digest: str) -> Path:
        algorithm, _, value = digest.partition(":")
        return self._root / "blobs" / algorithm / value[:2] / value / "data"


def _size(manifest: dict[str, Any]) -> int:
    parts = [manifest.get("config") or {}, *(manifest.get("layers") or []), *(manifest.get("manifests") or [])]
    return sum(int(part.get("size") or 0) for part in parts)
