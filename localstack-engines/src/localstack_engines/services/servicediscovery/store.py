"""Reads of moto's Cloud Map store, with the errors that AWS gives for what is not there."""

from typing import Any

from localstack.aws.api import CommonServiceException, RequestContext


def error(code: str, message: str) -> CommonServiceException:
    return CommonServiceException(code, message, status_code=400, sender_fault=True)


def backend(context: RequestContext) -> Any:
    from moto.servicediscovery.models import servicediscovery_backends

    return servicediscovery_backends[context.account_id][context.region]


def namespace(context: RequestContext, reference: str) -> Any:
    """A namespace by id or ARN."""
    found = backend(context).namespaces.get(reference.rsplit("/", 1)[-1])
    if found is None:
        raise error("NamespaceNotFound", f"Namespace with ID: {reference} not found.")
    return found


def service(context: RequestContext, reference: str) -> Any:
    """A service by id or ARN."""
    found = backend(context).services.get(reference.rsplit("/", 1)[-1])
    if found is None:
        raise error("ServiceNotFound", f"Service with ID: {reference} not found.")
    return found


def service_by_names(context: RequestContext, namespace_name: str, service_name: str) -> Any:
    store = backend(context)
    namespaces = [n for n in store.namespaces.values() if namespace_name in (n.name, n.id, n.arn)]
    if not namespaces:
        raise error("NamespaceNotFound", f"Namespace with name: {namespace_name} not found.")
    ids = {n.id for n in namespaces}
    for candidate in store.services.values():
        if candidate.namespace_id in ids and service_name in (candidate.name, candidate.id, candidate.arn):
            return candidate
    raise error("ServiceNotFound", f"Service with name: {service_name} not found.")


def instance(found: Any, instance_id: str) -> Any:
    """An instance of a service record."""
    for record in found.instances:
        if record.instance_id == instance_id:
            return record
    raise error("InstanceNotFound", f"Instance with ID: {instance_id} not found.")


def health(found: Any, record: Any) -> str:
    """HEALTHY or UNHEALTHY where the service checks health, UNKNOWN where it does not."""
    checks = found.health_check_config or found.health_check_custom_config is not None
    return record.health_status if checks else "UNKNOWN"
