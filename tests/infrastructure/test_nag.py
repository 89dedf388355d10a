"""The cdk-nag checks of the production stage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.infrastructure.synthesis import Synthesis


def _reports(directory: Path) -> dict[str, dict[str, list[dict[str, object]]]]:
    report = json.loads((directory / "validation-report.json").read_text())
    return {plugin["pluginName"]: plugin for plugin in report["pluginReports"]}


@pytest.mark.parametrize("pack", ["AwsSolutions", "HIPAA.Security"])
def test_every_finding_is_acknowledged(prod_stage: Synthesis, pack: str) -> None:
    report = _reports(prod_stage.directory)[pack]
    assert report["violations"] == []
    assert report["suppressedViolations"], "the pack did not run"


def test_every_acknowledgement_has_a_reason(prod_stage: Synthesis) -> None:
    for report in _reports(prod_stage.directory).values():
        for violation in report["suppressedViolations"]:
            reason = violation["reason"]
            assert isinstance(reason, str)
            assert len(reason) > 20
