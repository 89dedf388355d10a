"""Descriptions of images, in the API's spelling."""

from typing import Any

from localstack_engines.services.ecr.engine.image_storage import Image

NO_IMAGE_ID = "both tag and digest cannot be null"


def detail(image: Image, repository: str, registry_id: str) -> dict[str, Any]:
    """Returns `ImageDetail` of DescribeImages."""
    described: dict[str, Any] = {
        "registryId": registry_id,
        "repositoryName": repository,
        "imageDigest": image.digest,
        "imageSizeInBytes": image.size,
        "imagePushedAt": image.pushed_at,
        "imageManifestMediaType": image.media_type,
    }
    if image.tags:
        described["imageTags"] = list(image.tags)
    if image.artifact_type:
        described["artifactMediaType"] = image.artifact_type
    return described


def image(found: Image, tag: str | None, repository: str, registry_id: str) -> dict[str, Any]:
    """Returns `Image` of BatchGetImage and PutImage; `tag` is the one that the request names."""
    return {
        "registryId": registry_id,
        "repositoryName": repository,
        "imageId": {"imageDigest": found.digest, **({"imageTag": tag} if tag else {})},
        "imageManifest": found.manifest,
        "imageManifestMediaType": found.media_type,
    }


def failure(
    image_id: dict[str, str], code: str = "ImageNotFound", reason: str = "Requested image not found"
) -> dict[str, Any]:
    """Returns `ImageFailure` for an id."""
    return {"imageId": image_id, "failureCode": code, "failureReason": reason}


def referenced(image_id: dict[str, str], digest: str, lists: list[str]) -> dict[str, Any]:
    """Returns `ImageFailure` for an image that manifest lists consist of."""
    reason = f"Requested image referenced by manifest list: [{', '.join(lists)}]"
    return failure({"imageDigest": digest, **image_id}, "ImageReferencedByManifestList", reason)
