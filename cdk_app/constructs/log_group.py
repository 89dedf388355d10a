"""Log groups. Every one is explicit, because a group that AWS creates with the first line has no retention."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_app.config import StageConfig


def add_log_group(
    scope: Construct,
    construct_id: str,
    *,
    name: str,
    config: StageConfig,
    encryption_key: kms.IKey | None,
    retention: logs.RetentionDays | None = None,
) -> logs.LogGroup:
    """Adds the log group `name`, with the stage's removal policy, and its retention unless there is another one."""
    return logs.LogGroup(
        scope,
        construct_id,
        log_group_name=name,
        retention=retention or config.log_retention,
        encryption_key=encryption_key,
        removal_policy=config.removal_policy,
    )
