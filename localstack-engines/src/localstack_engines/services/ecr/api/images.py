"""Operations on images, answered from the registry's storage."""

import hashlib
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecr.engine.image_storage import Image, ImageStorage
from localstack_engines.services.ecr.engine import registry
from localstack_engines.services.ecr.engine.registry import Registry
from localstack_engines.services.ecr.errors import EcrError, image_exists, image_not_found, tag_exists
from localstack_engines.toolkit.dispatch import moto

Request = dict[str, Any]
Response = dict[str, Any]

_DEFAULT_MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json"


class ImageOperations:
    """The provider brings ``registry`` and ``storage``."""

    registry: Registry
    storage: ImageStorage

    def describe_images(self, context: RequestContext, request: Request) -> Response:
        name = self.existing(context, request)
        found = self.storage.images(name)
        if wanted := request.get("imageIds"):
            found = [self._one(context, name, found, image_id) for image_id in wanted]
        found = _with_tag_status(found, request.get("filter"))
        details = [_detail(image, name, context.account_id) for image in dict.fromkeys(found)]
        return _page(request, "imageDetails", details)

    def list_images(self, context: RequestContext, request: Request) -> Response:
        found = _with_tag_status(self.storage.images(self.existing(context, request)), request.get("filter"))
        ids: list[dict[str, str]] = []
        for image in found:
            digest = {"imageDigest": image.digest}
            ids += [{**digest, "imageTag": tag} for tag in image.tags] or [digest]
        return _page(request, "imageIds", ids)

    def batch_get_image(self, context: RequestContext, request: Request) -> Response:
        name = self.existing(context, request)
        stored, images, failures = self.storage.images(name), [], []
        for image_id in request["imageIds"]:
            image = _find(stored, image_id)
            if image is None:
                failures.append(_failure(image_id))
                continue
            images.append(_answer(image, image_id.get("imageTag"), name, context.account_id))
        return {"images": images, "failures": failures}

    def batch_delete_image(self, context: RequestContext, request: Request) -> Response:
        name = self.existing(context, request)
        deleted: list[dict[str, str]] = []
        failures: list[dict[str, Any]] = []
        for image_id in request["imageIds"]:
            image = _find(self.storage.images(name), image_id)
            if image is None:
                failures.append(_failure(image_id))
                continue
            deleted += self._delete(name, image, image_id)
        return {"imageIds": deleted, "failures": failures}

    def put_image(self, context: RequestContext, request: Request) -> Response:
        name = self.existing(context, request)
        tag, before = request.get("imageTag"), self.storage.images(name)
        if tag and any(tag in image.tags for image in before) and self._immutable(context, name):
            raise tag_exists(tag, name)
        manifest = request["imageManifest"].encode()
        digest = request.get("imageDigest") or _digest(manifest)
        if any(image.digest == digest and (tag is None or tag in image.tags) for image in before):
            raise image_exists({"imageDigest": digest, "imageTag": tag or ""}, name, context.account_id)
        media_type = request.get("imageManifestMediaType") or _DEFAULT_MEDIA_TYPE
        status, answer = self.registry.put_manifest(name, tag or digest, media_type, manifest)
        if status >= 400:
            code = "LayersNotFoundException" if "BLOB_UNKNOWN" in answer else "InvalidParameterException"
            raise EcrError(code, f"The registry refused the manifest: {answer.strip()}")
        stored = self._one(context, name, self.storage.images(name), {"imageDigest": digest})
        return {"image": _answer(stored, tag, name, context.account_id)}

    def batch_check_layer_availability(self, context: RequestContext, request: Request) -> Response:
        name = self.existing(context, request)
        layers: list[dict[str, Any]] = []
        for digest in request["layerDigests"]:
            size = self.storage.layer_size(name, digest)
            available = {"layerAvailability": "AVAILABLE", "layerSize": size} if size is not None else {}
            layers.append({"layerDigest": digest, "layerAvailability": "UNAVAILABLE", **available})
        return {"layers": layers, "failures": []}

    def get_download_url_for_layer(self, context: RequestContext, request: Request) -> Response:
        name, digest = self.existing(context, request), request["layerDigest"]
        if self.storage.layer_size(name, digest) is None:
            raise EcrError(
                "LayersNotFoundException",
                f"The layer with digest '{digest}' does not exist in the repository with name '{name}' in the registry "
                f"with id '{context.account_id}'",
            )
        return {"downloadUrl": f"http://{registry.address()}/v2/{name}/blobs/{digest}", "layerDigest": digest}

    def existing(self, context: RequestContext, request: Request) -> str:
        """The repository's name; moto raises RepositoryNotFoundException when there is none."""
        name = str(request["repositoryName"])
        moto(context, "DescribeRepositories", {"repositoryNames": [name]})
        return name

    def _immutable(self, context: RequestContext, name: str) -> bool:
        [found] = moto(context, "DescribeRepositories", {"repositoryNames": [name]})["repositories"]
        return bool(found.get("imageTagMutability") == "IMMUTABLE")

    def _one(self, context: RequestContext, name: str, stored: list[Image], image_id: dict[str, str]) -> Image:
        image = _find(stored, image_id)
        if image is None:
            raise image_not_found(image_id, name, context.account_id)
        return image

    def _delete(self, name: str, image: Image, image_id: dict[str, str]) -> list[dict[str, str]]:
        """By tag only the tag goes, unless it is the last; by digest the image goes with all its tags."""
        tag = image_id.get("imageTag")
        if tag and set(image.tags) != {tag}:
            self.storage.remove_tag(name, tag)
            return [{"imageDigest": image.digest, "imageTag": tag}]
        self.registry.delete_manifest(name, image.digest)
        for one in image.tags:
            self.storage.remove_tag(name, one)
        digest = {"imageDigest": image.digest}
        return [{**digest, "imageTag": one} for one in image.tags] or [digest]


