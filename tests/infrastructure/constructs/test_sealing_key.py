"""The key that encrypts secrets between services: who may use it."""

from __future__ import annotations

import json

import pytest

from tests.infrastructure.synthesis import Synthesis, actions_of


@pytest.mark.parametrize(("action", "service"), [("kms:Encrypt", "Auth"), ("kms:Decrypt", "Notification")])
def test_one_service_encrypts_and_another_decrypts(stage: Synthesis, action: str, service: str) -> None:
    allowed = [
        policy
        for policy, statement in stage.policy_statements()
        if action in actions_of(statement) and "SealingKey" in json.dumps(statement["Resource"])
    ]
    assert len(allowed) == 1
    assert allowed[0].startswith(f"services/{service}TaskTaskRole")


def test_only_these_services_know_the_key(stage: Synthesis) -> None:
    knowing = {
        variables["SERVICE_NAME"]
        for container in stage.containers()
        if "SEALING_KEY_ID" in (variables := {each["Name"]: each["Value"] for each in container["Environment"]})
    }
    assert knowing == {"auth", "notification"}


def test_the_key_is_replaced_every_year(stage: Synthesis) -> None:
    keys = [each["Properties"] for each in stage.of_type("AWS::KMS::Key").values()]
    (key,) = (key for key in keys if key.get("Description") == "Encrypts secrets between services")
    assert key["EnableKeyRotation"] is True
