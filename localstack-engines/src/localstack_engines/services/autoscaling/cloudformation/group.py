"""AWS::AutoScaling::AutoScalingGroup.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import is_true, refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource

_READ_ONLY = ("AutoScalingGroupARN",)
_NOT_UPDATED = (*_READ_ONLY, "Tags", "InstanceId")
_KIND = "auto-scaling-group"


class AutoScalingGroup(Resource):
    TYPE = "AWS::AutoScaling::AutoScalingGroup"
    DEFAULTS = {
        "Cooldown": "300",
        "HealthCheckGracePeriod": 0,
        "HealthCheckType": "EC2",
        "NewInstancesProtectedFromScaleIn": False,
    }
    # As on AWS, a group keeps its capacity when the template no longer has one.
    RESET = ("DesiredCapacity", "Tags")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "autoscaling")
        name = model["AutoScalingGroupName"] = model.get("AutoScalingGroupName") or self.default_name(request, 255)
        client.create_auto_scaling_group(
            **to_request(client, "CreateAutoScalingGroup", _renamed(model), (*_READ_ONLY, "Tags")),
            Tags=_tags(name, model.get("Tags")),
        )
        [group] = client.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        return self.done(model | {"AutoScalingGroupARN": group["AutoScalingGroupARN"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, client = request.desired_state, request.previous_state, self.client(request, "autoscaling")
        refuse_replacement(previous, model, ("AutoScalingGroupName", "InstanceId"))
        name = previous["AutoScalingGroupName"]
        model |= {key: previous[key] for key in ("AutoScalingGroupName", *_READ_ONLY) if key in previous}
        client.update_auto_scaling_group(**to_request(client, "UpdateAutoScalingGroup", _renamed(model), _NOT_UPDATED))
        before, after = _tags(name, previous.get("Tags")), _tags(name, model.get("Tags"))
        keys = {tag["Key"] for tag in after}
        if gone := [tag for tag in before if tag["Key"] not in keys]:
            client.delete_tags(Tags=gone)
        if after:
            client.create_or_update_tags(Tags=after)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        name, client = request.desired_state["AutoScalingGroupName"], self.client(request, "autoscaling")
        if client.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]:
            client.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)
        return self.done({})


def _renamed(model: dict[str, Any]) -> dict[str, Any]:
    """Returns the properties with the API's names and forms."""
    renamed = {key: value for key, value in model.items() if key != "Cooldown"}
    if "Cooldown" in model:
        renamed["DefaultCooldown"] = model["Cooldown"]
    if isinstance(model.get("VPCZoneIdentifier"), list):
        renamed["VPCZoneIdentifier"] = ",".join(model["VPCZoneIdentifier"])
    return renamed


def _tags(name: str, tags: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return [
        {
            "Key": tag["Key"],
            "Value": tag["Value"],
            "PropagateAtLaunch": is_true(tag.get("PropagateAtLaunch", False)),
            "ResourceId": name,
            "ResourceType": _KIND,
        }
        for tag in tags or []
    ]
