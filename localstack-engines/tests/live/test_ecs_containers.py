"""What a task definition can say about its containers, and what is refused because it would have no effect."""

import json
import shlex
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.ecs import Lab, containers
from lab.waiting import until


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


@pytest.fixture
def env_file(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> str:
    """The ARN of an environment file in S3."""
    s3 = aws("s3")
    s3.create_bucket(Bucket=unique)
    cleanup(s3.delete_bucket, Bucket=unique)
    s3.put_object(Bucket=unique, Key="app.env", Body=b"# comment\nFROM_FILE=a b\nGIVEN=file\n")
    cleanup(s3.delete_object, Bucket=unique, Key="app.env")
    return f"arn:aws:s3:::{unique}/app.env"


def test_environment_files_come_before_the_environment(lab: Lab, env_file: str) -> None:
    container = lab.container(
        'echo "$FROM_FILE,$GIVEN"',
        environmentFiles=[{"type": "s3", "value": env_file}],
        environment=[{"name": "GIVEN", "value": "definition"}],
    )
    arn = lab.run(lab.register(container))
    lab.stopped(arn)
    until("the log", lambda: lab.output(arn) == ["a b,definition"])


def test_a_missing_environment_file_stops_the_task_before_it_starts(lab: Lab, env_file: str) -> None:
    missing = env_file.replace("app.env", "none.env")
    task = lab.stopped(
        lab.run(lab.register(lab.container("true", environmentFiles=[{"type": "s3", "value": missing}])))
    )
    assert task["stopCode"] == "TaskFailedToStart"
    assert "ResourceInitializationError: failed to download env files" in task["stoppedReason"]


def test_containers_mount_the_volumes_of_others_and_see_their_processes(lab: Lab) -> None:
    mounts = [
        {"sourceVolume": "shared", "containerPath": "/one"},
        {"sourceVolume": "shared", "containerPath": "/two", "readOnly": True},
    ]
    writer = lab.container("echo hello > /one/file; exec sleep 60", "writer", essential=False, mountPoints=mounts)
    reader = lab.container(
        "until test -s /two/file; do sleep 0.1; done; cat /two/file; touch /two/x || true; "
        "grep -l sleep /proc/[0-9]*/cmdline > /dev/null && echo sees",
        dependsOn=[{"containerName": "writer", "condition": "START"}],
        volumesFrom=[{"sourceContainer": "writer"}],
    )
    arn = lab.run(lab.register(reader, writer, volumes=[{"name": "shared"}], pidMode="task"))
    lab.stopped(arn)
    until("the log", lambda: len(lab.output(arn)) == 3)
    # Docker reads standard output and standard error side by side, so their lines have no common order.
    (refused,) = set(lab.output(arn)) - {"hello", "sees"}
    assert "Read-only" in refused


def test_a_task_can_be_larger_than_its_definition(lab: Lab) -> None:
    """Sizes may be texts, and an override of the task changes the limits of its containers."""
    definition = lab.register(
        lab.container("cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit* 2>/dev/null")
    )
    registered = lab.ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]
    assert registered["registeredAt"]
    arn = lab.run(definition, overrides={"cpu": ".5 vCPU", "memory": "1 GB"})
    task = lab.stopped(arn)
    assert (task["cpu"], task["memory"]) == ("512", "1024")
    assert (task["overrides"]["cpu"], task["overrides"]["memory"]) == ("512", "1024")
    until("the log", lambda: lab.output(arn)[-1:] == [str(1024 * 1024 * 1024)])


def test_sizes_as_texts_are_registered_as_numbers(lab: Lab, unique: str) -> None:
    definition = lab.ecs.register_task_definition(
        family=unique,
        networkMode="awsvpc",
        cpu=".5 vCPU",
        memory="1 GB",
        containerDefinitions=[{"name": "app", "image": "i", "portMappings": [{"containerPort": 80}]}],
    )["taskDefinition"]
    assert (definition["cpu"], definition["memory"]) == ("512", "1024")
    assert definition["compatibilities"] == ["EC2", "FARGATE"]
    port = definition["containerDefinitions"][0]["portMappings"][0]
    assert port == {"containerPort": 80, "hostPort": 80, "protocol": "tcp"}


def test_an_image_for_another_architecture_is_not_run(lab: Lab) -> None:
    machine = lab.task(lab.run(lab.register(lab.container("true"))))["attributes"][0]["value"]
    other = {"x86_64": "ARM64", "arm64": "X86_64"}[machine]
    definition = lab.register(lab.container("true"), runtimePlatform={"cpuArchitecture": other})
    task = lab.stopped(lab.run(definition))
    assert task["stoppedReason"].startswith("CannotPullContainerError:")
    assert task["attributes"] == [{"name": "ecs.cpu-architecture", "value": other.lower()}]


