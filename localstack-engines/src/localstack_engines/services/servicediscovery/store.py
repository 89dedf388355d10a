"""Moto's records of namespaces, services and asynchronous operations."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.servicediscovery.errors import namespace_not_found, service_not_found

DEFAULT_NEGATIVE_TTL = 15
"""Seconds for which a resolver may keep the answer that a name does not exist."""


class Store:
    """Reads and removes records. A look-up in a request's account and region raises AWS's error when it finds none."""

    def namespaces(self, context: RequestContext) -> list[Any]:
        return list(_backend(context.account_id, context.region).namespaces.values())

    def services(self, context: RequestContext) -> list[Any]:
        return list(_backend(context.account_id, context.region).services.values())

    def operations(self, context: RequestContext) -> list[Any]:
        return list(_backend(context.account_id, context.region).operations.values())

    def namespace(self, context: RequestContext, reference: str) -> Any:
        """Returns a namespace by id or ARN. Raises NamespaceNotFound."""
        found = _backend(context.account_id, context.region).namespaces.get(reference.rsplit("/", 1)[-1])
        if found is None:
            raise namespace_not_found(reference)
        return found

    def service(self, context: RequestContext, reference: str) -> Any:
        """Returns a service by id or ARN. Raises ServiceNotFound."""
        found = _backend(context.account_id, context.region).services.get(reference.rsplit("/", 1)[-1])
        if found is None:
            raise service_not_found(reference)
        return found

    def service_by_names(self, context: RequestContext, namespace_name: str, service_name: str) -> Any:
        """Returns a service by its name and its namespace's name. Raises NamespaceNotFound, ServiceNotFound."""
        namespaces = {n.id for n in self.namespaces(context) if namespace_name in (n.name, n.id, n.arn)}
        if not namespaces:
            raise namespace_not_found(namespace_name, "name")
        for service in self.services(context):
            if service.namespace_id in namespaces and service_name in (service.name, service.id, service.arn):
                return service
        raise service_not_found(service_name, "name")

    def service_by_arn(self, arn: str) -> Any | None:
        """Returns a service of any account and region by its ARN, or None."""
        # arn:aws:servicediscovery:REGION:ACCOUNT:service/ID
        _, _, _, region, account, resource = arn.split(":", 5)
        return _backend(account, region).services.get(resource.removeprefix("service/"))

    def dns_namespaces(self, vpc_id: str | None) -> list[tuple[Any, list[Any]]]:
        """Returns the DNS namespaces of a VPC and the public ones, each with its services.

        They are in all accounts and regions; without a VPC they are those of all VPCs.
        """
        return [
            (namespace, [one for one in list(backend.services.values()) if one.namespace_id == namespace.id])
            for backend in _backends()
            for namespace in list(backend.namespaces.values())
            if namespace.type.startswith("DNS_") and (vpc_id is None or namespace.vpc in (None, vpc_id))
        ]

    def complete_hosted_zone(self, context: RequestContext, operation_id: str) -> None:
        """Gives the hosted zone of a namespace that was just created its name, VPC and TTL, which moto does not."""
        backend = _backend(context.account_id, context.region)
        namespace = backend.namespaces[backend.operations[operation_id].targets["NAMESPACE"]]
        namespace.dns_properties = {"SOA": {"TTL": DEFAULT_NEGATIVE_TTL}, **namespace.dns_properties}
        zone = _hosted_zones(context)[namespace.dns_properties["HostedZoneId"]]
        zone.name = f"{namespace.name}."
        zone.comment = "Created by AWS Cloud Map"
        zone.vpcs = [{"vpc_id": namespace.vpc, "vpc_region": context.region}]
        for records in zone.rrsets:
            records.name = zone.name

    def record_update(self, context: RequestContext, namespace: Any) -> str:
        """Records the operation that has updated a namespace. Returns its id."""
        backend = _backend(context.account_id, context.region)
        return str(backend._create_operation("UPDATE_NAMESPACE", {"NAMESPACE": namespace.id}))

    def delete_namespace(self, context: RequestContext, namespace_id: str) -> str:
        """Removes a namespace and its hosted zone. Returns the id of the operation that records it."""
        backend = _backend(context.account_id, context.region)
        zone = (backend.namespaces[namespace_id].dns_properties or {}).get("HostedZoneId")
        _hosted_zones(context).pop(str(zone), None)
        return str(backend.delete_namespace(namespace_id))

    def delete_service(self, context: RequestContext, service_id: str) -> None:
        _backend(context.account_id, context.region).delete_service(service_id)

    def attributes(self, service: Any) -> dict[str, str]:
        """Returns a service's own attributes. Moto has none, so they are an attribute of its record."""
        if not hasattr(service, "attributes"):
            service.attributes = {}
        found: dict[str, str] = service.attributes
        return found

    @contextmanager
    def several_namespaces_allowed(self, context: RequestContext, vpc_id: str) -> Iterator[None]:
        """Lets moto create a further namespace in a VPC. Moto allows one only, AWS one for each name."""
        hidden = [namespace for namespace in self.namespaces(context) if namespace.vpc == vpc_id]
        for namespace in hidden:
            namespace.vpc = None
        try:
            yield
        finally:
            for namespace in hidden:
                namespace.vpc = vpc_id


def _backend(account: str, region: str) -> Any:
    from moto.servicediscovery.models import servicediscovery_backends

    return servicediscovery_backends[account][region]


def _backends() -> list[Any]:
    from moto.servicediscovery.models import servicediscovery_backends

    return [backend for regions in list(servicediscovery_backends.values()) for backend in list(regions.values())]


def _hosted_zones(context: RequestContext) -> dict[str, Any]:
    from moto.route53.models import route53_backends

    zones: dict[str, Any] = route53_backends[context.account_id][context.partition].zones
    return zones
