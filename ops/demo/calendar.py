"""The days on which the clinic receives patients: Monday to Friday."""

from datetime import date, timedelta
from typing import TypeVar

Day = TypeVar("Day", bound=date)


def working_day(first: Day, number: int = 0) -> Day:
    """The working day of that number, counted from 0, on or after ``first``."""
    day = first
    while True:
        if day.weekday() < 5:
            if number == 0:
                return day
            number -= 1
        day += timedelta(days=1)
