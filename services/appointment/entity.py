"""Tables of the appointment service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.appointment.schedule import Interval
from services.common import database


class Base(DeclarativeBase):
    type_annotation_map = database.COLUMN_TYPES


class Appointment(Base):
    """A visit of a patient to a doctor. Only a BOOKED one holds its time."""

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
    moved_late: Mapped[bool]  # inside the cancellation window: to cancel it is late however far ahead it is now
    booked_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    remind_at: Mapped[datetime | None]
    version: Mapped[int]


class Doctor(Base):
    """What is known of a doctor here, copied from the events of `pms.user.v1`."""

    __tablename__ = "doctor"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    active: Mapped[bool]


class DoctorSchedule(Base):
    """A doctor's own hours; who has none follows the clinic's."""

    __tablename__ = "schedule"

    doctor_id: Mapped[UUID] = mapped_column(primary_key=True)
    time_zone: Mapped[str]
    weekly: Mapped[dict[str, Any]]
    exceptions: Mapped[dict[str, Any]]
    version: Mapped[int]
    updated_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Visit:
    """What a person asks for: which doctor (None: the same as before), when, and what for."""

    doctor_id: UUID | None
    time: Interval
    duration_minutes: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """What the patient service tells of a patient."""

    id: UUID
    owner_user_id: UUID | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which appointments to list; everything given must hold."""

    patient_id: UUID | None = None
    doctor_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: str | None = None
