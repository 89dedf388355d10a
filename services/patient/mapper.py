"""Converts between requests, entities, responses, events and gRPC messages. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC
from operator import attrgetter
from typing import Any
from uuid import UUID

from services.contracts.events import PatientDeleted, PatientRegistered, PatientUpdated
from services.contracts.proto import appointment_v1_pb2, billing_v1_pb2, patient_v1_pb2
from services.patient.dto import (
    LikelyDuplicateOut,
    PatientChangeOut,
    PatientIn,
    PatientOut,
    PatientPatchIn,
    PatientQuery,
    RegisteredPatientOut,
)
from services.patient.entity import (
    ChangeKind,
    OpenAppointment,
    OpenInvoice,
    Patient,
    PatientChange,
    PatientDetails,
    PatientFilter,
    RegisteredPatient,
)


def patient_details_from(body: PatientIn) -> PatientDetails:
    """Returns the details in a request."""
    return PatientDetails(name=body.name, email=body.email, dob=body.dob, phone=body.phone, address=body.address)


def patient_patch_from(body: PatientPatchIn) -> Mapping[str, Any]:
    """Returns the details that a patch gives, by their names."""
    return body.model_dump(exclude_unset=True)


def patient_filter(query: PatientQuery) -> PatientFilter:
    """Returns the filter in a list's parameters."""
    return PatientFilter(q=query.q, name=query.name, email=query.email, dob=query.dob, sort=query.sort)


def patient_out(patient: Patient) -> PatientOut:
    """Returns the response for a record."""
    return PatientOut(*_fields(patient))


def registered_patient_out(registered: RegisteredPatient) -> RegisteredPatientOut:
    """Returns the response for a new record, with its warnings."""
    duplicates = list(registered.likely_duplicates)
    warnings = [LikelyDuplicateOut(patient_ids=duplicates)] if duplicates else []
    return RegisteredPatientOut(*_fields(registered.patient), *[warnings])


_fields: Any = attrgetter(*(field.name for field in fields(PatientOut)))


def patient_change_out(change: PatientChange) -> PatientChangeOut:
    """Returns the response for an entry of a record's history."""
    return PatientChangeOut(
        version=change.version,
        kind=ChangeKind(change.kind),
        changed_at=change.changed_at,
        changed_by=change.changed_by,
        changes=change.changes,
    )


def patient_registered_event(patient: Patient) -> PatientRegistered:
    """Returns the event for a new record."""
    return PatientRegistered(**_event_fields(patient), registered_at=patient.registered_at)


def patient_updated_event(patient: Patient, changed: tuple[str, ...]) -> PatientUpdated:
    """Returns the event for a changed record. `changed` names the details that differ."""
    return PatientUpdated(**_event_fields(patient), changed=changed, updated_at=patient.updated_at)


def patient_deleted_event(patient: Patient) -> PatientDeleted:
    """Returns the event for a deleted record."""
    assert patient.deleted_at is not None
    return PatientDeleted(patient_id=patient.id, version=patient.version, deleted_at=patient.deleted_at)


def _event_fields(patient: Patient) -> dict[str, Any]:
    return {
        "patient_id": patient.id,
        "name": patient.name,
        "email": patient.email,
        "phone": patient.phone,
        "owner_user_id": patient.owner_user_id,
        "version": patient.version,
    }


def patient_message(patient: Patient) -> patient_v1_pb2.Patient:
    """Returns the gRPC message of a record."""
    message = patient_v1_pb2.Patient(
        id=str(patient.id),
        name=patient.name,
        email=patient.email,
        date_of_birth=patient.dob.isoformat(),
        phone=patient.phone,
        owner_user_id=str(patient.owner_user_id) if patient.owner_user_id else None,
        version=patient.version,
    )
    message.registered_at.FromDatetime(patient.registered_at)
    return message


def open_appointment_from(message: appointment_v1_pb2.Appointment) -> OpenAppointment:
    """Returns the appointment in a gRPC message."""
    return OpenAppointment(UUID(message.id), message.date.ToDatetime(UTC))


def open_invoice_from(message: billing_v1_pb2.Invoice) -> OpenInvoice:
    """Returns the invoice in a gRPC message."""
    return OpenInvoice(UUID(message.id), message.currency, message.due_minor)


def open_matters(appointments: Sequence[OpenAppointment], invoices: Sequence[OpenInvoice]) -> dict[str, Any]:
    """Returns the members of the problem that names what keeps a record from being deleted."""
    return {
        "appointments": [{"id": str(one.id), "date": one.date.isoformat()} for one in appointments],
        "invoices": [{"id": str(one.id), "currency": one.currency, "due_minor": one.due_minor} for one in invoices],
    }
