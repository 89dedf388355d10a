"""When a doctor receives patients: weekly hours and exceptions on the doctor's clock, as intervals of real time.

Pure. A day's hours are wall-clock times of a time zone, so the same hours are other instants in summer, and one day a
year has an hour twice and another lacks one.
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
    """A stretch of a day, in minutes since midnight on the wall clock; 1440 is the midnight at its end."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A half-open stretch of time, in UTC: what ends at ten leaves ten o'clock free."""

    start: datetime
    end: datetime

    def overlaps(self, other: Interval) -> bool:
        """Whether they share an instant."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: Interval) -> bool:
        """Whether the other lies within this one."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Schedule:
    """A doctor's hours. A date's exception replaces the hours of its weekday; no hours mean closed."""

    time_zone: str
    weekly: Mapping[str, Sequence[Hours]]
    exceptions: Mapping[date, Sequence[Hours]] = field(default_factory=dict)

    def open_on(self, day: date) -> list[Interval]:
        """The hours that begin on this day of the doctor's calendar."""
        zone = ZoneInfo(self.time_zone)
        hours = self.exceptions.get(day, self.weekly.get(WEEKDAYS[day.weekday()], ()))
        found = (Interval(_instant(day, span.start, zone, 0), _instant(day, span.end, zone, 1)) for span in hours)
        return merged(interval for interval in found if interval.start < interval.end)

    def covers(self, visit: Interval) -> bool:
        """Whether the doctor receives patients during all of the visit."""
        day = visit.start.astimezone(ZoneInfo(self.time_zone)).date()
        around = chain.from_iterable(self.open_on(day + timedelta(days=offset)) for offset in (-1, 0, 1))
        return any(interval.covers(visit) for interval in merged(around))

    def free_slots(self, day: date, length: timedelta, taken: Sequence[Interval], earliest: datetime) -> list[Interval]:
        """The day's slots of this length, one after the other from the start of each stretch, that nobody has."""
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
    """The same time in as few intervals as it takes: two that touch are one."""
    result: list[Interval] = []
    for interval in sorted(intervals):
        if result and interval.start <= result[-1].end:
            result[-1] = Interval(result[-1].start, max(result[-1].end, interval.end))
        else:
            result.append(interval)
    return result


def _instant(day: date, minutes: int, zone: ZoneInfo, fold: int) -> datetime:
    """The instant of a wall-clock time. Of an hour that comes twice, `fold` chooses which (PEP 495); a time that the
    clocks skip is the instant at which they do."""
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
