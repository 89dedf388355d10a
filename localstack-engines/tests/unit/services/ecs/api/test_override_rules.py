"""Rules for the overrides of a task."""

from typing import Any

import pytest

from localstack_engines.services.ecs.api.override_rules import normalized, problem

DEFINITION = {"cpu": "256", "memory": "512", "containerDefinitions": [{"name": "app", "image": "i"}]}


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"cpu": "1024"}, "No Fargate configuration"),
        ({"memory": "3 GB"}, "No Fargate configuration"),
        ({"ephemeralStorage": {"sizeInGiB": 500}}, "not between 21 and 200"),
        ({"inferenceAcceleratorOverrides": [{"deviceName": "d"}]}, "inferenceAcceleratorOverrides"),
        ({"containerOverrides": [{"name": "other"}]}, "container named other is not"),
        ({"containerOverrides": [{"name": "app", "memory": 1024}]}, "greater than for the task"),
        ({"containerOverrides": [{"name": "app", "resourceRequirements": [{"type": "GPU", "value": "1"}]}]}, "GPU"),
        ({"containerOverrides": [{"name": "app", "environmentFiles": [{"type": "x", "value": ""}]}]}, "'s3'"),
    ],
)
def test_problems(overrides: dict[str, Any], words: str) -> None:
    assert words in str(problem(DEFINITION, overrides, "FARGATE"))


def test_a_task_can_be_larger_than_its_definition() -> None:
    overrides = {"cpu": "1 vCPU", "memory": "2 GB", "containerOverrides": [{"name": "app", "memory": 1024}]}
    assert problem(DEFINITION, overrides, "FARGATE") is None
    assert normalized(overrides) == {**overrides, "cpu": "1024", "memory": "2048"}


def test_a_container_instance_has_no_fixed_sizes() -> None:
    assert problem(DEFINITION, {"cpu": "300", "memory": "700"}, "EC2") is None
    assert "Invalid size" in str(problem(DEFINITION, {"cpu": "much"}, "EC2"))
