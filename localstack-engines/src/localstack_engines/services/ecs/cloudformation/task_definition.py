"""AWS::ECS::TaskDefinition.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource


class TaskDefinition(Resource):
    """Registers a new revision for each change.

    The previous revision stays ACTIVE until the next change, because a rollback needs it.
    """

    TYPE = "AWS::ECS::TaskDefinition"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        model["Family"] = model.get("Family") or self.default_name(request, 200)
        return self.done(self._register(request, model))

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous = request.desired_state, request.previous_state
        model["Family"] = model.get("Family") or previous["Family"]
        client = self.client(request, "ecs")
        restored = model.get("TaskDefinitionArn")
        if restored and restored != previous["TaskDefinitionArn"] and self._is_active(client, restored):
            client.deregister_task_definition(taskDefinition=previous["TaskDefinitionArn"])
            return self.done(model)
        self._deregister_before(client, previous["TaskDefinitionArn"])
        return self.done(self._register(request, model))

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        client, arn = self.client(request, "ecs"), request.desired_state["TaskDefinitionArn"]
        self._deregister_before(client, arn)
        if self._is_active(client, arn):
            client.deregister_task_definition(taskDefinition=arn)
        return self.done({})

    def _register(self, request: ResourceRequest, model: dict[str, Any]) -> dict[str, Any]:
        client = self.client(request, "ecs")
        arguments = to_request(client, "RegisterTaskDefinition", model, ("TaskDefinitionArn",))
        registered = client.register_task_definition(**arguments)["taskDefinition"]
        return model | {"TaskDefinitionArn": registered["taskDefinitionArn"]}

    @staticmethod
    def _is_active(client: Any, arn: str) -> bool:
        try:
            return bool(client.describe_task_definition(taskDefinition=arn)["taskDefinition"]["status"] == "ACTIVE")
        except client.exceptions.ClientException:
            return False

    @staticmethod
    def _deregister_before(client: Any, arn: str) -> None:
        """Deregisters the family's ACTIVE revisions that are older than this one."""
        family, _, revision = arn.rsplit("/", 1)[-1].partition(":")
        for other in client.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]:
            if int(other.rsplit(":", 1)[-1]) < int(revision):
                client.deregister_task_definition(taskDefinition=other)
