"""Events of the patient service, on `pms.patient.v1`.

Neither date of birth nor postal address: no consumer needs them (data minimisation, GDPR article 5(1)(c)).
"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from services.contracts import topics
from services.contracts.events.base import EventData, UtcDatetime


class _PatientEvent(EventData):
    TOPIC: ClassVar[topics.Topic] = topics.PATIENT
    SOURCE: ClassVar[str] = "/pms/patient"
    SUBJECT_FIELD: ClassVar[str] = "patient_id"

    patient_id: UUID


class _PatientSnapshot(_PatientEvent):
    name: str
    email: str
    phone: str | None = None
    owner_user_id: UUID | None = None


class PatientRegistered(_PatientSnapshot):
    """A patient's record was made."""

    TYPE: ClassVar[str] = "patient.registered"

    registered_at: UtcDatetime


class PatientUpdated(_PatientSnapshot):
    """A patient's record was replaced; `changed` names the attributes that differ, not their values."""

    TYPE: ClassVar[str] = "patient.updated"

    changed: tuple[str, ...]
    updated_at: UtcDatetime


class PatientDeleted(_PatientEvent):
    """A patient's record was withdrawn (soft delete)."""

    TYPE: ClassVar[str] = "patient.deleted"

    deleted_at: UtcDatetime
