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
        # A time that occurs twice is its first occurrence, at the end too: nobody works an hour more than they wrote.
        found = (Interval(_instant(day, period.start, zone), _instant(day, period.end, zone)) for period in hours)
        return merged(interval for interval in found if interval.start < interval.end)

    def covers(self, visit: Interval) -> bool:
        """Returns whether the schedule is open during the whole visit."""
        day = visit.start.astimezone(ZoneInfo(self.time_zone)).date()
        return any(interval.covers(visit) for interval in self._open_around(day))

    def free_slots(self, day: date, length: timedelta, taken: Sequence[Interval], earliest: datetime) -> list[Interval]:
        """Returns the slots of this length that start on the day, at `earliest` or later, and overlap nothing `taken`.

        They follow each other from the start of the hours. What is taken may end between two of these times: one slot
        begins there. The last one may end in hours of the next day that follow without a break.
        """
        slots = []
        around = self._open_around(day)
        for hours in self.open_on(day):
            closes = max(interval.end for interval in around if interval.covers(hours))
            for gap in _gaps(Interval(hours.start, closes), taken):
                # A visit that was booked when a start could have seconds may end between two minutes.
                start = gap.start + (hours.start - gap.start) % MINUTE
                while start < hours.end and start + length <= gap.end:
                    later = start + timedelta.resolution  # a slot that is too early keeps no other one away
                    if start >= earliest:
                        slots.append(Interval(start, start + length))
                        later = start + length
                    steps = -((hours.start - later) // length)  # rounded up to a time of the sequence
                    start = hours.start + steps * length
        return slots

    def _open_around(self, day: date) -> list[Interval]:
        """Returns the hours of the day and of its neighbours. Those that touch are one interval."""
        return merged(chain.from_iterable(self.open_on(day + timedelta(days=offset)) for offset in (-1, 0, 1)))


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Returns the same time in the fewest intervals: those that overlap or touch become one."""
    result: list[Interval] = []
    for interval in sorted(intervals):
        if result and interval.start <= result[-1].end:
            result[-1] = Interval(result[-1].start, max(result[-1].end, interval.end))
        else:
            result.append(interval)
    return result


def _gaps(interval: Interval, taken: Sequence[Interval]) -> list[Interval]:
    """Returns the parts of the interval that nothing in `taken` overlaps."""
    gaps, start = [], interval.start
    for other in merged(taken):
        if other.overlaps(interval):
            gaps.append(Interval(start, other.start))
            start = other.end
    return [gap for gap in (*gaps, Interval(start, interval.end)) if gap.start < gap.end]


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Returns the instant of a wall-clock time.

    If the time occurs twice, it is the first (`fold` 0 of PEP 495). If the clocks skip the time, it is the instant at
    which they do.
    """
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minutes)
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    return _next_transition(min(instant, wall.replace(fold=1).astimezone(UTC)), zone)


def _next_transition(instant: datetime, zone: ZoneInfo) -> datetime:
    offset = instant.astimezone(zone).utcoffset()
    while instant.astimezone(zone).utcoffset() == offset:
        instant += MINUTE
    return instant
