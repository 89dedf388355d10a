"""The condition under which a booked appointment occupies a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, DateTime, Text, and_, bindparam, func, literal_column

from services.appointment.entity import APPOINTMENT
from services.contracts.events import AppointmentStatus

# Written into the statement: the indexes of the exclusion constraints cannot be used for a parameter.
BOOKED = APPOINTMENT.c.status == literal_column(f"'{AppointmentStatus.BOOKED.value}'", Text)


def overlapping() -> ColumnElement[bool]:
    """Returns the condition that the appointment is booked and overlaps the time from `start` to `end`.

    It is that of the exclusion constraints, so their indexes find the appointments.
    """
    occupied = func.tstzrange(APPOINTMENT.c.date, APPOINTMENT.c.ends_at)
    return and_(BOOKED, occupied.bool_op("&&")(func.tstzrange(_moment("start"), _moment("end"))))


def _moment(name: str) -> Any:
    return bindparam(name, type_=DateTime(timezone=True))
