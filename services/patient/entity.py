"""Tables of the patient service."""

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
    """What a person writes into a record; the rest is the system's."""

    name: str
    email: str
    dob: date
    phone: str | None = None
    address: str | None = None


DETAILS = tuple(field.name for field in fields(PatientDetails))


class Patient(Base):
    """A patient's record. A deleted one stays, but nobody finds it."""

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
        """The part that PUT replaces."""
        return PatientDetails(**{name: getattr(self, name) for name in DETAILS})


class ChangeKind(StrEnum):
    """What a version of a record came about by."""

    REGISTERED = "REGISTERED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"


class PatientChange(Base):
    """One version of a record: who made it, when, and each detail's value before and after."""

    __tablename__ = "patient_change"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID]
    changes: Mapped[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Criteria:
    """What to find; everything given must hold. `q` is forgiving, the others are exact or prefixes."""

    q: str | None = None
    name: str | None = None
    email: str | None = None
    dob: date | None = None
    sort: str | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """A new record, and others that may be of the same person."""

    patient: Patient
    same_person: Sequence[UUID]