def _find(stored: list[Image], image_id: dict[str, str]) -> Image | None:
    digest, tag = image_id.get("imageDigest"), image_id.get("imageTag")
    for image in stored:
        if (digest or tag) and digest in (None, image.digest) and (tag is None or tag in image.tags):
            return image
    return None


def _with_tag_status(images: list[Image], wanted: dict[str, str] | None) -> list[Image]:
    status = (wanted or {}).get("tagStatus") or "ANY"
    return [image for image in images if status == "ANY" or bool(image.tags) == (status == "TAGGED")]


def _detail(image: Image, name: str, registry_id: str) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "registryId": registry_id,
        "repositoryName": name,
        "imageDigest": image.digest,
        "imageSizeInBytes": image.size,
        "imagePushedAt": image.pushed_at,
        "imageManifestMediaType": image.media_type,
    }
    if image.tags:
        detail["imageTags"] = list(image.tags)
    if image.artifact_type:
        detail["artifactMediaType"] = image.artifact_type
    return detail


def _answer(image: Image, tag: str | None, name: str, registry_id: str) -> dict[str, Any]:
    return {
        "registryId": registry_id,
        "repositoryName": name,
        "imageId": {"imageDigest": image.digest, **({"imageTag": tag} if tag else {})},
        "imageManifest": image.manifest,
        "imageManifestMediaType": image.media_type,
    }


def _failure(image_id: dict[str, str]) -> dict[str, Any]:
    return {"imageId": image_id, "failureCode": "ImageNotFound", "failureReason": "Requested image not found"}


def _digest(manifest: bytes) -> str:
    return f"sha256:{hashlib.sha256(manifest).hexdigest()}"


def _page(request: Request, key: str, items: list[Any]) -> Response:
    size, token = int(request.get("maxResults") or 100), request.get("nextToken") or "0"
    if not token.isdigit():
        raise EcrError("InvalidParameterException", "Invalid parameter at 'nextToken' failed to satisfy constraint")
    start, end = int(token), int(token) + size
    return {key: items[start:end], **({"nextToken": str(end)} if end < len(items) else {})}
