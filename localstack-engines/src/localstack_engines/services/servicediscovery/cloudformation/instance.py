"""AWS::ServiceDiscovery::Instance.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicediscovery-instance.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource

_RENAMED = {"InstanceAttributes": "Attributes"}
"""Properties that the API spells differently."""


class Instance(Resource):
    TYPE = "AWS::ServiceDiscovery::Instance"
    PHYSICAL_ID = "/properties/InstanceId"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        model.setdefault("InstanceId", f"{request.stack_name}-{request.logical_resource_id}")
        return self._register(request, model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        model["InstanceId"] = request.previous_state["InstanceId"]
        return self._register(request, model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self.client(request, "servicediscovery").deregister_instance(
            ServiceId=model["ServiceId"], InstanceId=model["InstanceId"]
        )
        return self.done({})

    def _register(self, request: ResourceRequest, model: dict[str, Any]) -> ProgressEvent:
        client = self.client(request, "servicediscovery")
        properties = {_RENAMED.get(name, name): value for name, value in model.items()}
        client.register_instance(**to_request(client, "RegisterInstance", properties))
        return self.done(model)
