"""ECS's errors, with AWS's codes and wording."""

from localstack_engines.toolkit.errors import ServiceError


def invalid_parameter(message: str) -> ServiceError:
    return ServiceError("InvalidParameterException", message)


def client_exception(message: str) -> ServiceError:
    return ServiceError("ClientException", message)


def cluster_not_found() -> ServiceError:
    return ServiceError("ClusterNotFoundException", "Cluster not found.")


def service_not_found() -> ServiceError:
    return ServiceError("ServiceNotFoundException", "Service not found.")


def resource_not_found(message: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", message)


def namespace_not_found() -> ServiceError:
    return ServiceError("NamespaceNotFoundException", "The specified namespace was not found.")


def service_not_active() -> ServiceError:
    return ServiceError("ServiceNotActiveException", "Service was not ACTIVE.")
