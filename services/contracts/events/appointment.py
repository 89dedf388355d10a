"""Events of the appointment service, on `pms.appointment.v1`. They do not contain the reason for the visit."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from services.contracts import topics
from services.contracts.events.base import EventData, UtcDatetime


class AppointmentStatus(StrEnum):
    """The state of an appointment. Only a BOOKED one occupies its slot."""

    BOOKED = "BOOKED"
    CANCELLED = "CANCELLED"
    COMPLETED = "COMPLETED"
    NO_SHOW = "NO_SHOW"


class CausedBy(StrEnum):
    """Whose doing a change of an appointment is. Only the patient's own late cancellations cost a fee."""

    PATIENT = "PATIENT"
    CLINIC = "CLINIC"


class _AppointmentEvent(EventData):
    TOPIC: ClassVar[topics.Topic] = topics.APPOINTMENT
    SOURCE: ClassVar[str] = "/pms/appointment"
    SUBJECT_FIELD: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    patient_id: UUID
    doctor_id: UUID
    doctor_name: str | None = None
    date: UtcDatetime = Field(description="The start of the appointment.")
    duration_minutes: int = Field(ge=1)
    time_zone: str = Field(description="The IANA time zone of the doctor's schedule, in which people read the time.")
    status: AppointmentStatus


class AppointmentBooked(_AppointmentEvent):
    """An appointment was booked."""

    TYPE: ClassVar[str] = "appointment.booked"

    booked_at: UtcDatetime


class AppointmentRescheduled(_AppointmentEvent):
    """An appointment was moved to another time or doctor."""

    TYPE: ClassVar[str] = "appointment.rescheduled"

    previous_date: UtcDatetime
    rescheduled_at: UtcDatetime
    caused_by: CausedBy | None = Field(default=None, description="Whose doing it is; null in events of older versions.")


class AppointmentCancelled(_AppointmentEvent):
    """An appointment was cancelled. A `late` one costs a fee: the patient cancelled when it was not free any more."""

    TYPE: ClassVar[str] = "appointment.cancelled"

    late: bool
    cancelled_at: UtcDatetime
    caused_by: CausedBy | None = Field(default=None, description="Whose doing it is; null in events of older versions.")


class AppointmentCompleted(_AppointmentEvent):
    """The visit took place. An invoice follows."""

    TYPE: ClassVar[str] = "appointment.completed"

    completed_at: UtcDatetime


class AppointmentNoShow(_AppointmentEvent):
    """The patient did not come. This costs a fee."""

    TYPE: ClassVar[str] = "appointment.no_show"

    recorded_at: UtcDatetime


class AppointmentReopened(_AppointmentEvent):
    """The end of a visit was recorded by mistake: it is BOOKED again, and what it cost is taken back."""

    TYPE: ClassVar[str] = "appointment.reopened"

    previous_status: AppointmentStatus = Field(description="COMPLETED or NO_SHOW.")
    reopened_at: UtcDatetime


class AppointmentReminderDue(_AppointmentEvent):
    """It is time to remind the patient, by default a day before the visit."""

    TYPE: ClassVar[str] = "appointment.reminder_due"

    due_at: UtcDatetime
