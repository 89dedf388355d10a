"""The tables and value objects of the appointment service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.appointment.schedule import Interval, Schedule
from services.common import database


class Base(DeclarativeBase):
    type_annotation_map = database.COLUMN_TYPES


class Appointment(Base):
    """A patient's appointment with a doctor. Only a BOOKED one occupies its time.

    `moved_late` says that it was moved inside the cancellation window: cancelling it is then late, however far ahead
    the new time is. `remind_at` is null when no reminder is to be sent.
    """

    __tablename__ = "appointment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID]
    doctor_id: Mapped[UUID]
    date: Mapped[datetime]
    ends_at: Mapped[datetime]
    duration_minutes: Mapped[int]
    status: Mapped[str]
    reason: Mapped[str | None]
    time_zone: Mapped[str]
    patient_owner_id: Mapped[UUID | None]
    reschedules: Mapped[int]
    moved_late: Mapped[bool]
    booked_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    remind_at: Mapped[datetime | None]
    version: Mapped[int]

    @property
    def time(self) -> Interval:
        """The time from the start to the end."""
        return Interval(self.date, self.ends_at)


class Doctor(Base):
    """A user who has, or had, the role DOCTOR. It is copied from the events of `pms.user.v1`."""

    __tablename__ = "doctor"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    active: Mapped[bool]


class DoctorSchedule(Base):
    """A doctor's own schedule. A doctor without one has the clinic's hours."""

    __tablename__ = "schedule"

    doctor_id: Mapped[UUID] = mapped_column(primary_key=True)
    time_zone: Mapped[str]
    weekly: Mapped[dict[str, Any]]
    exceptions: Mapped[dict[str, Any]]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class DeletedPatient(Base):
    """A patient whose record was deleted. Nothing is booked for them any more."""

    __tablename__ = "deleted_patient"

    id: Mapped[UUID] = mapped_column(primary_key=True)


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
