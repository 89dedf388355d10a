"""Tasks: their start, dependencies, logs, secrets, and how they end."""

import base64
import json
import subprocess
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.ecs import CIDR, IMAGE, Json, Lab, address, containers
from lab.waiting import until


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


def test_a_task_runs_in_its_subnet_and_is_described(lab: Lab) -> None:
    arn = lab.run(lab.register(lab.container("sleep 60")))
    task = lab.running(arn)
    ip = IPv4Address(address(task))
    assert ip in IPv4Network(f"{lab.subnet_prefix}16.0/20")
    details = {d["name"]: d["value"] for d in task["attachments"][0]["details"]}
    assert details["privateIPv4Address"] == str(ip)
    assert details["subnetId"] == lab.subnet
    eni = lab.ec2.describe_network_interfaces(NetworkInterfaceIds=[details["networkInterfaceId"]])
    assert eni["NetworkInterfaces"][0]["PrivateIpAddress"] == str(ip)
    app = containers(task)["app"]
    assert (app["image"], app["lastStatus"], app["healthStatus"]) == (IMAGE, "RUNNING", "UNKNOWN")
    assert app["imageDigest"].startswith("sha256:")
    assert app["runtimeId"]
    assert task["healthStatus"] == "UNKNOWN"


def test_an_essential_container_that_ends_stops_the_task(lab: Lab) -> None:
    arn = lab.run(lab.register(lab.container("echo hello; echo world; exit 7"), lab.container("sleep 60", "helper")))
    task = lab.stopped(arn)
    assert task["stopCode"] == "EssentialContainerExited"
    assert task["stoppedReason"] == "Essential container in task exited"
    assert containers(task)["app"]["exitCode"] == 7
    assert containers(task)["helper"]["exitCode"] in (137, 143)
    until("the log", lambda: lab.output(arn) == ["hello", "world"])


def test_every_line_arrives_once_and_in_order_however_fast_it_is_written(lab: Lab) -> None:
    script = "for n in range(6000): print(n, flush=True)\nprint('x' * 40_000)\nprint('last', end='')"
    container = lab.container("", stopTimeout=2) | {"command": ["python3", "-c", script]}
    arn = lab.run(lab.register(container))
    lab.stopped(arn)
    assert lab.output(arn) == [*map(str, range(6000)), "x" * 40_000, "last"]


def test_a_terminals_lines_arrive(lab: Lab) -> None:
    arn = lab.run(
        lab.register(lab.container("echo one; echo two >&2; test -t 1 && echo terminal", pseudoTerminal=True))
    )
    lab.stopped(arn)
    assert lab.output(arn) == ["one", "two", "terminal"]


def test_containers_wait_for_their_dependencies(lab: Lab) -> None:
    """A container that is ready counts as healthy at once, not after its check's interval of five minutes."""
    healthy = {"command": ["CMD-SHELL", "test -f /tmp/ready"], "interval": 300, "timeout": 2, "retries": 3}
    definition = lab.register(
        lab.container("sleep 1; echo migrated", "migrate", essential=False),
        lab.container(
            "sleep 1; touch /tmp/ready; sleep 60",
            "backend",
            healthCheck=healthy,
            dependsOn=[{"containerName": "migrate", "condition": "SUCCESS"}],
        ),
        lab.container("echo up; sleep 60", dependsOn=[{"containerName": "backend", "condition": "HEALTHY"}]),
    )
    task = lab.running(lab.run(definition))
    states = containers(task)
    assert (states["migrate"]["lastStatus"], states["migrate"]["exitCode"]) == ("STOPPED", 0)
    assert (states["backend"]["healthStatus"], states["app"]["healthStatus"]) == ("HEALTHY", "UNKNOWN")


def test_a_failed_dependency_stops_the_task(lab: Lab) -> None:
    definition = lab.register(
        lab.container("echo broken >&2; exit 3", "migrate", essential=False),
        lab.container("sleep 60", dependsOn=[{"containerName": "migrate", "condition": "SUCCESS"}]),
    )
    task = lab.stopped(lab.run(definition))
    assert task["stopCode"] == "TaskFailedToStart"
    assert "container migrate did not exit successfully (exit code 3)" in task["stoppedReason"]
    assert "exitCode" not in containers(task)["app"]


