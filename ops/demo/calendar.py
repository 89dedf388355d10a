"""The days and hours in which the clinic receives patients: Monday to Friday, from 08:00 UTC."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

Day = TypeVar("Day", bound=date)

SLOT = timedelta(minutes=30)
SLOTS_A_DAY = 16
"""All of them are inside every doctor's hours."""
_OPENS = time(8)


def working_day(first: Day, number: int = 0) -> Day:
    """Returns the working day of that number, counted from 0, on or after `first`."""
    day = first
    while True:
        if day.weekday() < 5:
            if number == 0:
                return day
            number -= 1
        day += timedelta(days=1)


def slot_start(first: date, number: int, slots_a_day: int = SLOTS_A_DAY) -> datetime:
    """Returns the start of the slot of that number, counted from 0, on or after the day `first`."""
    day, place = divmod(number, slots_a_day)
    return datetime.combine(working_day(first, day), _OPENS, UTC) + place * SLOT
