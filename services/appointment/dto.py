"""Requests and responses of the appointment service."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from itertools import pairwise
from typing import Annotated, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from services.common.dto import RequestModel, left_out, response_model
from services.common.fields import FreeText, FullDate, Moment
from services.common.paging import PageRequest
from services.contracts.events import AppointmentStatus, CausedBy


def _whole_minute(start: datetime) -> datetime:
    if start.second or start.microsecond:  # otherwise it would occupy a part of two slots
        raise ValueError("must be a whole minute")
    return start


Start = Annotated[
    Moment, AfterValidator(_whole_minute), Field(description="The start, with an offset: a whole minute.")
]
Duration = Annotated[int, Field(ge=5, le=480, strict=True)]
WallClock = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
CalendarDay = date
"""A dataclass with slots cannot name a type that has the name of one of its fields."""
MAX_HOURS, MAX_EXCEPTIONS = 12, 1000


@cache
def _zones() -> set[str]:
    # Two entries of the time zone database name no place: what this machine is set to, and that nothing is set.
    return available_timezones() - {"localtime", "Factory"}


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("must be the name of an IANA time zone")
    return name


TimeZone = Annotated[str, Field(max_length=64, examples=["Europe/Berlin"]), AfterValidator(_known_zone)]


class AppointmentIn(RequestModel):
    """An appointment to book."""

    patient_id: UUID
    doctor_id: UUID = Field(description="The id of a user with the role DOCTOR.")
    date: Start
    duration_minutes: Duration = 30
    reason: FreeText | None = None


Cause = Annotated[
    CausedBy | None,
    Field(
        description="Whose doing it is. Left out, it is the patient's on their own appointment, and else the clinic's. "
        "Staff name PATIENT when the patient has asked for it. A patient cannot name CLINIC."
    ),
]


class AppointmentChangeIn(RequestModel):
    """What to change of a booked appointment. What is left out stays as it is. Its patient cannot be changed."""

    patient_id: UUID | None = Field(default=None, description="If it is given, it must be the appointment's patient.")
    doctor_id: UUID | None = Field(default=None, description="If it is left out, the doctor stays the same.")
    date: Start
    duration_minutes: Duration | None = Field(default=None, description="If it is left out, the length stays the same.")
    reason: FreeText | None = Field(default=None, description="If it is left out, it stays; null removes it.")
    caused_by: Cause = None


class AppointmentPatchIn(RequestModel):
    """A merge patch of a booked appointment: what is left out stays as it is, and null removes the reason."""

    doctor_id: UUID = Field(default_factory=left_out)
    date: Start = Field(default_factory=left_out)
    duration_minutes: Duration = Field(default_factory=left_out)
    reason: FreeText | None = None
    caused_by: Cause = None


class CancellationIn(RequestModel):
    """Who cancels, and why. Both may be left out."""

    caused_by: Cause = None
    reason: FreeText | None = None


class ReopeningIn(RequestModel):
    """Why the end of the visit is undone."""

    reason: FreeText


class AppointmentQuery(PageRequest):
    """The parameters of the list. An appointment must match all that are given."""

    patient_id: UUID | None = Field(default=None, alias="patientId")
    doctor_id: UUID | None = Field(default=None, alias="doctorId")
    since: Moment | None = Field(default=None, alias="from", description="Appointments that start then or later.")
    until: Moment | None = Field(default=None, alias="to", description="Appointments that start before then.")
    status: list[AppointmentStatus] = Field(
        default_factory=list, description="Appointments in one of these states: `status=BOOKED&status=COMPLETED`."
    )
    sort: Literal["date", "-date"] = Field(default="date", description="The order; `-` reverses it.")


@response_model
class AppointmentOut:
    """An appointment."""

    id: UUID
    patient_id: UUID
    doctor_id: UUID
    date: datetime
    ends_at: datetime
    duration_minutes: int
    status: AppointmentStatus
    reason: str | None
    time_zone: Annotated[
        str, Field(description="The IANA time zone of the doctor's schedule, in which people read the time.")
    ]
    reschedules: Annotated[
        int, Field(description="How often the patient moved it. Moves by the clinic are not counted.")
    ]
    free_cancellation_until: Annotated[
        datetime | None,
        Field(
            description="Until when the patient can cancel for free. Later it costs the LATE_CANCELLATION fee of "
            "`/api/billing/fees`. Null when it is not BOOKED."
        ),
    ]
    cancelled_by: Annotated[CausedBy | None, Field(description="Whose doing the cancellation was.")]
    cancellation_reason: str | None
    booked_at: datetime
    updated_at: datetime
    version: int


@response_model
class ReopeningOut:
    """Why the end of a visit was undone, and by whom."""

    id: UUID
    appointment_id: UUID
    previous_status: AppointmentStatus
    reason: str
    reopened_at: datetime
    reopened_by: Annotated[UUID, Field(description="The user who undid it.")]


@response_model
class DoctorOut:
    """A doctor who can be booked."""

    id: UUID
    name: str | None


class AvailabilityQuery(RequestModel):
    """The parameters of a search for free slots. The day is one of the doctor's calendar."""

    doctor_id: UUID = Field(alias="doctorId")
    date: FullDate
    duration_minutes: Annotated[int, Field(ge=5, le=480)] = Field(default=30, alias="durationMinutes")


