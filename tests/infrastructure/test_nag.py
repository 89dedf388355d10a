"""What others' tools say about the templates: cfn-lint and cdk-nag."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cfnlint.api import ManualArgs, lint
from cfnlint.match import Match

from cdk_app.config import prod
from tests.infrastructure.synthesis import Synthesis, synthesise


def _lint(synthesis: Synthesis) -> list[Match]:
    return [
        match
        for template in sorted(synthesis.directory.glob("*.template.json"))
        for match in lint(template.read_text(), config=ManualArgs(regions=["us-east-1"]))
    ]


def test_cfn_lint_finds_no_error(stage: Synthesis) -> None:
    assert [str(match) for match in _lint(stage) if match.rule.severity == "error"] == []


def _reports(directory: Path) -> dict[str, dict[str, list[dict[str, object]]]]:
    report = json.loads((directory / "validation-report.json").read_text())
    return {plugin["pluginName"]: plugin for plugin in report["pluginReports"]}


@pytest.mark.parametrize("pack", ["AwsSolutions", "HIPAA.Security"])
def test_nag_finds_nothing_that_is_not_acknowledged(prod_stage: Synthesis, pack: str) -> None:
    report = _reports(prod_stage.directory)[pack]
    assert report["violations"] == []
    assert report["suppressedViolations"], "the pack did not run"


def test_every_acknowledgement_has_a_reason(prod_stage: Synthesis) -> None:
    for report in _reports(prod_stage.directory).values():
        for violation in report["suppressedViolations"]:
            reason = violation["reason"]
            assert isinstance(reason, str)
            assert len(reason) > 20


def test_the_services_that_are_switched_on_pass(tmp_path: Path) -> None:
    """The fixture has every service of the catalogue; what `cdk deploy -c stage=prod` deploys may be fewer."""
    synthesis = synthesise(prod(account=None, region="us-east-1"), tmp_path)
    assert _reports(synthesis.directory)["AwsSolutions"]["violations"] == []
