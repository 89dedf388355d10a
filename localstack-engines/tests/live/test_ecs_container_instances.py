"""Container instances: registration from EC2, network modes, placement, draining and attributes."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.container_instances import InstanceLab, remaining
from lab.ecs import containers
from lab.errors import refused
from lab.waiting import until

SERVER = "exec python3 -m http.server 8000"
PORT = [{"containerPort": 8000}]


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[InstanceLab]:
    with InstanceLab(aws) as lab:
        refused(
            lab.ecs.run_task,
            "InvalidParameterException",
            "No Container Instances were found in your cluster",
            cluster=lab.name,
            taskDefinition=lab.register_for_ec2("true"),
        )
        lab.grow("group", 2)
        yield lab


def status_of(address: str, port: int) -> int:
    with urllib.request.urlopen(f"http://{address}:{port}/", timeout=5) as response:
        return int(response.status)


def private_address(lab: InstanceLab, instance: dict[str, Any]) -> str:
    found = lab.ec2.describe_instances(InstanceIds=[instance["ec2InstanceId"]])["Reservations"][0]["Instances"][0]
    return str(found["PrivateIpAddress"])


def test_the_instances_of_a_group_join_the_cluster(lab: InstanceLab) -> None:
    first, second = lab.instances()
    assert first["ec2InstanceId"] != second["ec2InstanceId"]
    assert (first["status"], first["agentConnected"]) == ("ACTIVE", True)
    assert (remaining(first)["CPU"], remaining(first)["MEMORY"]) == (2048, 2048)
    attributes = {one["name"]: one.get("value") for one in first["attributes"]}
    assert (attributes["ecs.instance-type"], attributes["ecs.subnet-id"]) == ("t3.small", lab.subnet)
    assert lab.ecs.describe_clusters(clusters=[lab.name])["clusters"][0]["registeredContainerInstancesCount"] == 2
    for address in (private_address(lab, first), private_address(lab, second)):
        assert address.startswith(lab.subnet_prefix)


def test_bridge_tasks_have_ports_of_their_instance(lab: InstanceLab) -> None:
    definition = lab.register_for_ec2(SERVER, portMappings=PORT)
    by_arn = {one["containerInstanceArn"]: one for one in lab.instances()}
    started = lab.run_on_ec2(definition, count=3)["tasks"]
    tasks = [lab.running(task["taskArn"]) for task in started]
    assert {task["containerInstanceArn"] for task in tasks} == by_arn.keys()
    for task in tasks:
        [binding] = containers(task)["app"]["networkBindings"]
        assert binding["containerPort"] == 8000
        assert binding["hostPort"] >= 32768
        address = private_address(lab, by_arn[task["containerInstanceArn"]])
        until("an answer", lambda a=address, p=binding["hostPort"]: status_of(a, p) == 200, despite=(OSError,))
    for task in tasks:
        lab.ecs.stop_task(cluster=lab.name, task=task["taskArn"])
        lab.stopped(task["taskArn"])


def test_host_tasks_share_the_network_of_their_instance(lab: InstanceLab) -> None:
    definition = lab.register_for_ec2(SERVER, "host", portMappings=PORT)
    first, second = (lab.run_on_ec2(definition)["tasks"][0] for _ in range(2))
    assert first["containerInstanceArn"] != second["containerInstanceArn"]
    no_place = lab.run_on_ec2(definition)
    assert no_place["tasks"] == []
    assert [failure["reason"] for failure in no_place["failures"]] == ["RESOURCE:PORTS", "RESOURCE:PORTS"]
    by_arn = {one["containerInstanceArn"]: one for one in lab.instances()}
    assert "8000" in remaining(by_arn[first["containerInstanceArn"]])["PORTS"]
    for task in (first, second):
        lab.running(task["taskArn"])
        address = private_address(lab, by_arn[task["containerInstanceArn"]])
        until("an answer", lambda a=address: status_of(a, 8000) == 200, despite=(OSError,))
        lab.ecs.stop_task(cluster=lab.name, task=task["taskArn"])
        lab.stopped(task["taskArn"])


def test_awsvpc_tasks_have_addresses_of_their_own(lab: InstanceLab) -> None:
    definition = lab.register_for_ec2("sleep 300", "awsvpc")
    refused(lab.run_on_ec2, "InvalidParameterException", "Network Configuration must be", definition=definition)
    task = lab.run_on_ec2(definition, networkConfiguration=lab.network)["tasks"][0]
    running = lab.running(task["taskArn"])
    assert running["launchType"] == "EC2"
    assert running["attachments"][0]["type"] == "ElasticNetworkInterface"
    lab.ecs.stop_task(cluster=lab.name, task=task["taskArn"])


def test_tasks_are_placed_by_attributes_and_on_named_instances(lab: InstanceLab) -> None:
    ecs, [first, second] = lab.ecs, lab.instances()
    attribute = {"name": "stack", "value": "blue", "targetId": second["containerInstanceArn"]}
    ecs.put_attributes(cluster=lab.name, attributes=[attribute])
    listed = ecs.list_attributes(cluster=lab.name, targetType="container-instance", attributeName="stack")
    assert [(one["targetId"], one["value"]) for one in listed["attributes"]] == [(attribute["targetId"], "blue")]
    definition = lab.register_for_ec2("sleep 300")
    blue = [{"type": "memberOf", "expression": "attribute:stack == blue"}]
    placed = lab.run_on_ec2(definition, count=2, placementConstraints=blue)["tasks"]
    assert {task["containerInstanceArn"] for task in placed} == {second["containerInstanceArn"]}
    distinct = [{"type": "distinctInstance"}]
    response = lab.run_on_ec2(definition, count=2, placementConstraints=[*blue, *distinct], group="other")
    assert (len(response["tasks"]), len(response["failures"])) == (1, 2)
    names = [first["containerInstanceArn"], "absent"]
    started = ecs.start_task(cluster=lab.name, taskDefinition=definition, containerInstances=names)
    assert started["tasks"][0]["containerInstanceArn"] == names[0]
    assert started["failures"][0]["reason"] == "MISSING"
    on_first = ecs.list_tasks(cluster=lab.name, containerInstance=names[0])["taskArns"]
    assert started["tasks"][0]["taskArn"] in on_first
    ecs.delete_attributes(cluster=lab.name, attributes=[{**attribute, "value": "blue"}])
    assert lab.instances(filter="attribute:stack exists") == []
    for task in [*placed, *response["tasks"], *started["tasks"]]:
        ecs.stop_task(cluster=lab.name, task=task["taskArn"])


def test_tasks_of_an_instance_share_its_directories(lab: InstanceLab) -> None:
    [first, second], mount = lab.instances(), [{"sourceVolume": "data", "containerPath": "/data"}]
    volumes = [{"name": "data", "host": {"sourcePath": "/mnt/data"}}]
    command = "cat /data/word 2>/dev/null || echo none; echo shared > /data/word; test -s /data/word"
    reader = "test $(cat /data/word) = shared"
    write = lab.register_for_ec2(command, volumes=volumes, mountPoints=mount)
    read = lab.register_for_ec2(reader, volumes=volumes, mountPoints=mount)
    codes = []
    for definition, instance in ((write, first), (read, first), (read, second)):
        arns = [instance["containerInstanceArn"]]
        [task] = lab.ecs.start_task(cluster=lab.name, taskDefinition=definition, containerInstances=arns)["tasks"]
        codes.append(containers(lab.stopped(task["taskArn"]))["app"]["exitCode"])
    assert (codes[:2], codes[2] != 0) == ([0, 0], True)
    socket = [{"name": "data", "host": {"sourcePath": "/var/run/docker.sock"}}]
    definition = lab.register_for_ec2("true", volumes=socket, mountPoints=mount)
    refused(lab.run_on_ec2, "InvalidParameterException", "docker.sock", definition=definition)


def test_what_is_refused(lab: InstanceLab) -> None:
    definition, code = lab.register_for_ec2("true"), "InvalidParameterException"
    bad = [{"type": "memberOf", "expression": "attribute:x near y"}]
    refused(lab.run_on_ec2, code, "unknown operator", definition=definition, placementConstraints=bad)
    strategy = [{"type": "binpack", "field": "disk"}]
    refused(lab.run_on_ec2, code, "cpu or memory", definition=definition, placementStrategy=strategy)
    vpc = {"networkConfiguration": lab.network}
    refused(lab.run_on_ec2, code, "not valid for the given networkMode", definition=definition, **vpc)
    linked = lab.register_for_ec2("true", links=["other"])
    refused(lab.run_on_ec2, code, r"\(links\)", definition=linked)
    udp = lab.register_for_ec2("true", portMappings=[{"containerPort": 53, "protocol": "udp"}])
    refused(lab.run_on_ec2, code, "TCP only", definition=udp)
    [instance, _] = lab.instances()
    name = {"cluster": lab.name, "containerInstance": instance["containerInstanceArn"]}
    refused(lab.ecs.update_container_agent, "NoUpdateAvailableException", "no update", **name)
    reserved = [{"name": "ecs.os-type", "targetId": instance["containerInstanceArn"]}]
    refused(lab.ecs.put_attributes, code, "reserved", cluster=lab.name, attributes=reserved)


def test_an_instance_that_ec2_runs_can_be_registered(lab: InstanceLab) -> None:
    ecs, ec2 = lab.ecs, lab.ec2
    [made] = ec2.run_instances(ImageId="ami-1", InstanceType="m5.large", MinCount=1, MaxCount=1, SubnetId=lab.subnet)[
        "Instances"
    ]
    document = json.dumps({"instanceId": made["InstanceId"]})
    registered = ecs.register_container_instance(cluster=lab.name, instanceIdentityDocument=document)
    instance = registered["containerInstance"]
    assert (instance["ec2InstanceId"], remaining(instance)["MEMORY"]) == (made["InstanceId"], 8192)
    refused(
        ecs.register_container_instance,
        "ClientException",
        "no running EC2 instance",
        cluster=lab.name,
        instanceIdentityDocument='{"instanceId": "i-0"}',
    )
    [task] = ecs.start_task(
        cluster=lab.name,
        taskDefinition=lab.register_for_ec2("sleep 300"),
        containerInstances=[instance["containerInstanceArn"]],
    )["tasks"]
    lab.running(task["taskArn"])
    name = {"cluster": lab.name, "containerInstance": instance["containerInstanceArn"]}
    refused(ecs.deregister_container_instance, "InvalidParameterException", "running tasks", **name)
    gone = ecs.deregister_container_instance(**name, force=True)["containerInstance"]
    assert gone["status"] == "INACTIVE"
    assert lab.stopped(task["taskArn"])["stopCode"] == "TerminationNotice"
    ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
