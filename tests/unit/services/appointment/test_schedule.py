"""Schedules as intervals of UTC: weekdays, exceptions, and the two days a year that do not have 24 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appointment.schedule import WEEKDAYS, Hours, Interval, Schedule, merged

BERLIN = "Europe/Berlin"
MONDAY = date(2026, 6, 1)
SPRING_FORWARD, FALL_BACK = date(2026, 3, 29), date(2026, 10, 25)
HALF_HOUR = timedelta(minutes=30)
EVER = datetime(1, 1, 1, tzinfo=UTC)


def daily(*hours: tuple[int, int]) -> Schedule:
    """Returns a schedule with the same hours every day, given in hours."""
    spans = [Hours(start * 60, end * 60) for start, end in hours]
    return Schedule(BERLIN, dict.fromkeys(WEEKDAYS, spans))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def visit(start: str, minutes: int = 30) -> Interval:
    begin = utc(start)
    return Interval(begin, begin + timedelta(minutes=minutes))


def test_the_same_hours_are_different_instants_in_summer_and_in_winter() -> None:
    schedule = daily((8, 18))
    assert schedule.open_on(date(2026, 1, 5)) == [Interval(utc("2026-01-05T07:00"), utc("2026-01-05T17:00"))]
    assert schedule.open_on(MONDAY) == [Interval(utc("2026-06-01T06:00"), utc("2026-06-01T16:00"))]


def test_a_day_without_hours_is_closed() -> None:
    schedule = Schedule(BERLIN, {"monday": [Hours(480, 720)]})
    assert schedule.open_on(MONDAY + timedelta(days=1)) == []
    assert not schedule.covers(visit("2026-06-02T08:00"))


def test_an_exception_replaces_the_weekdays_hours() -> None:
    weekly = {"monday": [Hours(480, 1080)]}
    schedule = Schedule(BERLIN, weekly, {MONDAY: [], MONDAY + timedelta(days=1): [Hours(600, 660)]})
    assert schedule.open_on(MONDAY) == []
    assert schedule.covers(visit("2026-06-02T08:00", 60))


def test_the_night_with_an_hour_less_has_fewer_slots() -> None:
    schedule = daily((0, 6))
    [night] = schedule.open_on(SPRING_FORWARD)
    assert night.end - night.start == timedelta(hours=5)
    assert len(schedule.free_slots(SPRING_FORWARD, HALF_HOUR, [], EVER)) == 10


def test_the_night_with_an_hour_more_has_more_slots() -> None:
    slots = daily((0, 6)).free_slots(FALL_BACK, HALF_HOUR, [], EVER)
    assert len(slots) == 14
    assert all(earlier.end == later.start for earlier, later in pairwise(slots))


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((0, 2), ("2026-03-28T23:00", "2026-03-29T01:00")),
        ((3, 5), ("2026-03-29T01:00", "2026-03-29T03:00")),
        ((2, 4), ("2026-03-29T01:00", "2026-03-29T02:00")),
    ],
)
def test_a_time_that_the_clocks_skip_is_the_instant_of_the_change(
    hours: tuple[int, int], expected: tuple[str, str]
) -> None:
    assert daily(hours).open_on(SPRING_FORWARD) == [Interval(utc(expected[0]), utc(expected[1]))]


def test_hours_that_the_clocks_skip_entirely_do_not_exist() -> None:
    assert Schedule(BERLIN, {"sunday": [Hours(130, 170)]}).open_on(SPRING_FORWARD) == []


def test_hours_that_end_at_midnight_continue_on_the_next_day() -> None:
    around_the_clock = daily((0, 24))
    assert around_the_clock.covers(visit("2026-06-01T21:45", 60))
    assert not daily((0, 23)).covers(visit("2026-06-01T20:45", 60))


def test_hours_that_touch_are_one_interval() -> None:
    assert daily((8, 12), (12, 18)).covers(visit("2026-06-01T09:45", 30))
    assert not daily((8, 12), (13, 18)).covers(visit("2026-06-01T09:45", 30))


def test_slots_that_are_taken_or_too_early_are_not_free() -> None:
    taken = [visit("2026-06-01T06:30"), visit("2026-06-01T07:15", 15)]
    slots = daily((8, 10)).free_slots(MONDAY, HALF_HOUR, taken, utc("2026-06-01T06:10"))
    assert slots == [visit("2026-06-01T07:30")]


def test_a_slot_follows_the_end_of_a_visit() -> None:
    """After a visit of 45 minutes from eight, 08:45 can be booked, and is offered. Then the half hours go on."""
    slots = daily((8, 10)).free_slots(MONDAY, HALF_HOUR, [visit("2026-06-01T06:00", 45)], EVER)
    assert slots == [visit("2026-06-01T06:45"), visit("2026-06-01T07:30")]


def test_a_time_that_is_too_early_after_a_visit_hides_none_that_is_not() -> None:
    """A visit of 45 minutes from eight, and it is 08:50: 08:45 cannot be booked any more, and 09:00 can."""
    taken = [visit("2026-06-01T06:00", 45)]
    slots = daily((8, 10)).free_slots(MONDAY, HALF_HOUR, taken, utc("2026-06-01T06:50"))
    assert slots == [visit("2026-06-01T07:00"), visit("2026-06-01T07:30")]


def test_only_whole_minutes_are_offered_because_only_they_can_be_booked() -> None:
    taken = [Interval(utc("2026-06-01T06:00:17"), utc("2026-06-01T06:45:17"))]
    slots = daily((8, 10)).free_slots(MONDAY, HALF_HOUR, taken, EVER)
    assert slots == [visit("2026-06-01T06:46"), visit("2026-06-01T07:30")]


def test_a_visit_across_midnight_is_offered_where_hours_follow_without_a_break() -> None:
    hours = (Hours(0, 60), Hours(1410, 1440))
    schedule = Schedule(BERLIN, dict.fromkeys(WEEKDAYS, hours))
    hour = timedelta(hours=1)
    night = Interval(utc("2026-06-01T21:30"), utc("2026-06-01T22:30"))
    assert schedule.covers(night)
    assert night in schedule.free_slots(MONDAY, hour, [], EVER)
    assert night not in schedule.free_slots(MONDAY + timedelta(days=1), hour, [], EVER)
    taken = [visit("2026-06-01T22:15", 15)]
    assert night not in schedule.free_slots(MONDAY, hour, taken, EVER)


@pytest.mark.parametrize(
    ("zone", "weekday", "hours", "day", "expected"),
    [
        (BERLIN, "sunday", (60, 120), date(2027, 10, 31), ("2027-10-30T23:00", "2027-10-31T00:00")),
        (BERLIN, "sunday", (60, 150), date(2027, 10, 31), ("2027-10-30T23:00", "2027-10-31T00:30")),
        (BERLIN, "sunday", (120, 180), date(2027, 10, 31), ("2027-10-31T00:00", "2027-10-31T02:00")),
        ("Atlantic/Azores", "saturday", (1320, 1440), date(2027, 10, 30), ("2027-10-30T22:00", "2027-10-31T00:00")),
    ],
)
def test_hours_that_end_in_an_hour_that_comes_twice_gain_nothing(
    zone: str, weekday: str, hours: tuple[int, int], day: date, expected: tuple[str, str]
) -> None:
    schedule = Schedule(zone, {weekday: [Hours(*hours)]})
    assert schedule.open_on(day) == [Interval(utc(expected[0]), utc(expected[1]))]


ZONES = st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC"])
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
SPANS = st.tuples(st.integers(0, 1440), st.integers(0, 1440)).filter(lambda pair: pair[0] < pair[1])


@given(zone=ZONES, day=DAYS, spans=st.lists(SPANS, max_size=4), minutes=st.sampled_from([10, 30, 45]))
def test_slots_do_not_overlap_and_are_within_the_hours(
    zone: str, day: date, spans: list[tuple[int, int]], minutes: int
) -> None:
    schedule = Schedule(zone, {day: [Hours(*span) for span in spans] for day in WEEKDAYS})
    slots = schedule.free_slots(day, timedelta(minutes=minutes), [], EVER)
    for slot in slots:
        assert schedule.covers(slot)
        assert slot.end - slot.start == timedelta(minutes=minutes)
    assert not any(earlier.overlaps(later) for earlier, later in pairwise(slots))


@given(zone=ZONES, day=DAYS, span=SPANS)
def test_intervals_start_within_the_hours_in_wall_clock_time(zone: str, day: date, span: tuple[int, int]) -> None:
    schedule = Schedule(zone, {day: [Hours(*span)] for day in WEEKDAYS})
    for interval in schedule.open_on(day):
        wall = interval.start.astimezone(ZoneInfo(zone))
        assert wall.date() == day
        assert wall.hour * 60 + wall.minute >= span[0]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), max_size=8))
def test_merged_intervals_cover_the_same_time_and_do_not_touch(pairs: list[tuple[int, int]]) -> None:
    origin = utc("2026-01-01T00:00")

    def minute(number: int) -> datetime:
        return origin + timedelta(minutes=number)

    result = merged(Interval(minute(start), minute(start + length)) for start, length in pairs)
    inside = {number for start, length in pairs for number in range(start, start + length)}
    assert {number for number in range(60) if any(i.start <= minute(number) < i.end for i in result)} == inside
    assert all(earlier.end < later.start for earlier, later in pairwise(result))
