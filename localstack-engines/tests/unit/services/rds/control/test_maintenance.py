"""Which changes wait for the maintenance window, and when it comes."""

from datetime import UTC, datetime

import pytest

from localstack_engines.services.rds.control import maintenance

WINDOW = "wed:06:38-wed:07:08"
# A Monday.
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "start"),
    [
        (WINDOW, datetime(2026, 11, 25, 6, 38, tzinfo=UTC)),
        ("mon:12:30-mon:13:00", datetime(2026, 11, 23, 12, 30, tzinfo=UTC)),
        ("Mon:12:00-Mon:12:30", datetime(2026, 11, 30, 12, 0, tzinfo=UTC)),
        ("sun:23:45-mon:00:15", datetime(2026, 11, 29, 23, 45, tzinfo=UTC)),
    ],
)
def test_the_next_start_of_a_window(window: str, start: datetime) -> None:
    assert maintenance.next_start(window, MONDAY) == start


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 25, 6, 37, tzinfo=UTC), False),
        (datetime(2026, 11, 25, 6, 38, tzinfo=UTC), True),
        (datetime(2026, 12, 20, 0, 0, tzinfo=UTC), True),
    ],
)
def test_a_change_is_due_when_the_window_has_begun(now: datetime, due: bool) -> None:
    assert maintenance.is_due(WINDOW, MONDAY, now) is due


def test_a_change_inside_of_a_window_is_due_at_once() -> None:
    inside = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    assert maintenance.is_due(WINDOW, inside, inside)
    over_midnight = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
    assert maintenance.is_due("sun:23:45-mon:00:15", over_midnight, over_midnight)


def test_which_changes_wait() -> None:
    changes = {"DBInstanceClass": "db.t4g.small", "DeletionProtection": True, "BackupRetentionPeriod": 7}
    assert maintenance.deferred(changes, retention=1) == {"DBInstanceClass"}
    assert maintenance.deferred(changes, retention=0) == {"DBInstanceClass", "BackupRetentionPeriod"}


def test_a_new_identifier_is_pending_under_the_name_of_the_identifier() -> None:
    assert maintenance.pending_values({"NewDBInstanceIdentifier": "b"}) == {"DBInstanceIdentifier": "b"}
    assert maintenance.pending_values({"StorageType": "gp3", "Iops": None}) == {"StorageType": "gp3"}
