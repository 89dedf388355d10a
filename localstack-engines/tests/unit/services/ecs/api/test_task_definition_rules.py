"""Rules for task definitions."""

from typing import Any

import pytest

from localstack_engines.services.ecs.api.task_definition_rules import problem


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


def test_a_valid_definition_has_no_problem() -> None:
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
