"""The keys that sign access tokens: who may use them, and what a rotation finds."""

from __future__ import annotations

import json

from cdk_app.catalogue import SERVICES
from tests.infrastructure.synthesis import Statement, Synthesis, actions_of

RS256 = "RSASSA_PKCS1_V1_5_SHA_256"


def test_only_auth_signs_and_only_with_the_current_key(stage: Synthesis) -> None:
    ((policy, statement),) = _allowing(stage, "kms:Sign")
    assert policy.startswith("services/AuthTaskTaskRole")
    condition = statement["Condition"]["StringEquals"]
    assert condition == {"kms:RequestAlias": _current_alias(stage), "kms:SigningAlgorithm": RS256}


def test_every_service_and_the_discovery_function_read_the_public_keys(stage: Synthesis) -> None:
    """Tasks cannot reach the public address of the API, which publishes the keys."""
    readers = _allowing(stage, "kms:GetPublicKey")
    assert sorted(policy.split("/")[0] for policy, _ in readers) == ["identity", *["services"] * len(SERVICES)]
    for container in stage.containers():
        variables = {variable["Name"]: variable["Value"] for variable in container["Environment"]}
        assert variables["SIGNING_KEY_ALIAS"] == _current_alias(stage)
    current = _current_alias(stage)
    for _, statement in readers:
        aliases = statement["Condition"]["StringEquals"]["kms:RequestAlias"]
        assert aliases == [current, f"{current}-next", f"{current}-previous"]


def test_all_aliases_exist_and_begin_with_the_same_key(stage: Synthesis) -> None:
    current = _current_alias(stage)
    aliases = {
        resource["Properties"]["AliasName"]: str(resource["Properties"]["TargetKeyId"])
        for resource in stage.of_type("AWS::KMS::Alias").values()
        if resource["Properties"]["AliasName"].startswith(current)
    }
    assert set(aliases) == {current, f"{current}-next", f"{current}-previous"}
    assert len(set(aliases.values())) == 1


def _allowing(stage: Synthesis, action: str) -> list[tuple[str, Statement]]:
    """Returns the policies and their statements that allow it with these keys. The audit logs have one of their own."""
    found = [(name, statement) for name, statement in stage.policy_statements() if action in actions_of(statement)]
    return [(name, statement) for name, statement in found if "AuditKey" not in json.dumps(statement["Resource"])]


def _current_alias(stage: Synthesis) -> str:
    aliases = (each["Properties"]["AliasName"] for each in stage.of_type("AWS::KMS::Alias").values())
    (current,) = (alias for alias in aliases if alias.endswith("-signing"))
    return str(current)
