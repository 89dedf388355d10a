"""Between the patient service's tables, its API, its events and its gRPC messages. Pure."""

from __future__ import annotations

from typing import Any

from services.contracts.events import PatientDeleted, PatientRegistered, PatientUpdated
from services.contracts.proto import patient_v1_pb2
from services.patient.dto import (
    LikelyDuplicate,
    PatientChangeOut,
    PatientIn,
    PatientOut,
    PatientQuery,
    RegisteredPatientOut,
)
from services.patient.entity import Criteria, Patient, PatientChange, PatientDetails, Registration


def details(body: PatientIn) -> PatientDetails:
    """The details that a request gives."""
    return PatientDetails(name=body.name, email=body.email, dob=body.dob, phone=body.phone, address=body.address)


def criteria(query: PatientQuery) -> Criteria:
    """The search that a list's parameters ask for."""
    return Criteria(q=query.q, name=query.name, email=query.email, dob=query.dob, sort=query.sort)


def patient_out(patient: Any) -> PatientOut:
    """A record, or a row of a search with the same columns."""
    return PatientOut.model_validate(patient)


def registered_out(registration: Registration) -> RegisteredPatientOut:
    """A new record with its warnings."""
    same = list(registration.same_person)
    warnings = [LikelyDuplicate(patient_ids=same)] if same else []
    return RegisteredPatientOut(**patient_out(registration.patient).model_dump(), warnings=warnings)


def change_out(change: PatientChange) -> PatientChangeOut:
    """An entry of a record's history."""
    return PatientChangeOut.model_validate(change)


def registered_event(patient: Patient) -> PatientRegistered:
    """What the other services are told of a new record."""
    return PatientRegistered(**_told(patient), registered_at=patient.registered_at)


def updated_event(patient: Patient, changed: tuple[str, ...]) -> PatientUpdated:
    """What they are told of a changed one."""
    return PatientUpdated(**_told(patient), changed=changed, updated_at=patient.updated_at)


def deleted_event(patient: Patient) -> PatientDeleted:
    """What they are told of a deleted one."""
    assert patient.deleted_at is not None
    return PatientDeleted(patient_id=patient.id, version=patient.version, deleted_at=patient.deleted_at)


def _told(patient: Patient) -> dict[str, Any]:
    return {
        "patient_id": patient.id,
        "name": patient.name,
        "email": patient.email,
        "phone": patient.phone,
        "owner_user_id": patient.owner_user_id,
        "version": patient.version,
    }


def message(patient: Patient) -> patient_v1_pb2.Patient:
    """The record as a gRPC message."""
    made = patient_v1_pb2.Patient(
        id=str(patient.id),
        name=patient.name,
        email=patient.email,
        date_of_birth=patient.dob.isoformat(),
        phone=patient.phone,
        owner_user_id=str(patient.owner_user_id) if patient.owner_user_id else None,
        version=patient.version,
    )
    made.registered_at.FromDatetime(patient.registered_at)
    return made
