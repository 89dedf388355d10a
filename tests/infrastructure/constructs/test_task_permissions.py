"""The permissions of the services' tasks."""

from __future__ import annotations

import json

import pytest

from cdk_app.catalogue import SERVICES, Service
from tests.infrastructure.synthesis import Statement, Synthesis, actions_of


def test_only_notification_sends_messages(prod_stage: Synthesis) -> None:
    for action in ("ses:SendEmail", "sns:Publish"):
        (policy,) = prod_stage.policies_allowing(action)
        assert policy.startswith("services/NotificationTaskTaskRole")


def test_every_service_finds_the_brokers_of_its_cluster(stage: Synthesis) -> None:
    assert len(stage.policies_allowing("kafka:GetBootstrapBrokers")) == len(SERVICES)
    for _, statement in stage.policy_statements():
        if "kafka:GetBootstrapBrokers" in actions_of(statement):
            assert "KafkaCluster" in json.dumps(statement["Resource"])


def test_no_task_reads_secrets_itself(stage: Synthesis) -> None:
    """ECS injects secrets with the execution role, so that an attacker in a task cannot read others."""
    assert not any("TaskRole" in policy for policy in stage.policies_allowing("secretsmanager:GetSecretValue"))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_writes_its_own_topics_and_reads_those_that_it_consumes(prod_stage: Synthesis, name: str) -> None:
    service = SERVICES[name]
    published, consumed = ({topic.name for topic in topics} for topics in (service.publishes, service.consumes))
    dead = {topic.dlq for topic in service.consumes}
    allowed = {
        action: _kafka_resources(prod_stage, service, f"kafka-cluster:{action}")
        for action in ("WriteData", "ReadData", "AlterGroup")
    }
    assert allowed["WriteData"] == {f"topic/{topic}" for topic in published | dead}
    assert allowed["ReadData"] == {f"topic/{topic}" for topic in consumed | dead}
    assert allowed["AlterGroup"] == ({f"group/{name}"} if consumed else set())


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_logs_in_to_its_own_database_only(prod_stage: Synthesis, name: str) -> None:
    (statement,) = _statements(prod_stage, SERVICES[name], "rds-db:connect")
    resource = json.dumps(statement["Resource"])
    assert resource.endswith(f'/{name}_service"]]}}')
    assert f"{SERVICES[name].title}Instance" in resource


def test_messages_go_to_phone_numbers_and_to_no_topic(prod_stage: Synthesis) -> None:
    (statement,) = _statements(prod_stage, SERVICES["notification"], "sns:Publish")
    assert statement["NotResource"] == "arn:aws:sns:*:*:*"
    assert "Resource" not in statement


def _statements(stage: Synthesis, service: Service, action: str) -> list[Statement]:
    return [
        statement
        for policy, statement in stage.policy_statements()
        if policy.startswith(f"services/{service.title}TaskTaskRole") and action in actions_of(statement)
    ]


def _kafka_resources(stage: Synthesis, service: Service, action: str) -> set[str]:
    """Returns the topics and groups in the ARNs of the statements that allow `action`. All name the one cluster."""
    found: set[str] = set()
    for statement in _statements(stage, service, action):
        resources = statement["Resource"]
        for resource in resources if isinstance(resources, list) else [resources]:
            parts = resource["Fn::Join"][1]
            kind = str(parts[-5]).rsplit(":", 1)[-1].rstrip("/")
            assert "KafkaCluster" in json.dumps(parts[-4:-1])
            found.add(f"{kind}{parts[-1]}")
    return found
