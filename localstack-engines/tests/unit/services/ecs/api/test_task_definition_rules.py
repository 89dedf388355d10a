"""Rules for task definitions, and their translation for Docker."""

from typing import Any

import pytest

from localstack_engines.services.ecs.api.fargate_sizes import is_offered
from localstack_engines.services.ecs.api.task_definition_rules import problem
from localstack_engines.services.ecs.control.container_specs import health_check, host_options


def request(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "family": "app",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": "arn",
        "containerDefinitions": list(containers) or [{"name": "app", "image": "i"}],
        **more,
    }


def depends(name: str, on: str, condition: str) -> dict[str, Any]:
    return {"name": name, "dependsOn": [{"containerName": on, "condition": condition}]}


def test_a_good_definition_has_no_problem() -> None:
    assert problem(request()) is None


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (request(family="no spaces"), "Family must contain"),
        (request({"name": "a"}, {"name": "a"}), "unique"),
        (request({"name": "a", "essential": False}), "essential"),
        (request(depends("a", "b", "START"), depends("b", "a", "START")), "circular: a, b"),
        (request(depends("a", "b", "HEALTHY"), {"name": "b"}), "b must have a health check"),
        (request(depends("a", "b", "SUCCESS"), {"name": "b"}), "b must not be essential"),
        (request(depends("a", "z", "START")), "z, which does not exist"),
        (request(memory="4096"), "No Fargate configuration exists"),
        (request(cpu=None), "Fargate requires that 'cpu'"),
        (request({"name": "a", "mountPoints": [{"sourceVolume": "v"}]}), "Unknown volume 'v'"),
    ],
)
def test_problems(broken: dict[str, Any], words: str) -> None:
    assert words in str(problem(broken))


@pytest.mark.parametrize(
    ("cpu", "memory", "expected"),
    [
        ("256", "512", True),
        ("1 vCPU", "2 GB", True),
        ("1024", "1024", False),
        ("300", "512", False),
        (None, "1", False),
    ],
)
def test_fargate_sizes(cpu: str | None, memory: str, expected: bool) -> None:
    assert is_offered(cpu, memory) is expected


def test_health_checks_have_aws_defaults_and_lose_their_marker() -> None:
    check = health_check({"command": ["CMD-SHELL", "curl -f localhost || exit 1"]})
    assert check is not None
    assert check.command == ["/bin/sh", "-c", "curl -f localhost || exit 1"]
    assert (check.interval, check.timeout, check.retries, check.start_period) == (30, 5, 3, 0)
    direct = health_check({"command": ["CMD", "healthcheck", "-v"], "interval": 5})
    assert direct is not None
    assert direct.command == ["healthcheck", "-v"]
    assert health_check({"command": ["NONE"]}) is None


def test_limits_come_from_override_container_and_task_in_this_order() -> None:
    task = {"memory": "512", "cpu": "256"}
    assert host_options({}, task, {}, "t") == {"mem_limit": "512m", "cpu_shares": 256}
    assert host_options({"memory": 128}, task, {"memory": 64}, "t")["mem_limit"] == "64m"
    tmpfs = {"linuxParameters": {"tmpfs": [{"containerPath": "/x", "size": 8, "mountOptions": ["noexec"]}]}}
    assert host_options(tmpfs, task, {}, "t")["tmpfs"] == {"/x": "size=8m,noexec"}
