"""Events of the appointment service, on `pms.appointment.v1`. The reason for a visit stays in that service."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from services.contracts import topics
from services.contracts.events.base import EventData, UtcDatetime


class AppointmentStatus(StrEnum):
    """Where an appointment is in its life; only BOOKED holds its slot."""

    BOOKED = "BOOKED"
    CANCELLED = "CANCELLED"
    COMPLETED = "COMPLETED"
    NO_SHOW = "NO_SHOW"


class _AppointmentEvent(EventData):
    TOPIC: ClassVar[topics.Topic] = topics.APPOINTMENT
    SOURCE: ClassVar[str] = "/pms/appointment"
    SUBJECT_FIELD: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    patient_id: UUID
    doctor_id: UUID
    doctor_name: str | None = None
    date: UtcDatetime = Field(description="When it starts.")
    duration_minutes: int = Field(ge=1)
    time_zone: str = Field(description="IANA zone of the doctor's schedule, to show the hour to people.")
    status: AppointmentStatus


class AppointmentBooked(_AppointmentEvent):
    """A slot was taken."""

    TYPE: ClassVar[str] = "appointment.booked"

    booked_at: UtcDatetime


class AppointmentRescheduled(_AppointmentEvent):
    """It was moved to another time or doctor."""

    TYPE: ClassVar[str] = "appointment.rescheduled"

    previous_date: UtcDatetime
    rescheduled_at: UtcDatetime


class AppointmentCancelled(_AppointmentEvent):
    """It was called off; `late` when inside the cancellation window, which costs a fee."""

    TYPE: ClassVar[str] = "appointment.cancelled"

    late: bool
    cancelled_at: UtcDatetime


class AppointmentCompleted(_AppointmentEvent):
    """The visit took place, which raises an invoice."""

    TYPE: ClassVar[str] = "appointment.completed"

    completed_at: UtcDatetime


class AppointmentNoShow(_AppointmentEvent):
    """The patient did not come, which costs a fee."""

    TYPE: ClassVar[str] = "appointment.no_show"

    recorded_at: UtcDatetime


class AppointmentReminderDue(_AppointmentEvent):
    """The day before the visit: time to remind the patient."""

    TYPE: ClassVar[str] = "appointment.reminder_due"

    due_at: UtcDatetime
