"""MSK's errors, with AWS's codes and wording."""

from localstack_engines.toolkit.errors import ServiceError


class KafkaError(ServiceError):
    """An error of the MSK API. `parameter` is the request's member that is wrong, as clients see it."""

    def __init__(self, code: str, message: str, status_code: int, parameter: str = "") -> None:
        super().__init__(code, message, status_code)
        self.invalid_parameter = parameter


def bad_request(message: str, parameter: str = "") -> KafkaError:
    return KafkaError("BadRequestException", message, 400, parameter)


def conflict(message: str, parameter: str = "") -> KafkaError:
    return KafkaError("ConflictException", message, 409, parameter)


def not_found(message: str, parameter: str = "") -> KafkaError:
    return KafkaError("NotFoundException", message, 404, parameter)


def not_supported(feature: str) -> KafkaError:
    return bad_request(f"{feature} is not supported by the local kafka service.")


def outdated_version(resource: str) -> KafkaError:
    """Returns the error for a `CurrentVersion` that is not the version of the cluster or policy."""
    return bad_request(f"The specified current version does not match the version of the {resource}.", "currentVersion")
