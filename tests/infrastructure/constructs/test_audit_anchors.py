"""The anchors of the audit logs: who may add some, and that no service may remove one."""

from __future__ import annotations

import json

from cdk_app.catalogue import SERVICES
from tests.infrastructure.synthesis import Synthesis, actions_of


def test_every_service_has_a_log_group_for_its_anchors(stage: Synthesis) -> None:
    groups = [group["Properties"] for group in stage.of_type("AWS::Logs::LogGroup").values()]
    kept = {group["LogGroupName"]: group["RetentionInDays"] for group in groups}
    for name in SERVICES:
        days = kept[f"/{stage.config.prefix}/audit/{name}"]
        assert days >= (7 if stage.config.name == "local" else 6 * 365)
        (container,) = (container for container in stage.containers() if container["Name"] == name)
        variables = {variable["Name"]: variable["Value"] for variable in container["Environment"]}
        assert variables["AUDIT_KEEP_DAYS"] == str(days)


def test_the_anchors_have_a_signing_key_of_their_own(stage: Synthesis) -> None:
    keys = [key["Properties"] for key in stage.of_type("AWS::KMS::Key").values()]
    assert [key["KeyUsage"] for key in keys if key.get("KeySpec") == "ECC_NIST_P256"] == ["SIGN_VERIFY"]


def test_a_service_can_add_anchors_to_its_own_log_group_only(stage: Synthesis) -> None:
    found = {}
    for policy, statement in stage.policy_statements():
        if "logs:PutLogEvents" in actions_of(statement) and "TaskTaskRole" in policy:
            found[policy] = json.dumps(statement["Resource"])
    assert len(found) == len(SERVICES)
    for name in SERVICES:
        (resource,) = (it for policy, it in found.items() if policy.startswith(f"services/{name.capitalize()}Task"))
        assert f"Audit{name.capitalize()}Anchors" in resource


def test_no_service_can_remove_an_anchor(stage: Synthesis) -> None:
    for _, statement in stage.policy_statements():
        assert not any(action.startswith("logs:Delete") or action == "logs:*" for action in actions_of(statement))
        assert "logs:PutRetentionPolicy" not in actions_of(statement)
