"""The key that signs access tokens: who may use it."""

from __future__ import annotations

from tests.infrastructure.synthesis import Synthesis, actions_of


def test_only_auth_signs(stage: Synthesis) -> None:
    (policy,) = stage.policies_allowing("kms:Sign")
    assert policy.startswith("services/AuthTaskTaskRole")
    (statement,) = [statement for _, statement in stage.policy_statements() if "kms:Sign" in actions_of(statement)]
    assert statement["Condition"] == {"StringEquals": {"kms:SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256"}}


def test_only_auth_and_the_discovery_function_read_the_public_key(stage: Synthesis) -> None:
    readers = stage.policies_allowing("kms:GetPublicKey")
    assert {reader.split("/")[0] for reader in readers} == {"identity", "services"}
    assert len(readers) == 2
