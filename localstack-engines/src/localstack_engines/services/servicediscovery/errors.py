"""Cloud Map's errors, with AWS's codes and wording."""

from localstack_engines.toolkit.errors import ServiceError


def invalid_input(message: str) -> ServiceError:
    return ServiceError("InvalidInput", message)


def resource_in_use(message: str) -> ServiceError:
    return ServiceError("ResourceInUse", message)


def namespace_exists(message: str) -> ServiceError:
    return ServiceError("NamespaceAlreadyExists", message)


def namespace_not_found(reference: str, kind: str = "ID") -> ServiceError:
    return ServiceError("NamespaceNotFound", f"Namespace with {kind}: {reference} not found.")


def service_exists(name: str) -> ServiceError:
    return ServiceError("ServiceAlreadyExists", f"Service {name} already exists.")


def service_not_found(reference: str, kind: str = "ID") -> ServiceError:
    return ServiceError("ServiceNotFound", f"Service with {kind}: {reference} not found.")


def instance_not_found(instance_id: str) -> ServiceError:
    return ServiceError("InstanceNotFound", f"Instance with ID: {instance_id} not found.")


def custom_health_not_found(service_id: str) -> ServiceError:
    return ServiceError("CustomHealthNotFound", f"Service {service_id} has no custom health check.")


def too_many_attributes(limit: int) -> ServiceError:
    return ServiceError("ServiceAttributesLimitExceededException", f"A service can have at most {limit} attributes.")