def test_a_private_registry_needs_its_secret(lab: Lab) -> None:
    container = lab.container("true", repositoryCredentials={"credentialsParameter": "absent"})
    task = lab.stopped(lab.run(lab.register(container)))
    assert "unable to pull secrets or registry auth" in task["stoppedReason"]


def test_a_container_restarts_by_its_policy(lab: Lab, aws: Callable[..., Any]) -> None:
    script = (
        "import json, os, time, urllib.request as u\n"
        "meta = json.load(u.urlopen(os.environ['ECS_CONTAINER_METADATA_URI_V4']))\n"
        "print('run', meta['RestartCount'], flush=True)\n"
        "time.sleep(61 if meta['RestartCount'] == 0 else 0)\n"
        "raise SystemExit(3)\n"
    )
    container = {**lab.container(""), "command": ["python3", "-c", script]}
    arn = lab.run(lab.register({**container, "restartPolicy": {"enabled": True, "restartAttemptPeriod": 60}}))
    until("the task to stop", lambda: lab.task(arn)["lastStatus"] == "STOPPED", seconds=120)
    task = lab.task(arn)
    assert (task["stopCode"], containers(task)["app"]["exitCode"]) == ("EssentialContainerExited", 3)
    until("the log", lambda: lab.output(arn) == ["run 0", "run 1"])


def test_an_event_runs_a_task(lab: Lab, aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> None:
    events = aws("events")
    events.put_rule(Name=unique, EventPattern=json.dumps({"source": [unique]}))
    cleanup(events.delete_rule, Name=unique)
    definition = lab.register(lab.container("echo $GREETING"))
    network = lab.network["awsvpcConfiguration"]
    override = {"name": "app", "environment": [{"name": "GREETING", "value": "hi"}]}
    target = {
        "Id": "ecs",
        "Arn": lab.ecs.describe_clusters(clusters=[lab.name])["clusters"][0]["clusterArn"],
        "RoleArn": "arn:aws:iam::000000000000:role/events",
        "Input": json.dumps({"containerOverrides": [override]}),
        "EcsParameters": {
            "TaskDefinitionArn": definition,
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {
                "awsvpcConfiguration": {"Subnets": network["subnets"], "SecurityGroups": network["securityGroups"]}
            },
        },
    }
    assert events.put_targets(Rule=unique, Targets=[target])["FailedEntryCount"] == 0
    cleanup(events.remove_targets, Rule=unique, Ids=["ecs"])
    events.put_events(Entries=[{"Source": unique, "DetailType": "test", "Detail": "{}"}])
    started_by = f"events-rule/{unique}"

    def tasks() -> list[str]:
        running = lab.ecs.list_tasks(cluster=lab.name, startedBy=started_by)["taskArns"]
        stopped = lab.ecs.list_tasks(cluster=lab.name, startedBy=started_by, desiredStatus="STOPPED")["taskArns"]
        return [*running, *stopped]

    until("the task", lambda: len(tasks()) == 1)
    [arn] = tasks()
    lab.stopped(arn)
    until("the log", lambda: lab.output(arn) == ["hi"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"privileged": True}, "do not support privileged"),
        ({"hostname": "h"}, "Hostname is not supported"),
        ({"memory": 1024}, "greater than for the task"),
        ({"portMappings": [{"containerPort": 80, "hostPort": 8080}]}, "must match"),
        ({"logConfiguration": {"logDriver": "awsfirelens"}}, "no log driver awsfirelens"),
    ],
)
def test_what_would_have_no_effect_is_refused(lab: Lab, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        lab.register({**lab.container("true"), **change})


def test_containers_trust_the_engines_certificate_and_the_public_authorities(lab: Lab) -> None:
    # The front door presents the engines' certificate to clients of HTTP APIs, which it tells by this name.
    program = (
        "import os, socket, ssl, urllib.parse\n"
        "place = urllib.parse.urlsplit(os.environ['AWS_ENDPOINT_URL'])\n"
        "context = ssl.create_default_context()\n"
        "plain = socket.create_connection((place.hostname, place.port))\n"
        "secure = context.wrap_socket(plain, server_hostname='any.execute-api.' + place.hostname)\n"
        "print(secure.version(), len(context.get_ca_certs()) > 50)"
    )
    container = lab.container(f"python3 -c {shlex.quote(program)}", readonlyRootFilesystem=True)
    arn = lab.run(lab.register(container))
    assert containers(lab.stopped(arn))["app"]["exitCode"] == 0
    until("the log", lambda: lab.output(arn) == ["TLSv1.3 True"])


def test_a_definition_names_other_authorities(lab: Lab) -> None:
    own = [{"name": "SSL_CERT_FILE", "value": "/own.crt"}]
    arn = lab.run(lab.register(lab.container('echo "$SSL_CERT_FILE"', environment=own)))
    lab.stopped(arn)
    until("the log", lambda: lab.output(arn) == ["/own.crt"])
