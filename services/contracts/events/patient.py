"""Events of the patient service, on `pms.patient.v1`.

They contain neither date of birth nor postal address, because no consumer needs them (GDPR article 5(1)(c)).
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
    """A patient's record was created."""

    TYPE: ClassVar[str] = "patient.registered"

    registered_at: UtcDatetime


class PatientUpdated(_PatientSnapshot):
    """A patient's record was changed. `changed` names the attributes that differ, not their values."""

    TYPE: ClassVar[str] = "patient.updated"

    changed: tuple[str, ...]
    updated_at: UtcDatetime


class PatientDeleted(_PatientEvent):
    """A patient's record was deleted. It is marked as deleted and no longer found."""

    TYPE: ClassVar[str] = "patient.deleted"

    deleted_at: UtcDatetime
