"""ECR's errors, with the codes and the wording of AWS's API."""

from localstack.aws.api import CommonServiceException


class EcrError(CommonServiceException):
    """An error of the ECR API."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, status_code=400, sender_fault=True)


def invalid_parameter(message: str) -> EcrError:
    return EcrError("InvalidParameterException", message)


def layers_not_found(message: str) -> EcrError:
    return EcrError("LayersNotFoundException", message)


def image_not_found(image_id: dict[str, str], repository: str, registry_id: str) -> EcrError:
    digest, tag = _quoted(image_id)
    return EcrError(
        "ImageNotFoundException",
        f"The image with imageId {{imageDigest:{digest}, imageTag:{tag}}} does not exist within the repository with "
        f"name '{repository}' in the registry with id '{registry_id}'",
    )


def image_exists(image_id: dict[str, str], repository: str, registry_id: str) -> EcrError:
    digest, tag = _quoted(image_id)
    return EcrError(
        "ImageAlreadyExistsException",
        f"Image with digest {digest} and tag {tag} already exists in the repository with name '{repository}' in "
        f"registry with id '{registry_id}'",
    )


def tag_exists(tag: str, repository: str) -> EcrError:
    return EcrError(
        "ImageTagAlreadyExistsException",
        f"The image tag '{tag}' already exists in the '{repository}' repository and cannot be overwritten because the "
        "repository is immutable.",
    )


def repository_not_empty(repository: str, registry_id: str) -> EcrError:
    return EcrError(
        "RepositoryNotEmptyException",
        f"The repository with name '{repository}' in registry with id '{registry_id}' cannot be deleted because it "
        "still contains images",
    )


def _quoted(image_id: dict[str, str]) -> tuple[str, str]:
    """Returns digest and tag in quotes; AWS writes 'null' for the one that is missing."""
    digest, tag = (f"'{image_id.get(key) or 'null'}'" for key in ("imageDigest", "imageTag"))
    return digest, tag
