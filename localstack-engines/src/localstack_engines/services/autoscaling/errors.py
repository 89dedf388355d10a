"""Auto Scaling's errors, with AWS's codes and wording."""

from localstack_engines.toolkit.errors import ServiceError


def validation_error(message: str) -> ServiceError:
    return ServiceError("ValidationError", message)


def group_not_found() -> ServiceError:
    return validation_error("AutoScalingGroup name not found - null")


def resource_in_use(message: str) -> ServiceError:
    return ServiceError("ResourceInUse", message)


def already_exists(message: str) -> ServiceError:
    return ServiceError("AlreadyExists", message)