@response_model
class SlotOut:
    """A free slot of the requested length."""

    start: datetime
    end: datetime


@response_model
class AvailabilityOut:
    """The free slots of the day."""

    items: list[SlotOut]


class HoursIn(RequestModel):
    """A period of a day, in wall-clock time. `24:00` is the midnight at the end of the day."""

    start: WallClock
    end: WallClock

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.start >= self.end:
            raise ValueError("must end after it starts")
        return self


def _without_overlaps(hours: list[HoursIn]) -> list[HoursIn]:
    ordered = sorted(hours, key=lambda period: period.start)
    if any(later.start < earlier.end for earlier, later in pairwise(ordered)):
        raise ValueError("must not overlap")
    return ordered


DayIn = Annotated[list[HoursIn], Field(max_length=MAX_HOURS), AfterValidator(_without_overlaps)]


class WeeklyHoursIn(RequestModel):
    """The hours of each weekday. A day without hours is closed."""

    monday: DayIn = []
    tuesday: DayIn = []
    wednesday: DayIn = []
    thursday: DayIn = []
    friday: DayIn = []
    saturday: DayIn = []
    sunday: DayIn = []


class ScheduleExceptionIn(RequestModel):
    """A date whose hours replace those of its weekday. Without hours it is closed."""

    date: FullDate
    hours: DayIn


def _distinct_dates(exceptions: list[ScheduleExceptionIn]) -> list[ScheduleExceptionIn]:
    if len({exception.date for exception in exceptions}) < len(exceptions):
        raise ValueError("must name each date once")
    return sorted(exceptions, key=lambda exception: exception.date)


class ScheduleIn(RequestModel):
    """A doctor's schedule."""

    time_zone: TimeZone
    weekly: WeeklyHoursIn
    exceptions: Annotated[
        list[ScheduleExceptionIn], Field(max_length=MAX_EXCEPTIONS), AfterValidator(_distinct_dates)
    ] = []


@response_model
class HoursOut:
    """A period of a day, in wall-clock time."""

    start: str
    end: str


@response_model
class ScheduleExceptionOut:
    """A date whose hours replace those of its weekday."""

    date: CalendarDay
    hours: list[HoursOut]


@response_model
class ScheduleOut:
    """The schedule that applies to a doctor. Version 0 is the clinic's hours."""

    doctor_id: UUID
    time_zone: str
    weekly: dict[str, list[HoursOut]]
    exceptions: list[ScheduleExceptionOut]
    version: int