def test_environment_secrets_and_overrides(lab: Lab, aws: Callable[..., Any], unique: str) -> None:
    secret = aws("secretsmanager").create_secret(
        Name=unique, SecretString=json.dumps({"password": "p'w", "port": 5432})
    )
    aws("ssm").put_parameter(Name=f"/{unique}/token", Value="from ssm", Type="SecureString")
    parameter = f"arn:aws:ssm:us-east-1:000000000000:parameter/{unique}/token"
    container = lab.container(
        "env | sort",
        environment=[{"name": "GIVEN", "value": "1"}, {"name": "CHANGED", "value": "old"}],
        secrets=[
            {"name": "PASSWORD", "valueFrom": f"{secret['ARN']}:password::"},
            {"name": "PORT", "valueFrom": f"{secret['ARN']}:port:AWSCURRENT:"},
            {"name": "WHOLE", "valueFrom": secret["ARN"]},
            {"name": "TOKEN", "valueFrom": parameter},
        ],
    )
    overrides = {"containerOverrides": [{"name": "app", "environment": [{"name": "CHANGED", "value": "new"}]}]}
    arn = lab.run(lab.register(container, taskRoleArn="arn:aws:iam::000000000000:role/test"), overrides=overrides)
    lab.stopped(arn)
    lines = until("the log", lambda: lab.output(arn))
    environment = dict(line.split("=", 1) for line in lines if "=" in line)
    expected = {"GIVEN": "1", "CHANGED": "new", "PASSWORD": "p'w", "PORT": "5432", "TOKEN": "from ssm"}
    assert {key: environment.get(key) for key in expected} == expected
    assert json.loads(environment["WHOLE"])["port"] == 5432
    assert environment["AWS_REGION"] == "us-east-1"
    assert environment["AWS_ENDPOINT_URL"].startswith("http://localhost.localstack.cloud:")
    assert environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"].startswith("/v2/credentials/")
    assert not [name for name in environment if name.startswith("AWS_ACCESS_KEY")]


def test_a_missing_secret_stops_the_task_before_it_starts(lab: Lab) -> None:
    missing = "arn:aws:secretsmanager:us-east-1:000000000000:secret:absent-AbCdEf"
    task = lab.stopped(lab.run(lab.register(lab.container("true", secrets=[{"name": "X", "valueFrom": missing}]))))
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("ResourceInitializationError: unable to pull secrets or registry auth")


def test_a_missing_image_stops_the_task(lab: Lab) -> None:
    task = lab.stopped(lab.run(lab.register(lab.container("true", image="localhost:1/absent:1"))))
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotPullContainerError:")


def test_a_missing_log_group_stops_the_task(lab: Lab) -> None:
    container = lab.container("true")
    container["logConfiguration"]["options"]["awslogs-group"] = "/absent"
    task = lab.stopped(lab.run(lab.register(container)))
    assert task["stoppedReason"].startswith("ResourceInitializationError: failed to validate logger args")


def test_stop_task_sends_sigterm_first(lab: Lab) -> None:
    arn = lab.run(lab.register(lab.container("trap 'echo bye; exit 0' TERM; echo up; while true; do sleep 0.1; done")))
    lab.running(arn)
    until("the container", lambda: lab.output(arn) == ["up"])
    lab.ecs.stop_task(cluster=lab.name, task=arn, reason="enough")
    lab.ecs.get_waiter("tasks_stopped").wait(
        cluster=lab.name, tasks=[arn], WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )
    task = lab.task(arn)
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "enough")
    assert containers(task)["app"]["exitCode"] == 0
    until("the last line", lambda: lab.output(arn)[-1:] == ["bye"])


def test_a_container_that_ignores_sigterm_is_killed_after_its_stop_timeout(lab: Lab) -> None:
    arn = lab.run(lab.register(lab.container("trap '' TERM; while true; do sleep 0.1; done")))
    lab.running(arn)
    lab.ecs.stop_task(cluster=lab.name, task=arn)
    task = lab.stopped(arn)
    assert containers(task)["app"]["exitCode"] == 137


def test_out_of_memory_is_the_reason_of_the_container(lab: Lab) -> None:
    eat = 'exec python3 -c "b = bytearray(400 * 1024 * 1024)"'
    task = lab.stopped(lab.run(lab.register(lab.container(eat, memory=64))))
    app = containers(task)["app"]
    assert app["exitCode"] == 137
    assert app["reason"] == "OutOfMemoryError: Container killed due to memory usage"


def test_tasks_reach_localstack_by_name_and_by_their_metadata(lab: Lab) -> None:
    script = (
        "import json, os, socket, urllib.request as u\n"
        "print(socket.gethostbyname('localhost.localstack.cloud'))\n"
        "print(socket.gethostbyname('pms.execute-api.localhost.localstack.cloud'))\n"
        "uri = os.environ['ECS_CONTAINER_METADATA_URI_V4']\n"
        "print(json.load(u.urlopen(uri + '/task'))['TaskARN'])\n"
        "print(json.load(u.urlopen(uri))['Name'])\n"
        "print(u.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/_localstack/health').status)\n"
    )
    arn = lab.run(lab.register({**lab.container(""), "command": ["python3", "-c", script]}))
    lab.stopped(arn)
    resolver = str(IPv4Network(CIDR)[2])
    until("the output", lambda: lab.output(arn) == [resolver, resolver, arn, "app", "200"])


