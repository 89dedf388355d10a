"""The permissions of the services' tasks."""

from __future__ import annotations

import json

from cdk_app.catalogue import SERVICES
from tests.infrastructure.synthesis import Synthesis, actions_of


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
