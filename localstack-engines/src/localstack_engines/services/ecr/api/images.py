"""Operations on images, answered from the registry's storage."""

import hashlib
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecr.api import descriptions
from localstack_engines.services.ecr.api.operations import Operations, Request, Response
from localstack_engines.services.ecr.api.paging import PAGER
from localstack_engines.services.ecr.engine.image_storage import Image
from localstack_engines.services.ecr.errors import (
    image_exists,
    image_not_found,
    invalid_parameter,
    layers_not_found,
    tag_exists,
)

_DEFAULT_MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json"


class ImageOperations(Operations):
    """Describes, lists, gets, puts and deletes images."""

    def describe_images(self, context: RequestContext, request: Request) -> Response:
        repository = self.repository_name(context, request)
        found = self.storage.images(repository)
        if wanted := request.get("imageIds"):
            found = [_existing(context, repository, found, image_id) for image_id in wanted]
        images = list(dict.fromkeys(_with_tag_status(found, request.get("filter"))))
        page, next_token = PAGER.page(images, request)
        details = [descriptions.detail(image, repository, context.account_id) for image in page]
        return {"imageDetails": details, **next_token}

    def list_images(self, context: RequestContext, request: Request) -> Response:
        images = self.storage.images(self.repository_name(context, request))
        ids: list[dict[str, str]] = []
        for image in _with_tag_status(images, request.get("filter")):
            digest = {"imageDigest": image.digest}
            ids += [{**digest, "imageTag": tag} for tag in image.tags] or [digest]
        page, next_token = PAGER.page(ids, request)
        return {"imageIds": page, **next_token}

    def batch_get_image(self, context: RequestContext, request: Request) -> Response:
        repository = self.repository_name(context, request)
        stored, images, failures = self.storage.images(repository), [], []
        for image_id in request["imageIds"]:
            image = _find(stored, image_id)
            if image is None:
                failures.append(descriptions.failure(image_id))
                continue
            images.append(descriptions.image(image, image_id.get("imageTag"), repository, context.account_id))
        return {"images": images, "failures": failures}

    def batch_delete_image(self, context: RequestContext, request: Request) -> Response:
        repository = self.repository_name(context, request)
        deleted: list[dict[str, str]] = []
        failures: list[dict[str, Any]] = []
        for image_id in request["imageIds"]:
            image = _find(self.storage.images(repository), image_id)
            if image is None:
                failures.append(descriptions.failure(image_id))
                continue
            deleted += self._delete(repository, image, image_id)
        return {"imageIds": deleted, "failures": failures}

    def put_image(self, context: RequestContext, request: Request) -> Response:
        record = self.repository(context, request)
        repository, tag = record["repositoryName"], request.get("imageTag")
        before = self.storage.images(repository)
        immutable = record.get("imageTagMutability") == "IMMUTABLE"
        if tag and immutable and any(tag in image.tags for image in before):
            raise tag_exists(tag, repository)
        manifest = request["imageManifest"].encode()
        digest = request.get("imageDigest") or f"sha256:{hashlib.sha256(manifest).hexdigest()}"
        if any(image.digest == digest and (tag is None or tag in image.tags) for image in before):
            raise image_exists({"imageDigest": digest, "imageTag": tag or ""}, repository, context.account_id)
        media_type = request.get("imageManifestMediaType") or _DEFAULT_MEDIA_TYPE
        status, answer = self.registry.put_manifest(repository, tag or digest, media_type, manifest)
        if status >= 400:
            error = layers_not_found if "BLOB_UNKNOWN" in answer else invalid_parameter
            raise error(f"The registry refused the manifest: {answer.strip()}")
        stored = _existing(context, repository, self.storage.images(repository), {"imageDigest": digest})
        return {"image": descriptions.image(stored, tag, repository, context.account_id)}

    def _delete(self, repository: str, image: Image, image_id: dict[str, str]) -> list[dict[str, str]]:
        """Removes a tag, or the image with all its tags when the id names its digest or its only tag.

        Returns the ids that were removed.
        """
        tag = image_id.get("imageTag")
        if tag and set(image.tags) != {tag}:
            self.storage.remove_tag(repository, tag)
            return [{"imageDigest": image.digest, "imageTag": tag}]
        self.registry.delete_manifest(repository, image.digest)
        for one in image.tags:
            self.storage.remove_tag(repository, one)
        digest = {"imageDigest": image.digest}
        return [{**digest, "imageTag": one} for one in image.tags] or [digest]


def _existing(context: RequestContext, repository: str, stored: list[Image], image_id: dict[str, str]) -> Image:
    image = _find(stored, image_id)
    if image is None:
        raise image_not_found(image_id, repository, context.account_id)
    return image


def _find(stored: list[Image], image_id: dict[str, str]) -> Image | None:
    digest, tag = image_id.get("imageDigest"), image_id.get("imageTag")
    for image in stored:
        if (digest or tag) and digest in (None, image.digest) and (tag is None or tag in image.tags):
            return image
    return None


def _with_tag_status(images: list[Image], wanted: dict[str, str] | None) -> list[Image]:
    status = (wanted or {}).get("tagStatus") or "ANY"
    return [image for image in images if status == "ANY" or bool(image.tags) == (status == "TAGGED")]
