"""What nothing would carry out is refused by name, and leaves no record."""

import json
from typing import Any

import pytest

from lab.errors import refused
from lab.localstack import client


@pytest.mark.parametrize(
    ("service", "operation", "request_", "reason"),
    [
        ("ecs", "submit_task_state_change", {}, "no ECS agent"),
        ("autoscaling", "put_scaling_policy", {"AutoScalingGroupName": "x", "PolicyName": "x"}, "no metrics"),
        ("rds", "create_db_proxy", {"DBProxyName": "x", "EngineFamily": "POSTGRESQL", "RoleArn": "x" * 20,
         "Auth": [], "VpcSubnetIds": ["x"]}, "clients connect to the server itself"),
        ("ecr", "put_replication_configuration", {"replicationConfiguration": {"rules": []}}, "not copied"),
        ("ecr", "start_image_scan", {"repositoryName": "xx", "imageId": {"imageTag": "x"}}, "not scanned"),
    ],
)  # fmt: skip
def test_an_operation(service: str, operation: str, request_: dict[str, Any], reason: str) -> None:
    refused(getattr(client(service), operation), "NotImplementedException", reason, **request_)


@pytest.mark.parametrize(
    ("service", "operation", "request_", "code", "member"),
    [
        ("apigatewayv2", "create_route", {"ApiId": "x", "RouteKey": "GET /", "ApiKeyRequired": True},
         "BadRequestException", "ApiKeyRequired"),
        ("ecr", "create_repository", {"repositoryName": "refused", "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"},
         "InvalidParameterException", "imageTagMutability"),
    ],
)  # fmt: skip
def test_a_member(service: str, operation: str, request_: dict[str, Any], code: str, member: str) -> None:
    message = refused(getattr(client(service), operation), code, member, **request_)
    assert f"not supported by the local {service} service" in message


def test_a_member_of_a_newer_model() -> None:
    """The image's model of ECS does not have it. It is sent by hand: not every client's model has it."""
    ecs = client("ecs")

    def send() -> dict[str, Any]:
        ecs.meta.events.register("before-call.ecs.ListTasks", add)
        try:
            return dict(ecs.list_tasks(cluster="absent"))
        finally:
            ecs.meta.events.unregister("before-call.ecs.ListTasks", add)

    def add(params: dict[str, Any], **_: Any) -> None:
        params["body"] = json.dumps({**json.loads(params["body"]), "notInTheModel": ["a"]}).encode()

    refused(send, "InvalidParameterException", "notInTheModel is not supported by the local ecs service")


def test_nothing_was_recorded() -> None:
    found = client("ecr").describe_repositories()["repositories"]
    assert "refused" not in [repository["repositoryName"] for repository in found]
