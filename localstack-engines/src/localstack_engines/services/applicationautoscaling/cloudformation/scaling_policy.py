"""AWS::ApplicationAutoScaling::ScalingPolicy.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalingpolicy.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Failed, Resource

_IDENTITY = ("ResourceId", "ScalableDimension", "ServiceNamespace")
_ELSEWHERE = ("Arn", "ScalingTargetId")


class ScalingPolicy(Resource):
    TYPE = "AWS::ApplicationAutoScaling::ScalingPolicy"
    PHYSICAL_ID = "/properties/Arn"
    # PutScalingPolicy replaces the configuration as a whole, and a policy has the one of its type.
    RESET = (
        "PredictiveScalingPolicyConfiguration",
        "StepScalingPolicyConfiguration",
        "TargetTrackingScalingPolicyConfiguration",
    )

    def create(self, request: ResourceRequest) -> ProgressEvent:
        return self.done(self._put(request, request.desired_state))

    def update(self, request: ResourceRequest) -> ProgressEvent:
        refuse_replacement(request.previous_state, request.desired_state, ("PolicyName", *_IDENTITY, "ScalingTargetId"))
        return self.done(self._put(request, request.desired_state))

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        client = self.client(request, "application-autoscaling")
        client.delete_scaling_policy(PolicyName=model["PolicyName"], **_identity(model))
        return self.done({})

    def _put(self, request: ResourceRequest, model: dict[str, Any]) -> dict[str, Any]:
        client = self.client(request, "application-autoscaling")
        model |= _identity(model)
        arguments = to_request(client, "PutScalingPolicy", model, _ELSEWHERE)
        return {**model, "Arn": client.put_scaling_policy(**arguments)["PolicyARN"]}


def _identity(model: dict[str, Any]) -> dict[str, str]:
    """Returns the members that name the target: the template gives them, or the target's Ref."""
    if target := model.get("ScalingTargetId"):
        return dict(zip(_IDENTITY, target.split("|"), strict=True))
    if missing := [name for name in _IDENTITY if not model.get(name)]:
        raise Failed(f"ScalingTargetId or {', '.join(missing)} must be specified", "InvalidRequest")
    return {name: model[name] for name in _IDENTITY}
