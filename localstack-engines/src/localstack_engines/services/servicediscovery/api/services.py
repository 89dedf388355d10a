"""Operations on services."""

from localstack.aws.api import RequestContext

from localstack_engines.services.servicediscovery.api import descriptions
from localstack_engines.services.servicediscovery.api.operations import Fields, Operations, Request, Response
from localstack_engines.services.servicediscovery.errors import invalid_input, resource_in_use, service_exists
from localstack_engines.toolkit.dispatch import moto

_FILTER_FIELDS: Fields = {
    "NAMESPACE_ID": lambda service: service.namespace_id,
    "RESOURCE_OWNER": lambda service: "SELF",
}


class ServiceOperations(Operations):
    """Creates, describes, lists, updates and deletes services."""

    def create_service(self, context: RequestContext, request: Request) -> Response:
        dns_config = request.get("DnsConfig")
        reference = request.get("NamespaceId") or (dns_config or {}).get("NamespaceId")
        if not reference:
            raise invalid_input("A namespace must be given: NamespaceId.")
        namespace = self.store.namespace(context, reference)
        for other in self.store.services(context):
            if other.namespace_id == namespace.id and other.name == request["Name"]:
                raise service_exists(other.name)
        default_type = "DNS_HTTP" if dns_config and namespace.type != "HTTP" else "HTTP"
        response = moto(context, "CreateService", {**request, "NamespaceId": namespace.id})
        service = self.store.service(context, response["Service"]["Id"])
        service.service_type = request.get("Type") or default_type
        return {"Service": descriptions.service(service, context.account_id)}

    def get_service(self, context: RequestContext, request: Request) -> Response:
        return {"Service": descriptions.service(self.store.service(context, request["Id"]), context.account_id)}

    def list_services(self, context: RequestContext, request: Request) -> Response:
        found, next_token = self.page(self.store.services(context), request, _FILTER_FIELDS)
        return {"Services": [descriptions.service(service, context.account_id) for service in found], **next_token}

    def update_service(self, context: RequestContext, request: Request) -> Response:
        service = self.store.service(context, request["Id"])
        response = moto(context, "UpdateService", {**request, "Id": service.id})
        self.discovery.notify(service.arn)
        return response

    def delete_service(self, context: RequestContext, request: Request) -> Response:
        service = self.store.service(context, request["Id"])
        if service.instances:
            raise resource_in_use("Service contains registered instances; delete the instances first.")
        self.store.delete_service(context, service.id)
        self.discovery.notify(service.arn)
        return {}
