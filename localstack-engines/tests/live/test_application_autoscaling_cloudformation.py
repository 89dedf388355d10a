"""Application Auto Scaling in CloudFormation, as CDK's `auto_scale_task_count` writes it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.ecs import Json, Lab
from lab.stacks import DeployFailed, Stack


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


def resources(lab: Lab, name: str, *, maximum: int, value: float, actions: list[Json]) -> Json:
    target = {
        "MinCapacity": 1,
        "MaxCapacity": maximum,
        "ResourceId": {"Fn::Join": ["", ["service/", lab.name, "/", name]]},
        "RoleARN": "arn:aws:iam::000000000000:role/scaling",
        "ScalableDimension": "ecs:service:DesiredCount",
        "ServiceNamespace": "ecs",
        "Tags": [{"Key": "most", "Value": str(maximum)}],
        **({"ScheduledActions": actions} if actions else {}),
    }
    tracking = {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        "ScaleInCooldown": 300,
        "ScaleOutCooldown": 60,
        "TargetValue": value,
    }
    policy = {
        "PolicyName": "Cpu",
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": {"Ref": "Target"},
        "TargetTrackingScalingPolicyConfiguration": tracking,
    }
    return {
        "Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": target},
        "Cpu": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": policy},
    }


def test_a_stack_makes_changes_and_removes_target_and_policy(
    aws: Callable[..., Any], lab: Lab, unique: str, stack: Stack
) -> None:
    scaling, cloudwatch = aws("application-autoscaling"), aws("cloudwatch")
    lab.serve(unique, lab.register(lab.container("sleep 3600")), count=0)
    names = {"ServiceNamespace": "ecs", "ResourceId": f"service/{lab.name}/{unique}"}
    action = {
        "ScheduledActionName": "night",
        "Schedule": "cron(0 20 * * ? *)",
        "ScalableTargetAction": {"MaxCapacity": 1},
    }

    def alarms() -> dict[float, str]:
        found = cloudwatch.describe_alarms(AlarmNamePrefix=f"TargetTracking-{names['ResourceId']}")["MetricAlarms"]
        return {alarm["Threshold"]: alarm["MetricName"] for alarm in found}

    def tags() -> dict[str, str]:
        wanted = {"ServiceNamespace": "ecs", "ResourceIds": [names["ResourceId"]]}
        [target] = scaling.describe_scalable_targets(**wanted)["ScalableTargets"]
        return dict(scaling.list_tags_for_resource(ResourceARN=target["ScalableTargetARN"])["Tags"])

    stack.deploy(resources(lab, unique, maximum=3, value=60, actions=[action]))
    assert stack.physical_id("Target") == f"{names['ResourceId']}|ecs:service:DesiredCount|ecs"
    assert stack.physical_id("Cpu").endswith(":policyName/Cpu")
    assert alarms() == {60.0: "CPUUtilization", 54.0: "CPUUtilization"}
    assert [one["ScheduledActionName"] for one in scaling.describe_scheduled_actions(**names)["ScheduledActions"]] == [
        "night"
    ]
    assert tags() == {"most": "3"}
    # The limits apply to the service that had no task.
    assert lab.service(unique)["desiredCount"] == 1

    stack.deploy(resources(lab, unique, maximum=5, value=80, actions=[]))
    [target] = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[names["ResourceId"]])[
        "ScalableTargets"
    ]
    assert target["MaxCapacity"] == 5
    assert tags() == {"most": "5"}
    assert alarms() == {80.0: "CPUUtilization", 72.0: "CPUUtilization"}
    assert scaling.describe_scheduled_actions(**names)["ScheduledActions"] == []

    with pytest.raises(DeployFailed) as failed:
        stack.deploy(resources(lab, unique, maximum=0, value=90, actions=[]))
    assert "less than minimum" in failed.value.failures[0]
    assert alarms() == {80.0: "CPUUtilization", 72.0: "CPUUtilization"}

    stack.delete()
    assert alarms() == {}
    found = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[names["ResourceId"]])
    assert found["ScalableTargets"] == []
