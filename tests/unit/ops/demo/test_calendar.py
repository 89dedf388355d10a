from datetime import UTC, date, datetime

from ops.demo.calendar import slot_start, working_day

FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)


def test_the_first_day_counts_if_it_is_a_working_day() -> None:
    assert working_day(FRIDAY) == FRIDAY
    assert working_day(SATURDAY) == MONDAY


def test_weekends_are_skipped() -> None:
    assert working_day(FRIDAY, 1) == MONDAY
    assert working_day(FRIDAY, 6) == date(2026, 11, 30)


def test_the_time_of_day_is_kept() -> None:
    assert working_day(datetime(2026, 11, 21, 9, tzinfo=UTC)) == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_slots_continue_on_the_next_working_day() -> None:
    assert slot_start(FRIDAY, 1) == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert slot_start(FRIDAY, 16) == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert slot_start(FRIDAY, 21, slots_a_day=20) == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
