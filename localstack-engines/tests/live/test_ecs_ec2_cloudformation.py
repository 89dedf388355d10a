"""Stacks like those of CDK's Ec2Service: a group whose instances join the cluster, and a service on them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.ecs import IMAGE, Json, Lab
from lab.stacks import Stack
from lab.waiting import until


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


def resources(lab: Lab, launch: Json, group: Json, command: str = "exec sleep 300") -> Json:
    """Returns a cluster with a group, its capacity provider and a service."""
    user_data = {"Fn::Join": ["", ["#!/bin/bash\necho ECS_CLUSTER=", {"Ref": "Cluster"}, " >> /etc/ecs/ecs.config"]]}
    container = {"Name": "app", "Image": IMAGE, "Memory": 128, "Command": ["sh", "-c", command], "StopTimeout": 1}
    managed = {
        "ManagedScaling": {"Status": "ENABLED", "TargetCapacity": 100},
        "ManagedTerminationProtection": "ENABLED",
    }
    settings = {"ImageId": "ami-12345678", "InstanceType": "t3.small", "UserData": {"Fn::Base64": user_data}}
    return {
        "Cluster": {"Type": "AWS::ECS::Cluster"},
        "Launch": {
            "Type": launch["Type"],
            "Properties": {"LaunchTemplateData": settings} if "Template" in launch["Type"] else settings,
        },
        "Group": {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "Properties": {
                **group,
                "MinSize": "0",
                "MaxSize": "2",
                "NewInstancesProtectedFromScaleIn": True,
                "Tags": [{"Key": "Name", "PropagateAtLaunch": True, "Value": lab.name}],
                "VPCZoneIdentifier": [lab.subnet],
            },
            "UpdatePolicy": {"AutoScalingScheduledAction": {"IgnoreUnmodifiedGroupSizeProperties": True}},
        },
        "Provider": {
            "Type": "AWS::ECS::CapacityProvider",
            "Properties": {"AutoScalingGroupProvider": {"AutoScalingGroupArn": {"Ref": "Group"}, **managed}},
        },
        "Association": {
            "Type": "AWS::ECS::ClusterCapacityProviderAssociations",
            "Properties": {
                "CapacityProviders": [{"Ref": "Provider"}],
                "Cluster": {"Ref": "Cluster"},
                "DefaultCapacityProviderStrategy": [],
            },
        },
        "Definition": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {
                "ContainerDefinitions": [{**container, "PortMappings": [{"ContainerPort": 8000, "HostPort": 0}]}],
                "NetworkMode": "bridge",
                "RequiresCompatibilities": ["EC2"],
            },
        },
        "Service": {
            "Type": "AWS::ECS::Service",
            "DependsOn": "Association",
            "Properties": {
                "CapacityProviderStrategy": [{"CapacityProvider": {"Ref": "Provider"}, "Weight": 1}],
                "Cluster": {"Ref": "Cluster"},
                "DesiredCount": 1,
                "DeploymentConfiguration": {"MaximumPercent": 200, "MinimumHealthyPercent": 0},
                "PlacementStrategies": [{"Type": "binpack", "Field": "MEMORY"}],
                "SchedulingStrategy": "REPLICA",
                "TaskDefinition": {"Ref": "Definition"},
            },
        },
    }


@pytest.mark.parametrize(
    ("launch", "group"),
    [
        (
            {"Type": "AWS::EC2::LaunchTemplate"},
            {
                "LaunchTemplate": {
                    "LaunchTemplateId": {"Ref": "Launch"},
                    "Version": {"Fn::GetAtt": ["Launch", "LatestVersionNumber"]},
                }
            },
        ),
        ({"Type": "AWS::AutoScaling::LaunchConfiguration"}, {"LaunchConfigurationName": {"Ref": "Launch"}}),
    ],
    ids=["template", "configuration"],
)
def test_a_service_on_a_group_is_deployed_changed_and_deleted(
    lab: Lab, stack: Stack, launch: Json, group: Json
) -> None:
    stack.deploy(resources(lab, launch, group))
    cluster = stack.physical_id("Cluster")
    [task] = lab.ecs.list_tasks(cluster=cluster)["taskArns"]
    [first] = lab.ecs.describe_tasks(cluster=cluster, tasks=[task])["tasks"]
    assert (first["launchType"], first["lastStatus"]) == ("EC2", "RUNNING")
    assert first["capacityProviderName"] == stack.physical_id("Provider")
    stack.deploy(resources(lab, launch, group, "exec sleep 301"))
    [second] = lab.ecs.list_tasks(cluster=cluster)["taskArns"]
    assert second != task
    stack.delete()
    left = lab.ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": [lab.name]}])["Reservations"]
    states = {one["State"]["Name"] for reservation in left for one in reservation["Instances"]}
    assert states == {"terminated"}
    until(
        "the cluster to go",
        lambda: lab.ecs.describe_clusters(clusters=[cluster])["clusters"][0]["status"] == "INACTIVE",
    )
