"""The keys that sign access tokens: who may use them, and what a rotation finds."""

from __future__ import annotations

from tests.infrastructure.synthesis import Synthesis, actions_of

RS256 = "RSASSA_PKCS1_V1_5_SHA_256"


def test_only_auth_signs_and_only_with_the_current_key(stage: Synthesis) -> None:
    (policy,) = stage.policies_allowing("kms:Sign")
    assert policy.startswith("services/AuthTaskTaskRole")
    (statement,) = [statement for _, statement in stage.policy_statements() if "kms:Sign" in actions_of(statement)]
    condition = statement["Condition"]["StringEquals"]
    assert condition == {"kms:RequestAlias": _current_alias(stage), "kms:SigningAlgorithm": RS256}


def test_only_auth_and_the_discovery_function_read_the_public_keys(stage: Synthesis) -> None:
    readers = stage.policies_allowing("kms:GetPublicKey")
    assert {reader.split("/")[0] for reader in readers} == {"identity", "services"}
    assert len(readers) == 2
    statements = [each for _, each in stage.policy_statements() if "kms:GetPublicKey" in actions_of(each)]
    current = _current_alias(stage)
    for statement in statements:
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


def _current_alias(stage: Synthesis) -> str:
    aliases = (each["Properties"]["AliasName"] for each in stage.of_type("AWS::KMS::Alias").values())
    (current,) = (alias for alias in aliases if alias.endswith("-signing"))
    return str(current)
