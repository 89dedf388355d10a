"""What the valid requests of Auto Scaling need."""

from conformance.worlds import Json, World, unique
from lab.localstack import client


def world(implemented: set[str]) -> World:
    group, configuration, api = unique("group"), unique("configuration"), client("autoscaling")
    named = {"AutoScalingGroupName": group}
    hook = {**named, "LifecycleHookName": "hook"}
    tags = {
        "Tags": [
            {
                "ResourceId": group,
                "ResourceType": "auto-scaling-group",
                "Key": "a",
                "Value": "b",
                "PropagateAtLaunch": True,
            }
        ]
    }

    def instance(world: World) -> str:
        found = api.describe_auto_scaling_groups(AutoScalingGroupNames=[group])["AutoScalingGroups"]
        return str(found[0]["Instances"][0]["InstanceId"])

    def protection(world: World) -> Json:
        return {**named, "InstanceIds": [instance(world)], "ProtectedFromScaleIn": False}

    return World(
        implemented,
        known=named,
        calls={
            "CreateLaunchConfiguration": {
                "LaunchConfigurationName": configuration,
                "ImageId": "ami-12c6146b",
                "InstanceType": "t3.micro",
            },
            "CreateAutoScalingGroup": {
                **named,
                "LaunchConfigurationName": configuration,
                "MinSize": 1,
                "MaxSize": 2,
                "AvailabilityZones": ["us-east-1a"],
            },
            "CreateOrUpdateTags": tags,
            "PutLifecycleHook": {**hook, "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING"},
            "SetInstanceProtection": protection,
            "SetDesiredCapacity": {**named, "DesiredCapacity": 2},
            "UpdateAutoScalingGroup": {**named, "MaxSize": 3},
            "TerminateInstanceInAutoScalingGroup": lambda world: {
                "InstanceId": instance(world),
                "ShouldDecrementDesiredCapacity": True,
            },
            "DeleteAutoScalingGroup": {**named, "ForceDelete": True},
            "DeleteLaunchConfiguration": {"LaunchConfigurationName": configuration},
            "DeleteLifecycleHook": hook,
            "DeleteTags": tags,
        },
        fresh={
            "CreateAutoScalingGroup": "AutoScalingGroupName",
            "CreateLaunchConfiguration": "LaunchConfigurationName",
        },
        last=("DeleteLifecycleHook", "DeleteTags", "DeleteAutoScalingGroup", "DeleteLaunchConfiguration"),
    )
