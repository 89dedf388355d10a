"""The tables and value objects of the patient service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.common.sql import table_of


@dataclass(frozen=True, slots=True)
class PatientDetails:
    """The part of a record that people write; the rest is set by the service.

    `phone` is the number in the form of E.164, and `phone_as_typed` what was written. Before the service has looked at
    it, `phone` is what was written.
    """

    name: str
    email: str
    dob: date
    phone: str | None = None
    address: str | None = None
    phone_as_typed: str | None = None


DETAILS = tuple(field.name for field in fields(PatientDetails))


@dataclass(slots=True)
class Patient:
    """A patient's record. A deleted record stays in the table, but is not found."""

    id: UUID
    name: str
    email: str
    dob: date
    registered_at: datetime
    phone: str | None
    address: str | None
    name_key: str
    owner_user_id: UUID | None
    version: int
    updated_at: datetime
    deleted_at: datetime | None
    phone_as_typed: str | None

    @property
    def details(self) -> PatientDetails:
        """The part of the record that PUT replaces."""
        return PatientDetails(**{name: getattr(self, name) for name in DETAILS})


class ChangeKind(StrEnum):
    """What created a version of a record."""

    REGISTERED = "REGISTERED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"


@dataclass(slots=True)
class PatientChange:
    """One version of a record: who made it, when, and the values before and after."""

    patient_id: UUID
    version: int
    kind: str
    changed_at: datetime
    changed_by: UUID
    changes: dict[str, Any]


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


@dataclass(frozen=True, slots=True)
class OpenAppointment:
    """A booked appointment, as the appointment service describes it."""

    id: UUID
    date: datetime


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice on which something is due, as the billing service describes it. The amount is in minor units.

    It is below zero when the clinic is to refund it.
    """

    id: UUID
    currency: str
    due_minor: int


PATIENT = table_of(Patient, "patient")
PATIENT_CHANGE = table_of(PatientChange, "patient_change", key=("patient_id", "version"))
