"""The tables and value objects of the appointment service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.appointment.schedule import Interval, Schedule
from services.common.sql import table_of
from services.contracts.events import CausedBy


@dataclass(slots=True)
class Appointment:
    """A patient's appointment with a doctor. Only a BOOKED one occupies its time.

    `reschedules` counts the patient's own moves. `free_until` is null for an appointment that was written before there
    was such a time. `remind_at` is null when no reminder is to be sent.
    """

    id: UUID
    patient_id: UUID
    doctor_id: UUID
    date: datetime
    ends_at: datetime
    duration_minutes: int
    status: str
    reason: str | None
    time_zone: str
    patient_owner_id: UUID | None
    reschedules: int
    booked_at: datetime
    updated_at: datetime
    remind_at: datetime | None
    version: int
    free_until: datetime | None
    cancelled_by: str | None = None
    cancellation_reason: str | None = None

    @property
    def time(self) -> Interval:
        """The time from the start to the end."""
        return Interval(self.date, self.ends_at)

    @property
    def free_cancellation_until(self) -> datetime:
        """Until when the patient can cancel for free."""
        return self.free_until or self.date


@dataclass(slots=True)
class Doctor:
    """A user who has, or had, the role DOCTOR. It is copied from the events of `pms.user.v1`."""

    id: UUID
    name: str | None
    active: bool


@dataclass(slots=True)
class DoctorSchedule:
    """A doctor's own schedule. A doctor without one has the clinic's hours."""

    doctor_id: UUID
    time_zone: str
    weekly: dict[str, Any]
    exceptions: dict[str, Any]
    version: int
    updated_at: datetime


@dataclass(slots=True)
class DeletedPatient:
    """A patient whose record was deleted. Nothing is booked for them any more."""

    id: UUID


@dataclass(slots=True)
class Reopening:
    """Why the end of a visit, `previous_status`, was undone, and by whom."""

    id: UUID
    appointment_id: UUID
    previous_status: str
    reason: str
    reopened_at: datetime
    reopened_by: UUID


@dataclass(frozen=True, slots=True)
class AppointmentDetails:
    """The part of an appointment that people write."""

    doctor_id: UUID
    time: Interval
    duration_minutes: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AppointmentChange:
    """A change of a booked appointment. What is None stays as it is, and so does the reason with `keeps_reason`.

    `patient_id` is checked only. `caused_by` is what the caller says.
    """

    start: datetime | None = None
    patient_id: UUID | None = None
    doctor_id: UUID | None = None
    duration_minutes: int | None = None
    reason: str | None = None
    keeps_reason: bool = True
    caused_by: CausedBy | None = None

    def details_of(self, appointment: Appointment) -> AppointmentDetails:
        """Returns the details of the appointment after the change."""
        start, minutes = self.start or appointment.date, self.duration_minutes or appointment.duration_minutes
        return AppointmentDetails(
            self.doctor_id or appointment.doctor_id,
            Interval(start, start + timedelta(minutes=minutes)),
            minutes,
            appointment.reason if self.keeps_reason else self.reason,
        )


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What a caller says about a cancellation: whose doing it is, and why."""

    caused_by: CausedBy | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AppointmentFilter:
    """Which appointments to list, and in which order. An appointment must match all fields that are given."""

    patient_id: UUID | None = None
    doctor_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    statuses: tuple[str, ...] = ()
    latest_first: bool = False


@dataclass(frozen=True, slots=True)
class Obstacles:
    """The reasons why a time cannot be booked."""

    patient_deleted: bool
    doctor_busy: bool
    patient_busy: bool


@dataclass(frozen=True, slots=True)
class ScheduledDoctor:
    """A doctor, and their own schedule if they have one."""

    doctor: Doctor
    own: DoctorSchedule | None


@dataclass(frozen=True, slots=True)
class VersionedSchedule:
    """The schedule that applies to a doctor. Version 0 is the clinic's hours."""

    doctor_id: UUID
    schedule: Schedule
    version: int


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient, as the patient service describes them."""

    id: UUID
    owner_user_id: UUID | None


APPOINTMENT = table_of(Appointment, "appointment")
DOCTOR = table_of(Doctor, "doctor")
SCHEDULE = table_of(DoctorSchedule, "schedule", key=("doctor_id",))
REOPENING = table_of(Reopening, "reopening")
DELETED_PATIENT = table_of(DeletedPatient, "deleted_patient")
