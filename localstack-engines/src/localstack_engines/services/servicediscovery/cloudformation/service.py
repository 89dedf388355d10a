"""AWS::ServiceDiscovery::Service.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicediscovery-service.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.services.servicediscovery.cloudformation.tags import update_resource_tags

_NOT_IN_THE_REQUEST = ("Id", "Arn", "ServiceAttributes")
_UPDATABLE = ("Description", "DnsConfig", "HealthCheckConfig")


class Service(Resource):
    TYPE = "AWS::ServiceDiscovery::Service"
    DEFAULTS = {"Description": ""}
    RESET = ("ServiceAttributes", "Tags")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "servicediscovery")
        model.setdefault("Name", f"{request.stack_name}-{request.logical_resource_id}")
        arguments = to_request(client, "CreateService", model, ignore=_NOT_IN_THE_REQUEST)
        service = client.create_service(**arguments)["Service"]
        model |= {"Id": service["Id"], "Arn": service["Arn"]}
        _update_attributes(client, {}, model)
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "servicediscovery")
        refuse_replacement(request.previous_state, model, ("Name", "NamespaceId", "HealthCheckCustomConfig"))
        model |= {name: request.previous_state[name] for name in ("Id", "Arn", "Name")}
        changes = {name: model[name] for name in _UPDATABLE if name in model}
        if "DnsConfig" in changes:
            # UpdateService accepts the records of a DnsConfig, and none of its other members.
            changes["DnsConfig"] = {"DnsRecords": changes["DnsConfig"]["DnsRecords"]}
        client.update_service(**to_request(client, "UpdateService", {"Id": model["Id"], "Service": changes}))
        _update_attributes(client, request.previous_state, model)
        update_resource_tags(client, model["Arn"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        client, identifier = self.client(request, "servicediscovery"), request.desired_state["Id"]
        # Tasks deregister their own instances. A service with other instances could never be deleted.
        for instance in client.list_instances(ServiceId=identifier)["Instances"]:
            client.deregister_instance(ServiceId=identifier, InstanceId=instance["Id"])
        client.delete_service(Id=identifier)
        return self.done({})


def _update_attributes(client: Any, previous: dict[str, Any], model: dict[str, Any]) -> None:
    """Makes the attributes of the service those of the template."""
    old, new = (state.get("ServiceAttributes") or {} for state in (previous, model))
    if gone := sorted(old.keys() - new.keys()):
        client.delete_service_attributes(ServiceId=model["Id"], Attributes=gone)
    if changed := {name: value for name, value in new.items() if old.get(name) != value}:
        client.update_service_attributes(ServiceId=model["Id"], Attributes=changed)
