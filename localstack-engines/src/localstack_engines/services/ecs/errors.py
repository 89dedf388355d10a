"""ECS's errors, as AWS words them."""

from localstack.aws.api import CommonServiceException


def error(code: str, message: str) -> CommonServiceException:
    return CommonServiceException(code, message, status_code=400, sender_fault=True)


def invalid_parameter(message: str) -> CommonServiceException:
    return error("InvalidParameterException", message)


def client_exception(message: str) -> CommonServiceException:
    return error("ClientException", message)


def cluster_not_found() -> CommonServiceException:
    return error("ClusterNotFoundException", "Cluster not found.")


def service_not_found() -> CommonServiceException:
    return error("ServiceNotFoundException", "Service not found.")


def service_not_active() -> CommonServiceException:
    return error("ServiceNotActiveException", "Service was not ACTIVE.")
