"""Rules for task definitions."""

from typing import Any

import pytest

from localstack_engines.services.ecs.api.task_definition_rules import problem


def container(name: str = "app", **more: Any) -> dict[str, Any]:
    return {"name": name, "image": "i", **more}


def request(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "family": "app",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": "arn",
        "containerDefinitions": list(containers) or [container()],
        **more,
    }


def depends(name: str, on: str, condition: str) -> dict[str, Any]:
    return container(name, dependsOn=[{"containerName": on, "condition": condition}])


def test_a_valid_definition_has_no_problem() -> None:
    assert problem(request()) is None


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (request(family="no spaces"), "Family must contain"),
        (request({"name": "a"}), "Container.image"),
        (request(container("a b")), "Invalid container name"),
        (request(container("a"), container("a")), "unique"),
        (request(container(essential=False)), "essential"),
        (request(depends("a", "b", "START"), depends("b", "a", "START")), "circular: a, b"),
        (request(depends("a", "b", "HEALTHY"), container("b")), "b must have a health check"),
        (request(depends("a", "b", "SUCCESS"), container("b")), "b must not be essential"),
        (request(depends("a", "z", "START")), "z, which does not exist"),
        (request(container(volumesFrom=[{"sourceContainer": "z"}])), "Unknown source container 'z'"),
        (request(container(volumesFrom=[{"sourceContainer": "app"}])), "circular: app"),
        (request(container(mountPoints=[{"sourceVolume": "v"}])), "Unknown volume 'v'"),
        (
            request(
                volumes=[
                    {
                        "name": "v",
                        "efsVolumeConfiguration": {
                            "fileSystemId": "f",
                            "authorizationConfig": {"accessPointId": "p"},
                        },
                    }
                ]
            ),
            "transit encryption must be enabled",
        ),
        (request(volumes=[{"name": "v", "configuredAtLaunch": True}]), "no EBS volumes: v"),
        (request(container(restartPolicy={"enabled": True, "restartAttemptPeriod": 5})), "restartAttemptPeriod"),
        (request(container(healthCheck={"command": ["CMD", "x"], "interval": 1})), "healthCheck.interval"),
        (request(container(environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::b/k.txt"}])), "ends in .env"),
        (request(container(memory=4)), "at least 6 MiB"),
        (request(container(memory=64, memoryReservation=128)), "must not exceed 'memory'"),
    ],
)
def test_problems(broken: dict[str, Any], words: str) -> None:
    assert words in str(problem(broken))


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (request(memory="4096"), "No Fargate configuration exists"),
        (request(cpu=None), "Fargate requires that 'cpu'"),
        (request(ipcMode="task"), "do not support ipcMode"),
        (request(placementConstraints=[{"type": "memberOf"}]), "do not support placementConstraints"),
        (request(proxyConfiguration={"containerName": "app"}), "has no App Mesh proxies"),
        (request(runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}), "Linux containers only"),
        (request(ephemeralStorage={"sizeInGiB": 20}), "not between 21 and 200"),
        (request(volumes=[{"name": "v", "host": {"sourcePath": "/x"}}]), "do not support sourcePath"),
        (request(volumes=[{"name": "v", "dockerVolumeConfiguration": {"scope": "task"}}]), "dockerVolumeConfiguration"),
        (request(container(memory=1024)), "greater than for the task"),
        (request(container("a", memory=300), container("b", memory=300)), "reserve more memory than the task"),
        (request(container(cpu=512)), "more CPU units than the task"),
        (request(container(privileged=True)), "do not support privileged"),
        (request(container(links=["b"])), "Links are not supported"),
        (request(container(hostname="h")), "Hostname is not supported"),
        (request(container(dnsServers=["1.1.1.1"])), "do not support dnsServers"),
        (request(container(extraHosts=[{"hostname": "h", "ipAddress": "1.1.1.1"}])), "do not support extraHosts"),
        (request(container(linuxParameters={"sharedMemorySize": 64})), "do not support sharedMemorySize"),
        (request(container(linuxParameters={"capabilities": {"add": ["NET_ADMIN"]}})), "NET_ADMIN"),
        (request(container(resourceRequirements=[{"type": "GPU", "value": "1"}])), "do not support GPU"),
        (request(container(firelensConfiguration={"type": "fluentbit"})), "has no FireLens"),
        (
            request(container(portMappings=[{"containerPort": 80, "hostPort": 8080}])),
            "ports in port mappings must match",
        ),
        (request(container(logConfiguration={"logDriver": "splunk"})), "no log driver splunk"),
        (request(container(logConfiguration={"logDriver": "syslog"})), "do not support log driver syslog"),
        (request(container(repositoryCredentials={"credentialsParameter": "s"}), executionRoleArn=None), "registries"),
    ],
)
def test_what_fargate_refuses_is_allowed_for_other_launch_types(broken: dict[str, Any], words: str) -> None:
    assert words in str(problem(broken))
    assert problem({**broken, "requiresCompatibilities": ["EC2"]}) is None


@pytest.mark.parametrize(
    "accepted",
    [
        request(cpu=".5 vCPU", memory="1 GB"),
        request(container(memory=512, memoryReservation=128, cpu=256)),
        request(container(privileged=False, links=[], dnsServers=[])),
        request(container(linuxParameters={"capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]}})),
        request(pidMode="task", runtimePlatform={"operatingSystemFamily": "LINUX", "cpuArchitecture": "ARM64"}),
        request(container(portMappings=[{"containerPort": 80}, {"containerPort": 81, "hostPort": 81}])),
        request(container("a"), container("b", volumesFrom=[{"sourceContainer": "a", "readOnly": True}])),
        request(container(restartPolicy={"enabled": True})),
    ],
)
def test_what_fargate_accepts(accepted: dict[str, Any]) -> None:
    assert problem(accepted) is None
