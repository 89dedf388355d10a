"""What the types of namespaces have in common."""

from typing import Any

from botocore import xform_name
from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.services.servicediscovery.cloudformation.tags import update_resource_tags

_READ_ONLY = ("Id", "Arn", "HostedZoneId")
_UPDATABLE = ("Description", "Properties")


class Namespace(Resource):
    """The base of both types. A subclass names its API operations."""

    DEFAULTS = {"Description": "", "Properties": {"DnsProperties": {"SOA": {"TTL": 15}}}}

    CREATE: str
    UPDATE: str

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "servicediscovery")
        arguments = to_request(client, self.CREATE, model, ignore=_READ_ONLY)
        operation = getattr(client, xform_name(self.CREATE))(**arguments)["OperationId"]
        targets = client.get_operation(OperationId=operation)["Operation"]["Targets"]
        return self.done(_complete(client, model, targets["NAMESPACE"]))

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "servicediscovery")
        refuse_replacement(request.previous_state, model, ("Name", "Vpc"))
        identifier = request.previous_state["Id"]
        if changes := {name: model[name] for name in _UPDATABLE if name in model}:
            # The API requires a description.
            changes.setdefault("Description", "")
            arguments = to_request(client, self.UPDATE, {"Id": identifier, "Namespace": changes})
            getattr(client, xform_name(self.UPDATE))(**arguments)
        model = _complete(client, model, identifier)
        update_resource_tags(client, model["Arn"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "servicediscovery").delete_namespace(Id=request.desired_state["Id"])
        return self.done({})


def _complete(client: Any, model: dict[str, Any], identifier: str) -> dict[str, Any]:
    """Returns the model with its read-only attributes."""
    namespace = client.get_namespace(Id=identifier)["Namespace"]
    model |= {"Id": identifier, "Arn": namespace["Arn"]}
    zone = namespace.get("Properties", {}).get("DnsProperties", {}).get("HostedZoneId")
    return model | ({"HostedZoneId": zone} if zone else {})
