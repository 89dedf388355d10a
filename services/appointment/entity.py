"""The tables and value objects of the appointment service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.appointment.schedule import Interval, Schedule
from services.common.sql import table_of


@dataclass(slots=True)
class Appointment:
    """A patient's appointment with a doctor. Only a BOOKED one occupies its time.

    `moved_late` says that it was moved inside the cancellation window: cancelling it is then late, however far ahead
    the new time is. `remind_at` is null when no reminder is to be sent.
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
    moved_late: bool
    booked_at: datetime
    updated_at: datetime
    remind_at: datetime | None
    version: int

    @property
    def time(self) -> Interval:
        """The time from the start to the end."""
        return Interval(self.date, self.ends_at)


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


@dataclass(frozen=True, slots=True)
class AppointmentDetails:
    """The part of an appointment that people write. In a change, `doctor_id` None keeps the doctor."""

    doctor_id: UUID | None
    time: Interval
    duration_minutes: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AppointmentFilter:
    """Which appointments to list. An appointment must match all fields that are given."""

    patient_id: UUID | None = None
    doctor_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: str | None = None


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
DELETED_PATIENT = table_of(DeletedPatient, "deleted_patient")
