"""Operations on namespaces."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.servicediscovery.api import descriptions
from localstack_engines.services.servicediscovery.api.operations import Fields, Operations, Request, Response
from localstack_engines.services.servicediscovery.errors import namespace_exists, resource_in_use
from localstack_engines.toolkit.dispatch import moto

_FILTER_FIELDS: Fields = {
    "TYPE": lambda namespace: namespace.type,
    "NAME": lambda namespace: namespace.name,
    "HTTP_NAME": lambda namespace: (namespace.http_properties or {}).get("HttpName", namespace.name),
    "RESOURCE_OWNER": lambda namespace: "SELF",
}


class NamespaceOperations(Operations):
    """Creates, describes, lists and deletes namespaces."""

    def create_private_dns_namespace(self, context: RequestContext, request: Request) -> Response:
        for other in self.store.namespaces(context):
            if other.vpc == request["Vpc"] and other.name == request["Name"]:
                raise namespace_exists(f"The namespace {other.name} already exists in this VPC.")
        with self.store.several_namespaces_allowed(context, request["Vpc"]):
            return moto(context, "CreatePrivateDnsNamespace", request)

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

    def delete_namespace(self, context: RequestContext, request: Request) -> Response:
        found = self.store.namespace(context, request["Id"])
        if self._services(context, found):
            raise resource_in_use(f"The namespace {found.id} still contains services.")
        return {"OperationId": self.store.delete_namespace(context, found.id)}

    def _described(self, context: RequestContext, namespace: Any) -> Response:
        return descriptions.namespace(namespace, self._services(context, namespace), context.account_id)

    def _services(self, context: RequestContext, namespace: Any) -> int:
        return sum(service.namespace_id == namespace.id for service in self.store.services(context))
