"""The use cases of patients' records and their rules."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NoReturn
from uuid import UUID

from services.common.clock import utc_now
from services.common.database import Duplicate
from services.common.errors import Conflict
from services.common.etags import Condition
from services.common.identifiers import uuid7
from services.common.paging import PageRequest, Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.roles import Role
from services.patient import mapper
from services.patient.entity import (
    DETAILS,
    ChangeKind,
    Patient,
    PatientChange,
    PatientDetails,
    PatientFilter,
    RegisteredPatient,
)
from services.patient.grpc_clients import BillingClient
from services.patient.names import folded
from services.patient.repository import EMAIL_TAKEN, OWNER_HAS_RECORD, PatientRepository

RESOURCE = "patient"
READERS, WRITERS = (Role.ADMIN, Role.STAFF, Role.DOCTOR), (Role.ADMIN, Role.STAFF)


class PatientService:
    """Patients' records, for one caller in one transaction."""

    def __init__(
        self, principal: Principal, uow: UnitOfWork, patients: PatientRepository, billing: BillingClient
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._patients = patients
        self._billing = billing
        # Two limits: a doctor who is also a patient reads all records, but writes only their own.
        self._read_owner, self._write_owner = principal.owner_limit(*READERS), principal.owner_limit(*WRITERS)

    async def register(self, details: PatientDetails) -> RegisteredPatient:
        """Creates a record; a PATIENT becomes its owner. Raises Conflict when e-mail address or owner have a record."""
        now = utc_now()
        patient = Patient(
            id=uuid7(), registered_at=now, updated_at=now, owner_user_id=self._write_owner, version=1, deleted_at=None
        )
        self._assign(patient, details)
        await self._save(patient, ChangeKind.REGISTERED, _differences(None, details))
        # Only callers who may read all records learn which other records may be of the same person.
        duplicates = [] if self._read_owner else await self._patients.likely_duplicates(patient)
        self._uow.publish(mapper.patient_registered_event(patient))
        self._uow.record("create", RESOURCE, patient.id, patient_id=patient.id)
        self._uow.after_commit(partial(self._billing.open_account, patient.id, patient.owner_user_id))
        return RegisteredPatient(patient, duplicates)

    async def get(self, id: UUID) -> Patient:
        """Returns the record. Raises NotFound."""
        patient = await self._patients.get(id, self._read_owner)
        if patient is None:
            await self._not_found("read", id, self._read_owner)
        self._uow.record("read", RESOURCE, id, patient_id=id)
        return patient

    async def get_many(self, ids: Sequence[UUID]) -> Sequence[Patient]:
        """Returns those of the records that exist and that the caller may read."""
        patients = await self._patients.get_many(ids, self._read_owner)
        self._record_many("read", patients)
        return patients

    async def list(self, filter: PatientFilter, page: PageRequest) -> Slice[Any]:
        """Returns one page of the records that the caller may read."""
        found = await self._patients.page(filter, self._read_owner, page)
        self._record_many("list", found.items)
        return found

    async def history(self, id: UUID, page: PageRequest) -> Slice[PatientChange]:
        """Returns one page of the record's versions, newest first. Raises NotFound."""
        if await self._patients.get(id, self._read_owner) is None:
            await self._not_found("read-history", id, self._read_owner)
        self._uow.record("read-history", RESOURCE, id, patient_id=id)
        return await self._patients.history(id, page)

    async def replace(self, id: UUID, details: PatientDetails, condition: Condition) -> Patient:
        """Replaces the details; equal details change nothing. Raises NotFound, PreconditionFailed and Conflict."""
        patient = await self._get_for_update("update", id, condition)
        differences = _differences(patient.details, details)
        if not differences:
            return patient
        # Looked up before the write: two records that take each other's address would wait for each other in a circle
        # at the unique index. It still decides when two records take the same free address.
        if "email" in differences and await self._patients.email_taken(details.email):
            raise _conflict(Duplicate(EMAIL_TAKEN))
        self._assign(patient, details)
        self._next_version(patient)
        await self._save(patient, ChangeKind.UPDATED, differences)
        self._uow.publish(mapper.patient_updated_event(patient, tuple(differences)))
        self._uow.record("update", RESOURCE, id, patient_id=id)
        return patient

    async def delete(self, id: UUID, condition: Condition) -> None:
        """Marks the record as deleted, so that nobody finds it. Raises NotFound and PreconditionFailed."""
        patient = await self._get_for_update("delete", id, condition)
        self._next_version(patient)
        patient.deleted_at = patient.updated_at
        await self._save(patient, ChangeKind.DELETED, {})
        self._uow.publish(mapper.patient_deleted_event(patient))
        self._uow.record("delete", RESOURCE, id, patient_id=id)

    async def _get_for_update(self, action: str, id: UUID, condition: Condition) -> Patient:
        patient = await self._patients.get_for_update(id, self._write_owner)
        if patient is None:
            await self._not_found(action, id, self._write_owner)
        condition.check(patient.version)
        return patient

    async def _not_found(self, action: str, id: UUID, owner: UUID | None) -> NoReturn:
        hidden = owner is not None and await self._patients.exists(id)
        await self._uow.not_found(action, RESOURCE, id if hidden else None, patient_id=id)

    async def _save(self, patient: Patient, kind: ChangeKind, differences: dict[str, Any]) -> None:
        change = PatientChange(
            patient_id=patient.id,
            version=patient.version,
            kind=kind.value,
            changed_at=patient.updated_at,
            changed_by=self._principal.subject,
            changes=differences,
        )
        try:
            await self._patients.save(patient, change)
        except Duplicate as duplicate:
            raise _conflict(duplicate) from duplicate

    def _assign(self, patient: Patient, details: PatientDetails) -> None:
        for name in DETAILS:
            setattr(patient, name, getattr(details, name))
        patient.name_key = folded(details.name)

    def _next_version(self, patient: Patient) -> None:
        patient.version += 1
        patient.updated_at = utc_now()

    def _record_many(self, action: str, patients: Sequence[Any]) -> None:
        """Writes one audit record for all: one for each would cost more than the list itself."""
        self._uow.record(action, RESOURCE, patient_ids=[patient.id for patient in patients])


def _differences(before: PatientDetails | None, after: PatientDetails) -> dict[str, Any]:
    """Returns the values before and after of each detail that differs, as the history stores them."""
    differences = {}
    for name in DETAILS:
        old, new = getattr(before, name, None), getattr(after, name)
        if old != new:
            differences[name] = {"from": _plain(old), "to": _plain(new)}
    return differences


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def _conflict(duplicate: Duplicate) -> Exception:
    if duplicate.constraint == EMAIL_TAKEN:
        return Conflict("duplicate-email", "Another patient has this e-mail address.")
    if duplicate.constraint == OWNER_HAS_RECORD:
        return Conflict("already-registered", "You already have a patient's record.")
    return duplicate
