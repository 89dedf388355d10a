"""A doctor's schedule: converts weekly hours and exceptions to intervals of UTC. Pure functions.

Hours are wall-clock times of a time zone. So the same hours are different instants in summer and in winter. When the
clocks change, one day a year lacks an hour, and another has an hour twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """A period of a day, in minutes since midnight in wall-clock time. 1440 is the midnight at the end of the day."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A half-open interval in UTC: one that ends at ten does not overlap one that starts at ten."""

    start: datetime
    end: datetime

    def overlaps(self, other: Interval) -> bool:
        """Returns whether the two have an instant in common."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: Interval) -> bool:
        """Returns whether the other lies within this one."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Schedule:
    """Hours of each weekday, and exceptions: dates whose hours replace those of the weekday. No hours mean closed."""

    time_zone: str
    weekly: Mapping[str, Sequence[Hours]]
    exceptions: Mapping[date, Sequence[Hours]] = field(default_factory=dict)

    def open_on(self, day: date) -> list[Interval]:
        """Returns the hours that start on this day of the doctor's calendar, earliest first."""
        zone = ZoneInfo(self.time_zone)
        hours = self.exceptions.get(day, self.weekly.get(WEEKDAYS[day.weekday()], ()))
        found = (Interval(_instant(day, period.start, zone, 0), _instant(day, period.end, zone, 1)) for period in hours)
        return merged(interval for interval in found if interval.start < interval.end)

    def covers(self, visit: Interval) -> bool:
        """Returns whether the schedule is open during the whole visit."""
        day = visit.start.astimezone(ZoneInfo(self.time_zone)).date()
        around = chain.from_iterable(self.open_on(day + timedelta(days=offset)) for offset in (-1, 0, 1))
        return any(interval.covers(visit) for interval in merged(around))

    def free_slots(self, day: date, length: timedelta, taken: Sequence[Interval], earliest: datetime) -> list[Interval]:
        """Returns the slots of this length that start at `earliest` or later and overlap nothing in `taken`.

        The slots of an interval follow each other from its start.
        """
        slots = []
        for interval in self.open_on(day):
            start = interval.start
            while start + length <= interval.end:
                slot = Interval(start, start + length)
                if start >= earliest and not any(slot.overlaps(other) for other in taken):
                    slots.append(slot)
                start = slot.end
        return slots


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Returns the same time in the fewest intervals: those that overlap or touch become one."""
    result: list[Interval] = []
    for interval in sorted(intervals):
        if result and interval.start <= result[-1].end:
            result[-1] = Interval(result[-1].start, max(result[-1].end, interval.end))
        else:
            result.append(interval)
    return result


def _instant(day: date, minutes: int, zone: ZoneInfo, fold: int) -> datetime:
    """Returns the instant of a wall-clock time.

    If the time occurs twice, `fold` chooses the first (0) or the second (1), as in PEP 495. If the clocks skip the
    time, it is the instant at which they do.
    """
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minutes)
    wall = wall.replace(fold=fold)
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    return _next_transition(min(instant, wall.replace(fold=1).astimezone(UTC)), zone)


def _next_transition(instant: datetime, zone: ZoneInfo) -> datetime:
    offset = instant.astimezone(zone).utcoffset()
    while instant.astimezone(zone).utcoffset() == offset:
        instant += MINUTE
    return instant
