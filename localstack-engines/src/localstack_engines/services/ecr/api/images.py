"""Operations on images, answered from the registry's storage."""

import hashlib
import json
import re
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecr.api import descriptions
from localstack_engines.services.ecr.api.descriptions import NO_IMAGE_ID
from localstack_engines.services.ecr.api.operations import Operations, Request, Response
from localstack_engines.services.ecr.api.paging import PAGER
from localstack_engines.services.ecr.engine.image_storage import Image
from localstack_engines.services.ecr.errors import (
    digest_does_not_match,
    image_exists,
    image_not_found,
    invalid_parameter,
    layers_not_found,
    tag_exists,
)

_DIGEST = re.compile(r"[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+")


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
                failures.append(_why_not_found(stored, image_id))
                continue
            images.append(descriptions.image(image, image_id.get("imageTag"), repository, context.account_id))
        return {"images": images, "failures": failures}

    def batch_delete_image(self, context: RequestContext, request: Request) -> Response:
        repository = self.repository_name(context, request)
        deleted: list[dict[str, str]] = []
        failures: list[dict[str, Any]] = []
        for image_id in request["imageIds"]:
            stored = self.storage.images(repository)
            image = _find(stored, image_id)
            if image is None:
                failures.append(_why_not_found(stored, image_id))
            elif lists := [one.digest for one in stored if image.digest in one.references]:
                failures.append(descriptions.referenced(image_id, image.digest, lists))
            else:
                deleted += self._delete(repository, image, image_id)
        return {"imageIds": deleted, "failures": failures}

    def put_image(self, context: RequestContext, request: Request) -> Response:
        record = self.repository(context, request)
        repository, tag = record["repositoryName"], request.get("imageTag")
        before = self.storage.images(repository)
        immutable = record.get("imageTagMutability") == "IMMUTABLE"
        if tag and immutable and any(tag in image.tags for image in before):
            raise tag_exists(tag, repository)
        manifest, media_type = request["imageManifest"].encode(), _media_type(request)
        digest = f"sha256:{hashlib.sha256(manifest).hexdigest()}"
        if request.get("imageDigest") not in (None, digest):
            raise digest_does_not_match(request["imageDigest"], digest)
        if any(image.digest == digest and (tag is None or tag in image.tags) for image in before):
            raise image_exists({"imageDigest": digest, "imageTag": tag or ""}, repository, context.account_id)
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
        self.lifecycle.remove(repository, image)
        digest = {"imageDigest": image.digest}
        return [{**digest, "imageTag": one} for one in image.tags] or [digest]


def _existing(context: RequestContext, repository: str, stored: list[Image], image_id: dict[str, str]) -> Image:
    image = _find(stored, image_id)
    if not image_id.get("imageDigest") and not image_id.get("imageTag"):
        raise invalid_parameter(f"Invalid request parameters: {NO_IMAGE_ID}")
    if image is None:
        raise image_not_found(image_id, repository, context.account_id)
    return image


def _why_not_found(stored: list[Image], image_id: dict[str, str]) -> dict[str, Any]:
    """Returns the failure for an id that names no image."""
    digest, tag = image_id.get("imageDigest"), image_id.get("imageTag")
    if not digest and not tag:
        return descriptions.failure(image_id, "MissingDigestAndTag", f"Invalid request parameters: {NO_IMAGE_ID}")
    if digest and not _DIGEST.fullmatch(digest):
        reason = f"Invalid request parameters: image digest should satisfy the regex '{_DIGEST.pattern}'"
        return descriptions.failure(image_id, "InvalidImageDigest", reason)
    if digest and tag and any(tag in image.tags for image in stored):
        return descriptions.failure(image_id, "ImageTagDoesNotMatchDigest", "The tag is of another image")
    return descriptions.failure(image_id)


def _media_type(request: Request) -> str:
    """Returns the type of the manifest in a request. Raises InvalidParameterException."""
    try:
        own = json.loads(request["imageManifest"]).get("mediaType")
    except (ValueError, AttributeError):
        raise invalid_parameter("Invalid parameter at 'ImageManifest': it is not a JSON object") from None
    given = request.get("imageManifestMediaType")
    if own and given and own != given:
        raise invalid_parameter(
            f"Manifest media type '{given}' does not match the media type '{own}' in the image manifest"
        )
    if not own and not given:
        raise invalid_parameter("The image manifest has no mediaType, so imageManifestMediaType is required")
    return str(own or given)


def _find(stored: list[Image], image_id: dict[str, str]) -> Image | None:
    digest, tag = image_id.get("imageDigest"), image_id.get("imageTag")
    for image in stored:
        if (digest or tag) and digest in (None, image.digest) and (tag is None or tag in image.tags):
            return image
    return None


def _with_tag_status(images: list[Image], wanted: dict[str, str] | None) -> list[Image]:
    status = (wanted or {}).get("tagStatus") or "ANY"
    return [image for image in images if status == "ANY" or bool(image.tags) == (status == "TAGGED")]
