"""Enhanced Monitoring and Performance Insights of DB instances: settings that are checked and recorded.

Nothing is collected: the servers share one machine, whose load says nothing of an instance's.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
"""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError
from localstack.aws.api import RequestContext
from localstack.aws.connect import connect_to

from localstack_engines.services.rds.api import encryption
from localstack_engines.services.rds.errors import invalid_combination, invalid_value

_INTERVALS = (0, 1, 5, 10, 15, 30, 60)
_SERVICE = "monitoring.rds.amazonaws.com"
_DEFAULT_DAYS = 7
_DAYS = frozenset((7, 731, *(months * 31 for months in range(1, 24))))


def changes(context: RequestContext, request: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the members of a DBInstance that a request changes, by their names; `present` are its present ones.

    Raises AWS's errors.
    """
    return {**_monitoring(context, request, present), **_insights(context, request, present)}


def _monitoring(context: RequestContext, request: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    interval, role = request.get("MonitoringInterval"), request.get("MonitoringRoleArn")
    if interval is None and not role:
        return {}
    if interval not in (None, *_INTERVALS):
        raise invalid_value(f"Invalid monitoring interval: {interval}. It must be one of {_INTERVALS}.")
    wanted = (present.get("MonitoringInterval") or 0) if interval is None else interval
    role = str(role or present.get("MonitoringRoleArn") or "")
    if wanted and not role:
        raise invalid_combination(
            "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0."
        )
    if not wanted and request.get("MonitoringRoleArn"):
        raise invalid_combination("A MonitoringInterval value other than 0 is required if you specify a role.")
    if wanted and not _is_assumable(context, role):
        raise invalid_value(
            "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING"
        )
    return {"MonitoringInterval": wanted, "MonitoringRoleArn": role if wanted else None}


def _insights(context: RequestContext, request: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    key_id, days = request.get("PerformanceInsightsKMSKeyId"), request.get("PerformanceInsightsRetentionPeriod")
    wanted, enabled = request.get("EnablePerformanceInsights"), bool(present.get("PerformanceInsightsEnabled"))
    if wanted is None and not key_id and not days:
        return {}
    if not (enabled if wanted is None else wanted):
        if key_id or days:
            raise invalid_combination(
                "PerformanceInsightsKMSKeyId and PerformanceInsightsRetentionPeriod need EnablePerformanceInsights."
            )
        return {
            "PerformanceInsightsEnabled": False,
            "PerformanceInsightsKMSKeyId": None,
            "PerformanceInsightsRetentionPeriod": None,
        }
    if days is not None and days not in _DAYS:
        raise invalid_value(f"Invalid Performance Insights retention period: {days}. Use 7, 731 or a multiple of 31.")
    current = present.get("PerformanceInsightsKMSKeyId") if enabled else None
    key_arn = encryption.key_arn(context, key_id or current or encryption.STORAGE_KEY)
    if current and key_arn != current:
        raise invalid_combination("You can't change the KMS key of Performance Insights after it was turned on.")
    return {
        "PerformanceInsightsEnabled": True,
        "PerformanceInsightsKMSKeyId": key_arn,
        "PerformanceInsightsRetentionPeriod": days
        or present.get("PerformanceInsightsRetentionPeriod")
        or _DEFAULT_DAYS,
    }


def _is_assumable(context: RequestContext, role_arn: str) -> bool:
    """Whether the role exists and Enhanced Monitoring may assume it."""
    iam = connect_to(aws_access_key_id=context.account_id, region_name=context.region).iam
    try:
        role = iam.get_role(RoleName=role_arn.rpartition("/")[2])["Role"]
    except ClientError:
        return False
    return bool(role["Arn"] == role_arn and _SERVICE in json.dumps(role["AssumeRolePolicyDocument"]))
