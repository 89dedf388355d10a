"""The key that signs access tokens: who may use it."""

from __future__ import annotations

import json
from typing import Any

from tests.infrastructure.synthesis import Synthesis, actions_of


def _allowing(stage: Synthesis, action: str) -> list[tuple[str, dict[str, Any]]]:
    """Returns the policies and their statements that allow it with this key. The audit log's anchors have another."""
    found = [(name, statement) for name, statement in stage.policy_statements() if action in actions_of(statement)]
    return [(name, statement) for name, statement in found if "SigningKey" in json.dumps(statement["Resource"])]


def test_only_auth_signs(stage: Synthesis) -> None:
    ((policy, statement),) = _allowing(stage, "kms:Sign")
    assert policy.startswith("services/AuthTaskTaskRole")
    assert statement["Condition"] == {"StringEquals": {"kms:SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256"}}


def test_only_auth_and_the_discovery_function_read_the_public_key(stage: Synthesis) -> None:
    readers = [policy for policy, _ in _allowing(stage, "kms:GetPublicKey")]
    assert sorted(reader.split("/")[0] for reader in readers) == ["identity", "services"]
