"""Capacity providers of Auto Scaling groups, and services on container instances: scaling, daemons and draining."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.container_instances import InstanceLab
from lab.errors import refused
from lab.waiting import until

MANAGED = {"status": "ENABLED", "targetCapacity": 100}


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[InstanceLab]:
    with InstanceLab(aws) as lab:
        yield lab


@pytest.fixture(scope="module")
def provider(lab: InstanceLab) -> Iterator[str]:
    """A capacity provider of the cluster, whose group has no instance yet."""
    group = lab.grow("managed", 0, most=2, NewInstancesProtectedFromScaleIn=True)
    settings = {"autoScalingGroupArn": group, "managedScaling": MANAGED, "managedTerminationProtection": "ENABLED"}
    made = lab.ecs.create_capacity_provider(name=lab.name, autoScalingGroupProvider=settings)["capacityProvider"]
    assert (made["status"], made["autoScalingGroupProvider"]["managedScaling"]["status"]) == ("ACTIVE", "ENABLED")
    strategy = [{"capacityProvider": lab.name, "weight": 1}]
    lab.ecs.put_cluster_capacity_providers(
        cluster=lab.name, capacityProviders=[lab.name], defaultCapacityProviderStrategy=strategy
    )
    yield lab.name
    lab.ecs.put_cluster_capacity_providers(cluster=lab.name, capacityProviders=[], defaultCapacityProviderStrategy=[])
    lab.ecs.delete_capacity_provider(capacityProvider=lab.name)


def serve(lab: InstanceLab, name: str, definition: str, count: int | None = None, **more: Any) -> None:
    counts = {} if count is None else {"desiredCount": count}
    lab.ecs.create_service(cluster=lab.name, serviceName=name, taskDefinition=definition, **counts, **more)


def remove(lab: InstanceLab, name: str) -> None:
    lab.ecs.delete_service(cluster=lab.name, service=name, force=True)
    until(f"{name} to go", lambda: lab.service(name)["status"] == "INACTIVE")


def places(lab: InstanceLab, name: str) -> list[str]:
    """Returns the container instances of a service's tasks."""
    return sorted(task["containerInstanceArn"] for task in lab.service_tasks(name))


def test_a_provider_needs_a_group_that_exists(lab: InstanceLab, provider: str) -> None:
    create, absent = lab.ecs.create_capacity_provider, "arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:x"
    group = {"autoScalingGroupArn": f"{absent}:autoScalingGroupName/absent"}
    refused(create, "ClientException", "group ARN is not valid", name="other", autoScalingGroupProvider=group)
    code = "InvalidParameterException"
    refused(create, code, "cannot be prefixed", name="aws-x", autoScalingGroupProvider=group)
    [known] = lab.ecs.describe_capacity_providers(capacityProviders=[provider])["capacityProviders"]
    same = {"autoScalingGroupArn": known["autoScalingGroupProvider"]["autoScalingGroupArn"]}
    refused(create, code, "already being used", name="other", autoScalingGroupProvider=same)
    refused(lab.ecs.delete_capacity_provider, "ClientException", "associated with", capacityProvider=provider)
    refused(lab.ecs.delete_capacity_provider, code, "reserved", capacityProvider="FARGATE")
    refused(lab.ecs.update_capacity_provider, code, "not found", name="absent", autoScalingGroupProvider={})


def test_a_group_grows_with_its_tasks_up_to_its_size(lab: InstanceLab, provider: str) -> None:
    serve(lab, "large", lab.register_for_ec2("exec sleep 300", memory=1500), 3)

    def is_waiting() -> bool:
        events = [event["message"] for event in lab.service("large")["events"]]
        return any("unable to place a task" in text and "insufficient memory" in text for text in events)

    until("an event", is_waiting)
    until("two tasks", lambda: lab.service("large")["runningCount"] == 2)
    assert len(set(places(lab, "large"))) == 2
    assert {task["capacityProviderName"] for task in lab.service_tasks("large")} == {provider}
    assert {instance["capacityProviderName"] for instance in lab.instances()} == {provider}
    # An instance with tasks is protected: the group cannot become smaller.
    until("protection", lambda: all(one["ProtectedFromScaleIn"] for one in lab.autoscaling_instances()))
    lab.ecs.update_service(cluster=lab.name, service="large", desiredCount=2)
    lab.stable("large")
    remove(lab, "large")


def test_a_daemon_has_one_task_on_each_instance(lab: InstanceLab, provider: str) -> None:
    strategy = {"capacityProviderStrategy": [{"capacityProvider": provider}]}
    serve(lab, "agent", lab.register_for_ec2("exec sleep 300"), schedulingStrategy="DAEMON", **strategy)
    until("two tasks", lambda: lab.stable("agent")["runningCount"] == 2)
    first, second = lab.instances()
    assert places(lab, "agent") == sorted([first["containerInstanceArn"], second["containerInstanceArn"]])
    lab.ecs.update_service(cluster=lab.name, service="agent", taskDefinition=lab.register_for_ec2("exec sleep 301"))
    assert lab.stable("agent")["runningCount"] == 2
    lab.ecs.update_container_instances_state(
        cluster=lab.name, containerInstances=[first["containerInstanceArn"]], status="DRAINING"
    )
    until("the drained instance to be empty", lambda: places(lab, "agent") == [second["containerInstanceArn"]])
    lab.ecs.update_container_instances_state(
        cluster=lab.name, containerInstances=[first["containerInstanceArn"]], status="ACTIVE"
    )
    until("a task again", lambda: len(places(lab, "agent")) == 2)
    remove(lab, "agent")


def test_tasks_leave_an_instance_that_drains_or_ends(lab: InstanceLab, provider: str) -> None:
    first, second = lab.instances()
    serve(lab, "web", lab.register_for_ec2("exec sleep 300"), 2, launchType="EC2")
    lab.stable("web")
    assert len(set(places(lab, "web"))) == 2
    arn, other = first["containerInstanceArn"], second["containerInstanceArn"]
    lab.ecs.update_container_instances_state(cluster=lab.name, containerInstances=[arn], status="DRAINING")
    until("all tasks to move", lambda: places(lab, "web") == [other, other])
    lab.stable("web")
    lab.ecs.update_container_instances_state(cluster=lab.name, containerInstances=[arn], status="ACTIVE")
    lab.ec2.terminate_instances(InstanceIds=[second["ec2InstanceId"]])
    # The group starts another instance in its place.
    until("tasks elsewhere", lambda: len(places(lab, "web")) == 2 and other not in places(lab, "web"))
    stopped = lab.service_tasks("web", "STOPPED")
    assert "TerminationNotice" in {task["stopCode"] for task in stopped}
    remove(lab, "web")


def test_what_is_refused_for_daemons(lab: InstanceLab, provider: str) -> None:
    fargate = lab.register(lab.container("true"))
    call = {"cluster": lab.name, "serviceName": "d", "schedulingStrategy": "DAEMON"}
    create, code = lab.ecs.create_service, "InvalidParameterException"
    on_fargate = {"taskDefinition": fargate, "launchType": "FARGATE", "networkConfiguration": lab.network}
    refused(create, code, "not supported on Fargate", **call, **on_fargate)
    refused(create, code, "cannot be set", **call, taskDefinition=lab.register_for_ec2("true"), desiredCount=1)
