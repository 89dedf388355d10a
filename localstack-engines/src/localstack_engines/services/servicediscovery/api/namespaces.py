"""Operations on namespaces."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.network import ec2
from localstack_engines.services.servicediscovery.api import descriptions
from localstack_engines.services.servicediscovery.api.operations import Fields, Operations, Request, Response
from localstack_engines.services.servicediscovery.errors import invalid_input, namespace_exists, resource_in_use
from localstack_engines.toolkit.dispatch import moto

MAX_TTL = 2**31 - 1
"""Seconds. Source: RFC 2181, 8."""
_FILTER_FIELDS: Fields = {
    "TYPE": lambda namespace: namespace.type,
    "NAME": lambda namespace: namespace.name,
    "HTTP_NAME": lambda namespace: (namespace.http_properties or {}).get("HttpName", namespace.name),
    "RESOURCE_OWNER": lambda namespace: "SELF",
}


class NamespaceOperations(Operations):
    """Creates, describes, lists, updates and deletes namespaces."""

    def create_private_dns_namespace(self, context: RequestContext, request: Request) -> Response:
        if not ec2.vpc_exists(context.account_id, context.region, request["Vpc"]):
            raise invalid_input(f"The VPC {request['Vpc']} does not exist.")
        _check_ttl(request.get("Properties"))
        for other in self.store.namespaces(context):
            if other.vpc == request["Vpc"] and other.name == request["Name"]:
                raise namespace_exists(f"The namespace {other.name} already exists in this VPC.")
        with self.store.several_namespaces_allowed(context, request["Vpc"]):
            response = moto(context, "CreatePrivateDnsNamespace", request)
        self.store.complete_hosted_zone(context, response["OperationId"])
        return response

    def create_http_namespace(self, context: RequestContext, request: Request) -> Response:
        for other in self.store.namespaces(context):
            if other.type == "HTTP" and other.name == request["Name"]:
                raise namespace_exists(f"The namespace {other.name} already exists.")
        return moto(context, "CreateHttpNamespace", request)

    def get_namespace(self, context: RequestContext, request: Request) -> Response:
        return {"Namespace": self._described(context, self.store.namespace(context, request["Id"]))}

    def list_namespaces(self, context: RequestContext, request: Request) -> Response:
        found, next_token = self.page(self.store.namespaces(context), request, _FILTER_FIELDS)
        return {"Namespaces": [self._described(context, namespace) for namespace in found], **next_token}

    def update_http_namespace(self, context: RequestContext, request: Request) -> Response:
        namespace = self._of_type(context, request, "HTTP")
        namespace.description = request["Namespace"]["Description"]
        return {"OperationId": self.store.record_update(context, namespace)}

    def update_private_dns_namespace(self, context: RequestContext, request: Request) -> Response:
        namespace, changes = self._of_type(context, request, "DNS_PRIVATE"), request["Namespace"]
        properties = changes.get("Properties") or {}
        _check_ttl(properties)
        if "Description" in changes:
            namespace.description = changes["Description"]
        # The hosted zone's id is among the properties, and stays.
        namespace.dns_properties = {**namespace.dns_properties, **properties.get("DnsProperties", {})}
        return {"OperationId": self.store.record_update(context, namespace)}

    def delete_namespace(self, context: RequestContext, request: Request) -> Response:
        found = self.store.namespace(context, request["Id"])
        if self._services(context, found):
            raise resource_in_use(f"The namespace {found.id} still contains services.")
        return {"OperationId": self.store.delete_namespace(context, found.id)}

    def _of_type(self, context: RequestContext, request: Request, wanted: str) -> Any:
        found = self.store.namespace(context, request["Id"])
        if found.type != wanted:
            raise invalid_input(f"The namespace {found.id} is of type {found.type}, not {wanted}.")
        return found

    def _described(self, context: RequestContext, namespace: Any) -> Response:
        return descriptions.namespace(namespace, self._services(context, namespace), context.account_id)

    def _services(self, context: RequestContext, namespace: Any) -> int:
        return sum(service.namespace_id == namespace.id for service in self.store.services(context))


def _check_ttl(properties: dict[str, Any] | None) -> None:
    ttl = ((properties or {}).get("DnsProperties") or {}).get("SOA", {}).get("TTL", 0)
    if not 0 <= ttl <= MAX_TTL:
        raise invalid_input(f"The TTL of the SOA record must be from 0 to {MAX_TTL}, not {ttl}.")
