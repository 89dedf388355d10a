"""The tables and value objects of the patient service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import FetchedValue, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.common import database


class Base(DeclarativeBase):
    type_annotation_map = database.COLUMN_TYPES


@dataclass(frozen=True, slots=True)
class PatientDetails:
    """The part of a record that people write; the rest is set by the service."""

    name: str
    email: str
    dob: date
    phone: str | None = None
    address: str | None = None


DETAILS = tuple(field.name for field in fields(PatientDetails))


class Patient(Base):
    """A patient's record. A deleted record stays in the table, but is not found."""

    __tablename__ = "patient"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    dob: Mapped[date]
    registered_at: Mapped[datetime]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    name_key: Mapped[str]
    later_names: Mapped[str | None] = mapped_column(FetchedValue(), server_onupdate=FetchedValue(), deferred=True)
    owner_user_id: Mapped[UUID | None]
    version: Mapped[int]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    @property
    def details(self) -> PatientDetails:
        """The part of the record that PUT replaces."""
        return PatientDetails(**{name: getattr(self, name) for name in DETAILS})


class ChangeKind(StrEnum):
    """What created a version of a record."""

    REGISTERED = "REGISTERED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"


class PatientChange(Base):
    """One version of a record: who made it, when, and the values before and after."""

    __tablename__ = "patient_change"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID]
    changes: Mapped[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PatientFilter:
    """Which records to list, and in which order. A record must match all fields that are given.

    `q` tolerates typing errors, `name` is a prefix, `email` and `dob` are exact.
    """

    q: str | None = None
    name: str | None = None
    email: str | None = None
    dob: date | None = None
    sort: str | None = None


@dataclass(frozen=True, slots=True)
class RegisteredPatient:
    """A new record, and the ids of records that may be of the same person."""

    patient: Patient
    likely_duplicates: Sequence[UUID]
