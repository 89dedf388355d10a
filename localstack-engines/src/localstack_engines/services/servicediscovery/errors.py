"""Cloud Map's errors, with the codes of AWS's API."""

from localstack.aws.api import CommonServiceException


class CloudMapError(CommonServiceException):
    """An error of the Cloud Map API."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, status_code=400, sender_fault=True)


def invalid_input(message: str) -> CloudMapError:
    return CloudMapError("InvalidInput", message)


def resource_in_use(message: str) -> CloudMapError:
    return CloudMapError("ResourceInUse", message)


def namespace_exists(message: str) -> CloudMapError:
    return CloudMapError("NamespaceAlreadyExists", message)


def namespace_not_found(reference: str, kind: str = "ID") -> CloudMapError:
    return CloudMapError("NamespaceNotFound", f"Namespace with {kind}: {reference} not found.")


def service_exists(name: str) -> CloudMapError:
    return CloudMapError("ServiceAlreadyExists", f"Service {name} already exists.")


def service_not_found(reference: str, kind: str = "ID") -> CloudMapError:
    return CloudMapError("ServiceNotFound", f"Service with {kind}: {reference} not found.")


def instance_not_found(instance_id: str) -> CloudMapError:
    return CloudMapError("InstanceNotFound", f"Instance with ID: {instance_id} not found.")


def custom_health_not_found(service_id: str) -> CloudMapError:
    return CloudMapError("CustomHealthNotFound", f"Service {service_id} has no custom health check.")
