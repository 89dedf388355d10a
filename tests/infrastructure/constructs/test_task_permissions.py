"""Least privilege: what roles may do, and on what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.infrastructure.synthesis import Synthesis

# Actions that have no resource to name, by who may use them on "*".
ON_EVERYTHING = {"ecr:GetAuthorizationToken", "sns:Publish"}


def _statements(synthesis: Synthesis) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, policy in synthesis.of_type("AWS::IAM::Policy").items():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            yield name, statement


def _actions(statement: dict[str, Any]) -> set[str]:
    actions = statement["Action"]
    return set(actions) if isinstance(actions, list) else {actions}


def _allowed(synthesis: Synthesis, action: str) -> set[str]:
    """Names of the policies that allow `action`."""
    return {name for name, statement in _statements(synthesis) if action in _actions(statement)}


def test_no_policy_is_about_everything_but_what_has_no_resource(stage: Synthesis) -> None:
    for name, statement in _statements(stage):
        if statement["Resource"] == "*":
            assert _actions(statement) <= ON_EVERYTHING, name


def test_no_policy_has_a_wildcard_action(stage: Synthesis) -> None:
    for name, statement in _statements(stage):
        assert not any("*" in action for action in _actions(statement)), name


def test_only_auth_signs(stage: Synthesis) -> None:
    (policy,) = _allowed(stage, "kms:Sign")
    assert policy.startswith("services/AuthTaskTaskRole")
    (statement,) = [statement for _, statement in _statements(stage) if "kms:Sign" in _actions(statement)]
    assert statement["Condition"] == {"StringEquals": {"kms:SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256"}}


def test_only_auth_and_the_discovery_function_read_the_public_key(stage: Synthesis) -> None:
    readers = _allowed(stage, "kms:GetPublicKey")
    assert {reader.split("/")[0] for reader in readers} == {"identity", "services"}
    assert len(readers) == 2


def test_only_notification_sends(prod_stage: Synthesis) -> None:
    for action in ("ses:SendEmail", "sns:Publish"):
        (policy,) = _allowed(prod_stage, action)
        assert policy.startswith("services/NotificationTaskTaskRole")


def test_every_service_finds_the_brokers_of_its_cluster(stage: Synthesis) -> None:
    assert len(_allowed(stage, "kafka:GetBootstrapBrokers")) == len(stage.config.services)
    for _, statement in _statements(stage):
        if "kafka:GetBootstrapBrokers" in _actions(statement):
            assert "KafkaCluster" in json.dumps(statement["Resource"])


def test_no_task_reads_secrets_itself(stage: Synthesis) -> None:
    """ECS injects them with the execution role: code that is taken over cannot fetch more."""
    assert not any("TaskRole" in policy for policy in _allowed(stage, "secretsmanager:GetSecretValue"))


def test_only_auths_tasks_are_given_the_administrators_password(stage: Synthesis) -> None:
    for resource in stage.of_type("AWS::ECS::TaskDefinition").values():
        for container in resource["Properties"]["ContainerDefinitions"]:
            names = {secret["Name"] for secret in container["Secrets"]}
            assert ("ADMIN_PASSWORD" in names) == (container["Name"] == "auth")


def test_production_encrypts_with_its_own_key(prod_stage: Synthesis) -> None:
    for group in prod_stage.of_type("AWS::Logs::LogGroup").values():
        assert "KmsKeyId" in group["Properties"]
    for secret in prod_stage.of_type("AWS::SecretsManager::Secret").values():
        assert "KmsKeyId" in secret["Properties"]
    assert "DataVolumeKMSKeyId" in prod_stage.one("AWS::MSK::Cluster")["EncryptionInfo"]["EncryptionAtRest"]
