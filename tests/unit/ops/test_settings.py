"""The stage that all commands look at."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ops import settings

NAMES = (
    "from ops import api, settings; print(settings.CLUSTER, settings.API_ID, api.ADMIN_SECRET, settings.CDK_OUT.name)"
)


@pytest.mark.parametrize(
    ("stage", "names"),
    [
        ("", "pms pms pms/auth/admin cdk.out"),
        ("local", "pms pms pms/auth/admin cdk.out"),
        ("prod", "pms-prod pms-prod pms-prod/auth/admin cdk.out.prod"),
    ],
)
def test_the_stage_names_what_the_commands_look_at(stage: str, names: str) -> None:
    printed = subprocess.check_output([sys.executable, "-c", NAMES], env=os.environ | {"STAGE": stage}, text=True)
    assert printed.strip() == names


def test_an_unknown_stage_is_refused_before_anything_is_done() -> None:
    command = [sys.executable, "-m", "ops", "down"]
    answer = subprocess.run(
        command, cwd=settings.ROOT, env=os.environ | {"STAGE": "other"}, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert "there is no stage 'other'" in answer.stderr
    assert "STAGE=local or STAGE=prod" in answer.stderr
