"""ECR's errors, with AWS's codes and wording."""

from localstack_engines.toolkit.errors import ServiceError


def invalid_parameter(message: str) -> ServiceError:
    return ServiceError("InvalidParameterException", message)


def repository_not_found(name: str, registry_id: str) -> ServiceError:
    return ServiceError(
        "RepositoryNotFoundException",
        f"The repository with name '{name}' does not exist in the registry with id '{registry_id}'",
    )


def foreign_registry(registry_id: str) -> ServiceError:
    return invalid_parameter(
        f"Invalid parameter at 'registryId' failed to satisfy constraint: '{registry_id} is not this account'"
    )


def digest_does_not_match(given: str, computed: str) -> ServiceError:
    return ServiceError(
        "ImageDigestDoesNotMatchException",
        f"The image digest '{given}' does not match the digest '{computed}' of the image manifest.",
    )


def preview_not_found(repository: str, registry_id: str) -> ServiceError:
    return ServiceError(
        "LifecyclePolicyPreviewNotFoundException",
        f"The lifecycle policy preview does not exist for the repository with name '{repository}' in the registry "
        f"with id '{registry_id}'",
    )


def upload_not_found(upload_id: str) -> ServiceError:
    return ServiceError("UploadNotFoundException", f"The upload with id '{upload_id}' does not exist.")


def invalid_layer_part(last_byte: int) -> ServiceError:
    return ServiceError(
        "InvalidLayerPartException",
        f"The layer part must begin after the last byte received, {last_byte}, and have the size that its range says.",
    )


def invalid_layer(message: str) -> ServiceError:
    return ServiceError("InvalidLayerException", message)


def empty_upload(upload_id: str) -> ServiceError:
    return ServiceError("EmptyUploadException", f"The upload with id '{upload_id}' has no parts.")


def layers_not_found(message: str) -> ServiceError:
    return ServiceError("LayersNotFoundException", message)


def image_not_found(image_id: dict[str, str], repository: str, registry_id: str) -> ServiceError:
    digest, tag = _quoted(image_id)
    return ServiceError(
        "ImageNotFoundException",
        f"The image with imageId {{imageDigest:{digest}, imageTag:{tag}}} does not exist within the repository with "
        f"name '{repository}' in the registry with id '{registry_id}'",
    )


def image_exists(image_id: dict[str, str], repository: str, registry_id: str) -> ServiceError:
    digest, tag = _quoted(image_id)
    return ServiceError(
        "ImageAlreadyExistsException",
        f"Image with digest {digest} and tag {tag} already exists in the repository with name '{repository}' in "
        f"registry with id '{registry_id}'",
    )


def tag_exists(tag: str, repository: str) -> ServiceError:
    return ServiceError(
        "ImageTagAlreadyExistsException",
        f"The image tag '{tag}' already exists in the '{repository}' repository and cannot be overwritten because the "
        "repository is immutable.",
    )


def repository_not_empty(repository: str, registry_id: str) -> ServiceError:
    return ServiceError(
        "RepositoryNotEmptyException",
        f"The repository with name '{repository}' in registry with id '{registry_id}' cannot be deleted because it "
        "still contains images",
    )


def _quoted(image_id: dict[str, str]) -> tuple[str, str]:
    """Returns digest and tag in quotes; AWS writes 'null' for the one that is missing."""
    digest, tag = (f"'{image_id.get(key) or 'null'}'" for key in ("imageDigest", "imageTag"))
    return digest, tag
