"""Requests and responses of the appointment service."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from itertools import pairwise
from typing import Annotated, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from services.common.dto import RequestModel, ResponseModel
from services.common.fields import FreeText, FullDate, Moment
from services.common.paging import PageRequest
from services.contracts.events import AppointmentStatus

Duration = Annotated[int, Field(ge=5, le=480, strict=True)]
WallClock = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
MAX_STRETCHES, MAX_EXCEPTIONS = 12, 1000


@cache
def _zones() -> set[str]:
    return available_timezones()


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("must be the name of an IANA time zone")
    return name


TimeZone = Annotated[str, Field(max_length=64, examples=["Europe/Berlin"]), AfterValidator(_known_zone)]


class NewAppointment(RequestModel):
    """A visit to book."""

    patient_id: UUID
    doctor_id: UUID = Field(description="The user id of somebody with the role DOCTOR.")
    date: Moment = Field(description="When it starts, with an offset.")
    duration_minutes: Duration = 30
    reason: FreeText | None = None


class ChangedAppointment(RequestModel):
    """A booked visit as it shall be. Its patient cannot change."""

    patient_id: UUID | None = Field(default=None, description="If given, the patient whose it is.")
    doctor_id: UUID | None = Field(default=None, description="The doctor it is with, if left out.")
    date: Moment
    duration_minutes: Duration = 30
    reason: FreeText | None = None


class AppointmentQuery(PageRequest):
    """What to list. Everything given must hold."""

    patient_id: UUID | None = Field(default=None, alias="patientId")
    doctor_id: UUID | None = Field(default=None, alias="doctorId")
    since: Moment | None = Field(default=None, alias="from", description="Those that start then or later.")
    until: Moment | None = Field(default=None, alias="to", description="Those that start before then.")
    status: AppointmentStatus | None = None


class AppointmentOut(ResponseModel):
    """A visit."""

    id: UUID
    patient_id: UUID
    doctor_id: UUID
    date: datetime
    ends_at: datetime
    duration_minutes: int
    status: AppointmentStatus
    reason: str | None
    time_zone: str = Field(description="Of the doctor's schedule, to show the hour to people.")
    reschedules: int = Field(description="How often it was moved.")
    booked_at: datetime
    updated_at: datetime
    version: int


class AvailabilityQuery(RequestModel):
    """Whose free hours, on which day of the doctor's calendar."""

    doctor_id: UUID = Field(alias="doctorId")
    date: FullDate
    duration_minutes: Annotated[int, Field(ge=5, le=480)] = Field(default=30, alias="durationMinutes")


class SlotOut(ResponseModel):
    """A free stretch of the length asked for."""

    start: datetime
    end: datetime


class AvailabilityOut(ResponseModel):
    """All that is free on that day."""

    items: list[SlotOut]


class StretchIn(RequestModel):
    """From when to when, on the wall clock; `24:00` is the midnight at the day's end."""

    start: WallClock
    end: WallClock

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.start >= self.end:
            raise ValueError("must end after it starts")
        return self


def _apart(stretches: list[StretchIn]) -> list[StretchIn]:
    ordered = sorted(stretches, key=lambda stretch: stretch.start)
    if any(later.start < earlier.end for earlier, later in pairwise(ordered)):
        raise ValueError("must not overlap")
    return ordered


Stretches = Annotated[list[StretchIn], Field(max_length=MAX_STRETCHES), AfterValidator(_apart)]


class WeeklyIn(RequestModel):
    """The hours of each weekday; a day without any is closed."""

    monday: Stretches = []
    tuesday: Stretches = []
    wednesday: Stretches = []
    thursday: Stretches = []
    friday: Stretches = []
    saturday: Stretches = []
    sunday: Stretches = []


class ExceptionIn(RequestModel):
    """A day with other hours than its weekday's; none mean closed."""

    date: FullDate
    hours: Stretches


def _once(exceptions: list[ExceptionIn]) -> list[ExceptionIn]:
    if len({exception.date for exception in exceptions}) < len(exceptions):
        raise ValueError("must name each date once")
    return sorted(exceptions, key=lambda exception: exception.date)


class ScheduleIn(RequestModel):
    """A doctor's hours."""

    time_zone: TimeZone
    weekly: WeeklyIn
    exceptions: Annotated[list[ExceptionIn], Field(max_length=MAX_EXCEPTIONS), AfterValidator(_once)] = []


class DoctorOut(ResponseModel):
    """Somebody who can be booked."""

    id: UUID
    name: str | None


class StretchOut(ResponseModel):
    """From when to when, on the wall clock."""

    start: str
    end: str


class ExceptionOut(ResponseModel):
    """A day with other hours than its weekday's."""

    date: date
    hours: list[StretchOut]


class ScheduleOut(ResponseModel):
    """A doctor's hours. `version` 0 is the clinic's own, of a doctor without others."""

    doctor_id: UUID
    time_zone: str
    weekly: dict[str, list[StretchOut]]
    exceptions: list[ExceptionOut]
    version: int
