"""AWS::ApplicationAutoScaling::ScalableTarget.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalabletarget.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.cloudformation.tags import tag_map, update_tags

_IDENTITY = ("ResourceId", "ScalableDimension", "ServiceNamespace")
_ELSEWHERE = ("Id", "ScheduledActions", "Tags")
_RUNNING = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}


class ScalableTarget(Resource):
    TYPE = "AWS::ApplicationAutoScaling::ScalableTarget"
    PHYSICAL_ID = "/properties/Id"
    DEFAULTS = {"ScheduledActions": [], "SuspendedState": _RUNNING}
    # As on AWS, a target keeps its role when the template no longer has one.
    RESET = ("RoleARN", "Tags")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "application-autoscaling")
        arguments = to_request(client, "RegisterScalableTarget", model, _ELSEWHERE)
        client.register_scalable_target(**arguments, Tags=tag_map(model.get("Tags")))
        model["Id"] = "|".join(model[name] for name in _IDENTITY)
        self.created(request)
        _settle_schedule(client, model, [])
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous = request.desired_state, request.previous_state
        refuse_replacement(previous, model, _IDENTITY)
        client = self.client(request, "application-autoscaling")
        # The API takes tags for new targets only.
        arn = client.register_scalable_target(**to_request(client, "RegisterScalableTarget", model, _ELSEWHERE))[
            "ScalableTargetARN"
        ]
        update_tags(
            previous.get("Tags"),
            model.get("Tags"),
            remove=lambda keys: client.untag_resource(ResourceARN=arn, TagKeys=keys),
            put=lambda tags: client.tag_resource(ResourceARN=arn, Tags=tags),
        )
        _settle_schedule(client, model, previous.get("ScheduledActions") or [])
        return self.done({**model, "Id": previous["Id"]})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        client = self.client(request, "application-autoscaling")
        client.deregister_scalable_target(**_identity(request.desired_state))
        return self.done({})


def _settle_schedule(client: Any, model: dict[str, Any], before: list[dict[str, Any]]) -> None:
    """Makes the scheduled actions those of the template."""
    actions = model.get("ScheduledActions") or []
    names = {action["ScheduledActionName"] for action in actions}
    for action in before:
        if action["ScheduledActionName"] not in names:
            client.delete_scheduled_action(**_identity(model), ScheduledActionName=action["ScheduledActionName"])
    for action in actions:
        client.put_scheduled_action(**to_request(client, "PutScheduledAction", {**_identity(model), **action}))


def _identity(model: dict[str, Any]) -> dict[str, str]:
    return {name: model[name] for name in _IDENTITY}
