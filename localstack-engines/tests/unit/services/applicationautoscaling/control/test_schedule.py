"""The times of scheduled actions. Those of cron expressions need a package of the image: a live test has them."""

from datetime import UTC, datetime, timedelta

import pytest

from localstack_engines.services.applicationautoscaling.control.schedule import InvalidSchedule, next_time

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_at_is_a_moment_in_its_time_zone() -> None:
    assert next_time("at(2026-03-01T13:30:00)", "UTC", NOON, NOON) == NOON + timedelta(minutes=90)
    assert next_time("at(2026-03-01T13:30:00)", "Europe/Berlin", NOON, NOON) == NOON + timedelta(minutes=30)
    assert next_time("at(2026-03-01T11:00:00)", "UTC", NOON, NOON) is None


def test_a_rate_counts_from_the_start() -> None:
    start = NOON - timedelta(minutes=7)
    assert next_time("rate(5 minutes)", "UTC", NOON, start) == NOON + timedelta(minutes=3)
    assert next_time("rate(1 day)", "UTC", NOON, NOON + timedelta(hours=1)) == NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    "expression", ["", "at(noon)", "rate(0 minutes)", "rate(5 weeks)", "rate(3000000 days)", "every(5 minutes)"]
)
def test_what_is_no_schedule_is_refused(expression: str) -> None:
    with pytest.raises(InvalidSchedule):
        next_time(expression, "UTC", NOON, NOON)