def test_list_tasks_filters(lab: Lab) -> None:
    definition = lab.register(lab.container("sleep 60"), family="filtered")
    arn = lab.run(definition, startedBy="me", group="batch", tags=[{"key": "a", "value": "b"}])
    lab.running(arn)

    def listed(**filters: Any) -> bool:
        return arn in lab.ecs.list_tasks(cluster=lab.name, **filters)["taskArns"]

    assert listed(family="filtered")
    assert listed(startedBy="me")
    assert not listed(family="other")
    assert not listed(startedBy="you")
    assert not listed(desiredStatus="STOPPED")
    assert lab.ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "a", "value": "b"}]
    assert lab.task(arn)["group"] == "batch"
    lab.ecs.stop_task(cluster=lab.name, task=arn)
    assert listed(desiredStatus="STOPPED")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cpu": "256", "memory": "8192"}, "No Fargate configuration exists for given values."),
        ({"executionRoleArn": ""}, "execution role ARN to support log driver awslogs"),
        ({"networkMode": "bridge"}, "Fargate only supports network mode 'awsvpc'."),
    ],
)
def test_task_definitions_that_fargate_refuses(lab: Lab, change: dict[str, str], message: str) -> None:
    request = {
        "family": "refused",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": "arn:aws:iam::000000000000:role/test",
        "containerDefinitions": [lab.container("true")],
    }
    with pytest.raises(ClientError, match=message):
        lab.ecs.register_task_definition(**{**request, **change})


def test_run_task_without_fargate_finds_no_instances(lab: Lab) -> None:
    definition = lab.register(lab.container("true"))
    with pytest.raises(ClientError, match="No Container Instances were found in your cluster"):
        lab.ecs.run_task(cluster=lab.name, taskDefinition=definition, networkConfiguration=lab.network)
    with pytest.raises(ClientError, match="Network Configuration must be provided"):
        lab.ecs.run_task(cluster=lab.name, taskDefinition=definition, launchType="FARGATE")


def test_a_deleted_cluster_can_be_described_as_inactive(lab: Lab, unique: str) -> None:
    lab.ecs.create_cluster(clusterName=unique)
    lab.ecs.delete_cluster(cluster=unique)
    assert lab.ecs.describe_clusters(clusters=[unique])["clusters"][0]["status"] == "INACTIVE"
    assert not any(arn.endswith(unique) for arn in lab.ecs.list_clusters()["clusterArns"])
    with pytest.raises(ClientError, match="Cluster not found"):
        lab.ecs.list_tasks(cluster=unique)


def test_an_image_of_ecr_runs_by_its_aws_name(
    lab: Lab, aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]
) -> None:
    ecr = aws("ecr")
    uri = ecr.create_repository(repositoryName=unique)["repository"]["repositoryUri"]
    cleanup(ecr.delete_repository, repositoryName=unique, force=True)
    authorization = ecr.get_authorization_token()["authorizationData"][0]
    user, password = base64.b64decode(authorization["authorizationToken"]).decode().split(":", 1)
    docker("login", "-u", user, "--password-stdin", uri.split("/")[0], stdin=password)
    docker("tag", IMAGE, f"{uri}:v1")
    docker("push", f"{uri}:v1")
    docker("rmi", f"{uri}:v1")
    name = f"000000000000.dkr.ecr.us-east-1.amazonaws.com/{unique}:v1"
    arn = lab.run(lab.register(lab.container("echo pulled; sleep 60", image=name)))
    app = containers(lab.running(arn))["app"]
    [image] = ecr.describe_images(repositoryName=unique)["imageDetails"]
    assert (app["image"], app["imageDigest"]) == (name, image["imageDigest"])
    cleanup(lambda: docker("rmi", "--force", f"{uri}:v1"))


def docker(*arguments: str, stdin: str | None = None) -> None:
    subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True, input=stdin)


def test_a_family_stands_for_its_latest_active_revision(lab: Lab, unique: str) -> None:
    first = lab.register(lab.container("true"), family=unique)
    second = lab.register(lab.container("true"), family=unique)
    lab.ecs.deregister_task_definition(taskDefinition=second)
    described = lab.ecs.describe_task_definition(taskDefinition=unique)["taskDefinition"]
    assert described["taskDefinitionArn"] == first
    assert lab.ecs.list_task_definitions(familyPrefix=unique)["taskDefinitionArns"] == [first]
    with pytest.raises(ClientError, match="inactive"):
        lab.run(second)


def test_fargate_is_a_capacity_provider(lab: Lab) -> None:
    described = lab.ecs.describe_capacity_providers(capacityProviders=["FARGATE"])
    assert [p["name"] for p in described["capacityProviders"]] == ["FARGATE"]
    strategy = [{"capacityProvider": "FARGATE", "weight": 1}]
    request = {
        "cluster": lab.name,
        "taskDefinition": lab.register(lab.container("sleep 5")),
        "capacityProviderStrategy": strategy,
        "networkConfiguration": lab.network,
    }
    with pytest.raises(ClientError, match="not associated with the cluster"):
        lab.ecs.run_task(**request)
    capacity: Json = {"capacityProviders": ["FARGATE"], "defaultCapacityProviderStrategy": []}
    lab.ecs.put_cluster_capacity_providers(cluster=lab.name, **capacity)
    response = lab.ecs.run_task(**request)
    lab.ecs.put_cluster_capacity_providers(cluster=lab.name, **{**capacity, "capacityProviders": []})
    task = lab.running(response["tasks"][0]["taskArn"])
    assert (task["capacityProviderName"], task["launchType"]) == ("FARGATE", "FARGATE")
