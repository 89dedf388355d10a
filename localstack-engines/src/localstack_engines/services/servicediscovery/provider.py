"""Control plane of Cloud Map: moto's records with AWS's rules added where moto lacks them."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.servicediscovery import store as catalog
from localstack_engines.services.servicediscovery.api import filters
from localstack_engines.services.servicediscovery.api import registration_rules as registration
from localstack_engines.services.servicediscovery.control import discovery as registry
from localstack_engines.toolkit import dispatch

Request = dict[str, Any]
Response = dict[str, Any]


class ServiceDiscoveryProvider:
    """Operations not defined here go to moto unchanged."""

    def on_before_start(self) -> None:
        from localstack_engines.network import dns
        from localstack_engines.services.servicediscovery.control import zones

        dns.add_source(zones.answer)

    # namespaces

    def create_private_dns_namespace(self, context: RequestContext, request: Request) -> Response:
        store = catalog.backend(context)
        for other in store.namespaces.values():
            if other.vpc == request["Vpc"] and other.name == request["Name"]:
                raise catalog.error("NamespaceAlreadyExists", f"The namespace {other.name} already exists in this VPC.")
        # moto refuses a second namespace in a VPC, AWS only the same name: hide the VPC while moto checks
        hidden = [n for n in store.namespaces.values() if n.vpc == request["Vpc"]]
        for other in hidden:
            other.vpc = None
        try:
            return dispatch.moto(context, "CreatePrivateDnsNamespace", request)
        finally:
            for other in hidden:
                other.vpc = request["Vpc"]

    def create_http_namespace(self, context: RequestContext, request: Request) -> Response:
        for other in catalog.backend(context).namespaces.values():
            if other.type == "HTTP" and other.name == request["Name"]:
                raise catalog.error("NamespaceAlreadyExists", f"The namespace {other.name} already exists.")
        return dispatch.moto(context, "CreateHttpNamespace", request)

    def get_namespace(self, context: RequestContext, request: Request) -> Response:
        return {"Namespace": self._namespace(context, catalog.namespace(context, request["Id"]))}

    def list_namespaces(self, context: RequestContext, request: Request) -> Response:
        fields = {
            "TYPE": lambda n: n.type,
            "NAME": lambda n: n.name,
            "HTTP_NAME": lambda n: (n.http_properties or {}).get("HttpName", n.name),
            "RESOURCE_OWNER": lambda n: "SELF",
        }
        items, more = self._list(catalog.backend(context).namespaces.values(), request, fields)
        return {"Namespaces": [self._namespace(context, n) for n in items], **more}

    def delete_namespace(self, context: RequestContext, request: Request) -> Response:
        found = catalog.namespace(context, request["Id"])
        if any(s.namespace_id == found.id for s in catalog.backend(context).services.values()):
            raise catalog.error("ResourceInUse", f"The namespace {found.id} still contains services.")
        return {"OperationId": catalog.backend(context).delete_namespace(found.id)}

    # services

    def create_service(self, context: RequestContext, request: Request) -> Response:
        dns_config = request.get("DnsConfig")
        reference = request.get("NamespaceId") or (dns_config or {}).get("NamespaceId")
        if not reference:
            raise catalog.error("InvalidInput", "A namespace must be given: NamespaceId.")
        namespace = catalog.namespace(context, reference)
        for other in catalog.backend(context).services.values():
            if other.namespace_id == namespace.id and other.name == request["Name"]:
                raise catalog.error("ServiceAlreadyExists", f"Service {other.name} already exists.")
        kind = "DNS_HTTP" if dns_config and namespace.type != "HTTP" else "HTTP"
        response = dispatch.moto(context, "CreateService", {**request, "NamespaceId": namespace.id})
        record = catalog.service(context, response["Service"]["Id"])
        record.service_type = request.get("Type") or kind
        return {"Service": self._service(context, record)}

    def get_service(self, context: RequestContext, request: Request) -> Response:
        return {"Service": self._service(context, catalog.service(context, request["Id"]))}

    def list_services(self, context: RequestContext, request: Request) -> Response:
        fields = {"NAMESPACE_ID": lambda s: s.namespace_id, "RESOURCE_OWNER": lambda s: "SELF"}
        items, more = self._list(catalog.backend(context).services.values(), request, fields)
        return {"Services": [self._service(context, s) for s in items], **more}

    def update_service(self, context: RequestContext, request: Request) -> Response:
        record = catalog.service(context, request["Id"])
        response = dispatch.moto(context, "UpdateService", {**request, "Id": record.id})
        registry.notify(record.arn)
        return response

    def delete_service(self, context: RequestContext, request: Request) -> Response:
        record = catalog.service(context, request["Id"])
        if record.instances:
            raise catalog.error("ResourceInUse", "Service contains registered instances; delete the instances first.")
        catalog.backend(context).delete_service(record.id)
        registry.notify(record.arn)
        return {}

    # instances

    def register_instance(self, context: RequestContext, request: Request) -> Response:
        record = catalog.service(context, request["ServiceId"])
        attributes = request["Attributes"]
        missing = registration.missing_attribute(record.dns_config, attributes)
        if missing:
            raise catalog.error("InvalidInput", f"The attribute {missing} is required by the service's DNS records.")
        if problem := registration.port_error(attributes):
            raise catalog.error("InvalidInput", problem)
        # AWS replaces an instance with the same id; moto would append a second one
        previous = [i for i in record.instances if i.instance_id == request["InstanceId"]]
        response = dispatch.moto(context, "RegisterInstance", {**request, "ServiceId": record.id})
        for stale in previous:
            record.instances.remove(stale)
        custom = record.health_check_custom_config is not None
        catalog.instance(record, request["InstanceId"]).health_status = registration.initial_health(attributes, custom)
        registry.notify(record.arn)
        return response

    def deregister_instance(self, context: RequestContext, request: Request) -> Response:
        record = catalog.service(context, request["ServiceId"])
        catalog.instance(record, request["InstanceId"])
        response = dispatch.moto(context, "DeregisterInstance", {**request, "ServiceId": record.id})
        registry.notify(record.arn)
        return response

    def get_instance(self, context: RequestContext, request: Request) -> Response:
        record = catalog.service(context, request["ServiceId"])
        return {"Instance": catalog.instance(record, request["InstanceId"]).to_json()}

    def list_instances(self, context: RequestContext, request: Request) -> Response:
        record = catalog.service(context, request["ServiceId"])
        items, more = self._list(record.instances, request, {})
        return {"Instances": [{"Id": i.instance_id, "Attributes": i.attributes} for i in items], **more}

    def get_instances_health_status(self, context: RequestContext, request: Request) -> Response:
        record = catalog.service(context, request["ServiceId"])
        wanted = request.get("Instances")
        chosen = [catalog.instance(record, i) for i in wanted] if wanted else list(record.instances)
        items, more = self._list(chosen, request, {})
        return {"Status": {i.instance_id: catalog.health(record, i) for i in items}, **more}

    def update_instance_custom_health_status(self, context: RequestContext, request: Request) -> Response:
        record = catalog.service(context, request["ServiceId"])
        if record.health_check_custom_config is None:
            raise catalog.error("CustomHealthNotFound", f"Service {record.id} has no custom health check.")
        found = catalog.instance(record, request["InstanceId"])
        if found.health_status != request["Status"]:
            found.health_status = request["Status"]
            registry.notify(record.arn)
        return {}

    def discover_instances(self, context: RequestContext, request: Request) -> Response:
        record = catalog.service_by_names(context, request["NamespaceName"], request["ServiceName"])
        found = self._discover(record, request)[: request.get("MaxResults") or 100]
        summaries = [
            {
                "InstanceId": i.instance_id,
                "NamespaceName": request["NamespaceName"],
                "ServiceName": request["ServiceName"],
                "HealthStatus": catalog.health(record, i),
                "Attributes": i.attributes,
            }
            for i in found
        ]
        return {"Instances": summaries, "InstancesRevision": registry.revision(record.arn)}

    def discover_instances_revision(self, context: RequestContext, request: Request) -> Response:
        record = catalog.service_by_names(context, request["NamespaceName"], request["ServiceName"])
        return {"InstancesRevision": registry.revision(record.arn)}

    # operations

    def list_operations(self, context: RequestContext, request: Request) -> Response:
        fields = {
            "NAMESPACE_ID": lambda o: o.targets.get("NAMESPACE"),
            "SERVICE_ID": lambda o: o.targets.get("SERVICE"),
            "STATUS": lambda o: o.status,
            "TYPE": lambda o: o.operation_type,
            "UPDATE_DATE": lambda o: o.updated,
        }
        items, more = self._list(catalog.backend(context).operations.values(), request, fields)
        return {"Operations": [{"Id": o.id, "Status": o.status} for o in items], **more}

    # helpers

    @staticmethod
    def _list(records: Any, request: Request, fields: dict[str, Any]) -> tuple[list[Any], dict[str, str]]:
        try:
            kept = filters.apply_filters(list(records), request.get("Filters") or [], fields)
            return filters.page(kept, request)
        except ValueError as invalid:
            raise catalog.error("InvalidInput", str(invalid)) from invalid

    @staticmethod
    def _discover(record: Any, request: Request) -> list[Any]:
        """Required parameters narrow; optional ones narrow only when something is left; then health."""
        status = request.get("HealthStatus") or "HEALTHY_OR_ELSE_ALL"
        found = _matching(record.instances, request.get("QueryParameters"))
        found = _matching(found, request.get("OptionalParameters")) or found
        if status == "ALL":
            return found
        if status == "UNHEALTHY":
            return [i for i in found if i.health_status == "UNHEALTHY"]
        healthy = [i for i in found if i.health_status != "UNHEALTHY"]
        return healthy if status == "HEALTHY" else healthy or found

    @staticmethod
    def _namespace(context: RequestContext, record: Any) -> Response:
        count = sum(s.namespace_id == record.id for s in catalog.backend(context).services.values())
        return {**record.to_json(), "ServiceCount": count, "ResourceOwner": context.account_id}

    @staticmethod
    def _service(context: RequestContext, record: Any) -> Response:
        described = {k: v for k, v in record.to_json().items() if v is not None}
        if record.dns_config:
            described["DnsConfig"] = {
                "RoutingPolicy": "MULTIVALUE",
                "NamespaceId": record.namespace_id,
                **record.dns_config,
            }
        return {**described, "InstanceCount": len(record.instances), "ResourceOwner": context.account_id}


def _matching(records: list[Any], wanted: dict[str, str] | None) -> list[Any]:
    return [r for r in records if all(r.attributes.get(k) == v for k, v in (wanted or {}).items())]


def service() -> Any:
    return dispatch.make_service("servicediscovery", ServiceDiscoveryProvider())
