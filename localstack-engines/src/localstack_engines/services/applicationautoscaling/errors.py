"""Application Auto Scaling's errors, with AWS's codes and wording."""

from localstack_engines.services.applicationautoscaling.models import TargetKey
from localstack_engines.toolkit.errors import ServiceError


def validation_error(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)


def target_not_found(key: TargetKey) -> ServiceError:
    return _not_found(f"No scalable target registered for {_described(key)}")


def policy_not_found(name: str, key: TargetKey) -> ServiceError:
    return _not_found(f"No scaling policy found for {_described(key)}, policy name: {name}")


def scheduled_action_not_found(name: str, key: TargetKey) -> ServiceError:
    return _not_found(f"No scheduled action found for {_described(key)}, scheduled action name: {name}")


def resource_not_found(arn: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", f"No scalable target found for resource ARN: {arn}")


def invalid_token(token: str) -> ServiceError:
    return ServiceError("InvalidNextTokenException", f"The next token supplied is invalid: {token}")


def _not_found(message: str) -> ServiceError:
    return ServiceError("ObjectNotFoundException", message)


def _described(key: TargetKey) -> str:
    return f"service namespace: {key.namespace}, resource ID: {key.resource_id}, scalable dimension: {key.dimension}"
