"""CloudFormation types of Cloud Map."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource


class _Namespace(Resource):
    """What both kinds of namespace share; a subclass names its API operations."""

    CREATE: str
    UPDATE: str

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "servicediscovery")
        arguments = to_request(client, _pascal(self.CREATE), model, ("Id", "Arn", "HostedZoneId"))
        operation = getattr(client, self.CREATE)(**arguments)["OperationId"]
        targets = client.get_operation(OperationId=operation)["Operation"]["Targets"]
        return self.done(self._complete(client, model, targets["NAMESPACE"]))

    def read(self, request: ResourceRequest) -> ProgressEvent:
        client = self.client(request, "servicediscovery")
        return self.done(self._complete(client, request.desired_state, request.desired_state["Id"]))

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "servicediscovery")
        refuse_replacement(request.previous_state, model, ("Name", "Vpc"))
        identifier = request.previous_state["Id"]
        changes = {key: model[key] for key in ("Description", "Properties") if key in model}
        if changes:
            changes.setdefault("Description", "")
            getattr(client, self.UPDATE)(Id=identifier, Namespace=changes)
        arn = client.get_namespace(Id=identifier)["Namespace"]["Arn"]
        replace_tags(client, arn, request)
        return self.done(self._complete(client, model, identifier))

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "servicediscovery").delete_namespace(Id=request.desired_state["Id"])
        return self.done({})

    def _complete(self, client: Any, model: dict[str, Any], identifier: str) -> dict[str, Any]:
        namespace = client.get_namespace(Id=identifier)["Namespace"]
        model |= {"Id": identifier, "Arn": namespace["Arn"]}
        zone = namespace.get("Properties", {}).get("DnsProperties", {}).get("HostedZoneId")
        return model | ({"HostedZoneId": zone} if zone else {})


class PrivateDnsNamespaceResource(_Namespace):
    TYPE = "AWS::ServiceDiscovery::PrivateDnsNamespace"
    CREATE = "create_private_dns_namespace"
    UPDATE = "update_private_dns_namespace"


class HttpNamespaceResource(_Namespace):
    TYPE = "AWS::ServiceDiscovery::HttpNamespace"
    CREATE = "create_http_namespace"
    UPDATE = "update_http_namespace"


class ServiceResource(Resource):
    TYPE = "AWS::ServiceDiscovery::Service"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "servicediscovery")
        model.setdefault("Name", f"{request.stack_name}-{request.logical_resource_id}")
        arguments = to_request(client, "CreateService", model, ("Id", "Arn", "ServiceAttributes"))
        service = client.create_service(**arguments)["Service"]
        return self.done(model | {"Id": service["Id"], "Arn": service["Arn"]})

    def read(self, request: ResourceRequest) -> ProgressEvent:
        service = self.client(request, "servicediscovery").get_service(Id=request.desired_state["Id"])["Service"]
        return self.done(request.desired_state | {"Arn": service["Arn"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "servicediscovery")
        refuse_replacement(request.previous_state, model, ("Name", "NamespaceId", "HealthCheckCustomConfig"))
        model |= {key: request.previous_state[key] for key in ("Id", "Arn", "Name")}
        changes = {key: model[key] for key in ("Description", "DnsConfig", "HealthCheckConfig") if key in model}
        change = to_request(client, "UpdateService", {"Id": model["Id"], "Service": _without_fixed(changes)})
        client.update_service(**change)
        replace_tags(client, model["Arn"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        client, identifier = self.client(request, "servicediscovery"), request.desired_state["Id"]
        # tasks deregister themselves; whatever else was registered would keep the service for ever
        for instance in client.list_instances(ServiceId=identifier)["Instances"]:
            client.deregister_instance(ServiceId=identifier, InstanceId=instance["Id"])
        client.delete_service(Id=identifier)
        return self.done({})


class InstanceResource(Resource):
    TYPE = "AWS::ServiceDiscovery::Instance"
    PHYSICAL_ID = "/properties/InstanceId"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        model.setdefault("InstanceId", f"{request.stack_name}-{request.logical_resource_id}")
        self._register(request, model)
        return self.done(model)

    def read(self, request: ResourceRequest) -> ProgressEvent:
        return self.done(request.desired_state)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        model["InstanceId"] = request.previous_state["InstanceId"]
        self._register(request, model)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self.client(request, "servicediscovery").deregister_instance(
            ServiceId=model["ServiceId"], InstanceId=model["InstanceId"]
        )
        return self.done({})

    def _register(self, request: ResourceRequest, model: dict[str, Any]) -> None:
        attributes = {key: str(value) for key, value in model["InstanceAttributes"].items()}
        self.client(request, "servicediscovery").register_instance(
            ServiceId=model["ServiceId"], InstanceId=model["InstanceId"], Attributes=attributes
        )


def replace_tags(client: Any, arn: str, request: ResourceRequest) -> None:
    """Makes the resource's tags those of the template."""
    before = {tag["Key"] for tag in request.previous_state.get("Tags") or []}
    after = request.desired_state.get("Tags") or []
    if gone := before - {tag["Key"] for tag in after}:
        client.untag_resource(ResourceARN=arn, TagKeys=sorted(gone))
    if after:
        client.tag_resource(ResourceARN=arn, Tags=after)


def _without_fixed(changes: dict[str, Any]) -> dict[str, Any]:
    """UpdateService takes of a DnsConfig only its records."""
    if "DnsConfig" not in changes:
        return changes
    return {**changes, "DnsConfig": {"DnsRecords": changes["DnsConfig"]["DnsRecords"]}}


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


