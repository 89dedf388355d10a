"""Maintenance windows, and which changes of an instance wait for them.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ModifyInstance.Settings.html
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

DEFERRED = frozenset(
    (
        "AllocatedStorage",
        "CACertificateIdentifier",
        "DBInstanceClass",
        "DBSubnetGroupName",
        "EnableIAMDatabaseAuthentication",
        "EngineVersion",
        "Iops",
        "LicenseModel",
        "MultiAZ",
        "NewDBInstanceIdentifier",
        "StorageThroughput",
        "StorageType",
    )
)
"""Members of ModifyDBInstance that wait for the maintenance window unless `ApplyImmediately` is set."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NOT_SHOWN = ("DBParameterGroupName",)
"""It waits with a new version, and PendingModifiedValues has no member for it."""
_RENAMED = {
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
    "NewDBInstanceIdentifier": "DBInstanceIdentifier",
}


def deferred(changes: Mapping[str, Any], retention: int) -> set[str]:
    """Returns the names of those changes that wait for the window; `retention` is the present number of days.

    A new number of days for backups takes effect at once unless it turns backups on or off.
    """
    waiting = set(DEFERRED & changes.keys())
    if "BackupRetentionPeriod" in changes and bool(changes["BackupRetentionPeriod"]) != bool(retention):
        waiting.add("BackupRetentionPeriod")
    return waiting


def next_start(window: str, after: datetime) -> datetime:
    """Returns the first start of a window (`ddd:hh:mm-ddd:hh:mm`, UTC) that is later than `after`."""
    day, hour, minute = window.partition("-")[0].lower().split(":")
    start = after.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    start += timedelta(days=(_DAYS.index(day) - after.weekday()) % 7)
    return start if start > after else start + timedelta(days=7)


def is_due(window: str, since: datetime, now: datetime) -> bool:
    """Whether a change that waits since `since` has met a window. A change inside of a window is applied in it."""
    end = next_start(window.partition("-")[2], since)
    inside = next_start(window, since) > end
    return inside or next_start(window, since) <= now


def pending_values(pending: Mapping[str, Any]) -> dict[str, Any]:
    """Returns `PendingModifiedValues` of a DB instance. A value that goes away, such as IOPS, is not in them."""
    return {
        _RENAMED.get(name, name): value
        for name, value in pending.items()
        if value is not None and name not in _NOT_SHOWN
    }
