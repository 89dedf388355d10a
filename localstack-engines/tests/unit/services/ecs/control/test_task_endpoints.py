"""The APIs that Fargate calls for a task."""

from typing import Any

from localstack_engines.services.ecs.control.task_endpoints import needs

_IMAGE = "000000000000.dkr.ecr.eu-west-1.localhost.localstack.cloud:4566/shop:1"


def _needed(**container: Any) -> list[tuple[str, str]]:
    definition = {"containerDefinitions": [{"name": "app", "image": "shop:1", **container}]}
    return [(one.kind, one.service) for one in needs(definition, "us-east-1")]


def test_a_container_of_this_machine_needs_nothing() -> None:
    assert _needed() == []


def test_an_image_of_ecr_needs_its_two_apis_and_s3_in_its_region() -> None:
    assert _needed(image=_IMAGE) == [
        ("ResourceInitializationError", "com.amazonaws.eu-west-1.ecr.api"),
        ("CannotPullContainerError", "com.amazonaws.eu-west-1.ecr.dkr"),
        ("CannotPullContainerError", "com.amazonaws.eu-west-1.s3"),
    ]


def test_secrets_and_parameters_come_before_logs() -> None:
    secret = "arn:aws:secretsmanager:us-west-2:000000000000:secret:shop-AbCdEf"
    parameter = "arn:aws:ssm:us-east-1:000000000000:parameter/shop"
    logs = {"logDriver": "awslogs", "options": {"awslogs-region": "eu-west-1"}}
    assert _needed(
        logConfiguration=logs,
        secrets=[{"name": "A", "valueFrom": parameter}, {"name": "B", "valueFrom": "shop"}],
        repositoryCredentials={"credentialsParameter": secret},
        environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::shop/app.env"}],
    ) == [
        ("ResourceInitializationError", "com.amazonaws.us-west-2.secretsmanager"),
        ("ResourceInitializationError", "com.amazonaws.us-east-1.ssm"),
        ("ResourceInitializationError", "com.amazonaws.us-east-1.ssm"),
        ("ResourceInitializationError", "com.amazonaws.us-east-1.s3"),
        ("ResourceInitializationError", "com.amazonaws.eu-west-1.logs"),
    ]
