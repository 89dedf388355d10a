"""Log groups: always explicit, so that retention and deletion are decided here and not by whoever logs first."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_app.config import StageConfig


def log_group(
    scope: Construct, construct_id: str, *, name: str, config: StageConfig, key: kms.IKey | None
) -> logs.LogGroup:
    """A log group called `name` that keeps lines as long as the stage says."""
    return logs.LogGroup(
        scope,
        construct_id,
        log_group_name=name,
        retention=config.log_retention,
        encryption_key=key,
        removal_policy=config.removal,
    )
