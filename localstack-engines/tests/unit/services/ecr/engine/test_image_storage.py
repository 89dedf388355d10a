"""The images in the directory of a registry."""

import hashlib
import json
from pathlib import Path

from localstack_engines.services.ecr.engine.image_storage import ImageStorage


class Disk:
    """Writes the files that Distribution writes."""

    def __init__(self, root: Path) -> None:
        self.v2 = root / "docker" / "registry" / "v2"

    def link(self, *parts: str, digest: str) -> None:
        file = self.v2.joinpath("repositories", *parts, "link")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(digest)

    def push(self, repository: str, manifest: dict[str, object], *tags: str) -> str:
        content = json.dumps(manifest)
        value = hashlib.sha256(content.encode()).hexdigest()
        blob = self.v2 / "blobs" / "sha256" / value[:2] / value / "data"
        blob.parent.mkdir(parents=True, exist_ok=True)
        blob.write_text(content)
        digest = f"sha256:{value}"
        self.link(repository, "_manifests", "revisions", "sha256", value, digest=digest)
        for tag in tags:
            self.link(repository, "_manifests", "tags", tag, "current", digest=digest)
        return digest


def test_images_and_tags(tmp_path: Path) -> None:
    disk, storage = Disk(tmp_path), ImageStorage(tmp_path)
    manifest = {"mediaType": "m", "config": {"size": 10, "mediaType": "c"}, "layers": [{"size": 5}, {"size": 7}]}
    digest = disk.push("a/b", manifest, "one", "two")
    untagged = disk.push("a/b", {"manifests": [{"size": 3}]})
    disk.link("a/b", "_manifests", "revisions", "sha256", "gone", digest="sha256:gone")
    found = {image.digest: image for image in storage.images("a/b")}
    assert found.keys() == {digest, untagged}
    assert found[digest].tags == ("one", "two")
    assert found[digest].size == 22
    assert found[untagged].tags == ()
    storage.remove_tag("a/b", "one")
    assert next(image.tags for image in storage.images("a/b") if image.digest == digest) == ("two",)
    assert storage.images("a") == []


def test_removing_a_repository_keeps_the_one_below_it(tmp_path: Path) -> None:
    disk, storage = Disk(tmp_path), ImageStorage(tmp_path)
    disk.push("a", {}, "x")
    disk.push("a/b", {}, "x")
    storage.remove_repository("a")
    assert storage.images("a") == []
    assert len(storage.images("a/b")) == 1
