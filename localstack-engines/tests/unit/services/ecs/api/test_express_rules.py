"""The settings of Express services: AWS's defaults, what is kept by an update, and what is refused."""

from typing import Any

import pytest

from localstack_engines.services.ecs.api import express_definitions, express_rules
from localstack_engines.services.ecs.models import Scope

_ROLE = "arn:aws:iam::000000000000:role/r"
_REQUEST = {"executionRoleArn": _ROLE, "primaryContainer": {"image": "web"}}
_SCOPE = Scope("000000000000", "eu-west-1", "main")


def test_defaults() -> None:
    assert express_rules.settings({}, _REQUEST, "/logs") == {
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": _ROLE,
        "primaryContainer": {
            "image": "web",
            "containerPort": 80,
            "awsLogsConfiguration": {"logGroup": "/logs", "logStreamPrefix": "ecs"},
        },
    }
    assert express_rules.health_check_path({}) == "/ping"
    assert express_rules.scaling({}, {}) == {
        "minTaskCount": 1,
        "maxTaskCount": 1,
        "autoScalingMetric": "AVERAGE_CPU",
        "autoScalingTargetValue": 60,
    }


def test_a_task_definition_has_the_settings() -> None:
    container = {"image": "web", "environment": [{"name": "A", "value": "b"}], "command": ["run"]}
    settings = express_rules.settings({}, {**_REQUEST, "cpu": "512", "primaryContainer": container}, "/logs")
    definition = express_definitions.request(_SCOPE, "shop", settings)
    assert definition["family"] == "main-shop"
    assert express_definitions.settings(definition) == settings


def test_an_update_keeps_what_it_does_not_name() -> None:
    current = express_rules.settings({}, _REQUEST, "/logs")
    changed = express_rules.settings(current, {"memory": "1024", "primaryContainer": {"image": "new"}}, "")
    assert changed["executionRoleArn"] == _ROLE
    assert (changed["cpu"], changed["memory"]) == ("256", "1024")
    assert changed["primaryContainer"]["awsLogsConfiguration"]["logGroup"] == "/logs"
    assert express_rules.settings(current, {}, "") == current


@pytest.mark.parametrize(
    ("target", "most"),
    [({"minTaskCount": 3}, 3), ({"minTaskCount": 1}, 2), ({"maxTaskCount": 5}, 5)],
)
def test_the_maximum_is_not_below_the_minimum(target: dict[str, int], most: int) -> None:
    current = express_rules.scaling({}, {"scalingTarget": {"minTaskCount": 1, "maxTaskCount": 2}})
    assert express_rules.scaling(current, {"scalingTarget": target})["maxTaskCount"] == most


@pytest.mark.parametrize(
    "change",
    [
        {"executionRoleArn": None},
        {"executionRoleArn": "role"},
        {"taskRoleArn": "role"},
        {"primaryContainer": None},
        {"primaryContainer": {"image": ""}},
        {"primaryContainer": {"image": "web", "containerPort": 65536}},
    ],
)
def test_refused_settings(change: dict[str, Any]) -> None:
    with pytest.raises(express_rules.NotValid):
        express_rules.settings({}, {**_REQUEST, **change}, "/logs")


@pytest.mark.parametrize(
    "target",
    [
        {"minTaskCount": 0},
        {"minTaskCount": 2, "maxTaskCount": 1},
        {"autoScalingMetric": "MOOD"},
        {"autoScalingTargetValue": 101},
        {"autoScalingTargetValue": 0},
    ],
)
def test_refused_scaling(target: dict[str, Any]) -> None:
    with pytest.raises(express_rules.NotValid):
        express_rules.scaling({}, {"scalingTarget": target})
