"""The rules of patients' records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn
from uuid import UUID

from services.common.clock import utc_now
from services.common.errors import Conflict, NotFound
from services.common.etags import Condition
from services.common.identifiers import uuid7
from services.common.paging import PageRequest, Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import Denied, UnitOfWork
from services.contracts.roles import Role
from services.patient import mapper
from services.patient.entity import (
    DETAILS,
    ChangeKind,
    Criteria,
    Patient,
    PatientChange,
    PatientDetails,
    Registration,
)
from services.patient.names import folded
from services.patient.repository import EMAIL_TAKEN, OWNER_HAS_RECORD, Duplicate, PatientRepository
from services.patient.search import PatientSearch

RESOURCE = "patient"
READERS, WRITERS = (Role.ADMIN, Role.STAFF, Role.DOCTOR), (Role.ADMIN, Role.STAFF)


def limit_of(principal: Principal, roles: Sequence[Role]) -> UUID | None:
    """Whose records the caller is limited to: with one of the roles to nobody's (None), else to their own."""
    return None if principal.has(*roles) else principal.subject


class PatientService:
    """What one caller does to patients' records, in one transaction."""

    def __init__(
        self,
        principal: Principal,
        work: UnitOfWork,
        patients: PatientRepository,
        search: PatientSearch,
        denied: Denied,
    ) -> None:
        self._principal = principal
        # Two limits: a doctor reads everybody's records, but, being a patient too, writes their own.
        self._read_limit, self._write_limit = limit_of(principal, READERS), limit_of(principal, WRITERS)
        self._work = work
        self._patients = patients
        self._search = search
        self._denied = denied

    async def register(self, details: PatientDetails) -> Registration:
        """Makes a record; a patient's own belongs to them. Raises Conflict when the e-mail address or owner has one."""
        now = utc_now()
        patient = Patient(
            id=uuid7(), registered_at=now, updated_at=now, owner_user_id=self._write_limit, version=1, deleted_at=None
        )
        self._assign(patient, details)
        await self._save(patient, ChangeKind.REGISTERED, _differences(None, details))
        # Whose else's record it may be is told to those only who could look it up.
        same_person = [] if self._read_limit else await self._patients.same_person(patient)
        self._work.publish(mapper.registered_event(patient))
        self._work.record("create", RESOURCE, patient.id, patient_id=patient.id)
        return Registration(patient, same_person)

    async def get(self, id: UUID) -> Patient:
        """The record. Raises NotFound."""
        patient = await self._patients.get(id, self._read_limit)
        if patient is None:
            await self._miss("read", id, self._read_limit)
        self._work.record("read", RESOURCE, id, patient_id=id)
        return patient

    async def get_many(self, ids: Sequence[UUID]) -> Sequence[Patient]:
        """Those of the records that the caller may see."""
        patients = await self._patients.get_many(ids, self._read_limit)
        self._record_many("read", patients)
        return patients

    async def list(self, criteria: Criteria, page: PageRequest) -> Slice[Any]:
        """One page of the records that the caller may see."""
        found = await self._search.find(criteria, self._read_limit, page)
        self._record_many("list", found.items)
        return found

    async def history(self, id: UUID, page: PageRequest) -> Slice[PatientChange]:
        """The record's versions, newest first. Raises NotFound."""
        if await self._patients.get(id, self._read_limit) is None:
            await self._miss("read-history", id, self._read_limit)
        self._work.record("read-history", RESOURCE, id, patient_id=id)
        return await self._patients.history(id, page)

    async def replace(self, id: UUID, details: PatientDetails, condition: Condition) -> Patient:
        """Writes other details. Without a difference nothing happens. Raises NotFound, PreconditionFailed, Conflict."""
        patient = await self._locked("update", id, condition)
        differences = _differences(patient.details, details)
        if not differences:
            return patient
        self._assign(patient, details)
        self._next_version(patient)
        await self._save(patient, ChangeKind.UPDATED, differences)
        self._work.publish(mapper.updated_event(patient, tuple(differences)))
        self._work.record("update", RESOURCE, id, patient_id=id)
        return patient

    async def delete(self, id: UUID, condition: Condition) -> None:
        """Hides the record from everybody. Raises NotFound, PreconditionFailed."""
        patient = await self._locked("delete", id, condition)
        self._next_version(patient)
        patient.deleted_at = patient.updated_at
        await self._save(patient, ChangeKind.DELETED, {})
        self._work.publish(mapper.deleted_event(patient))
        self._work.record("delete", RESOURCE, id, patient_id=id)

    async def _locked(self, action: str, id: UUID, condition: Condition) -> Patient:
        patient = await self._patients.get_locked(id, self._write_limit)
        if patient is None:
            await self._miss(action, id, self._write_limit)
        condition.check(patient.version)
        return patient

    async def _miss(self, action: str, id: UUID, limit: UUID | None) -> NoReturn:
        """Always raises NotFound; that somebody's record was asked for by another is put on record first."""
        denied = limit is not None and await self._patients.exists(id)
        if denied:
            await self._work.release()
            await self._denied(action, RESOURCE, id, patient_id=id)
        raise NotFound(RESOURCE)

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
        """One entry for an answer with many records: an entry a record would cost more than the list."""
        self._work.record(action, RESOURCE, patient_ids=[patient.id for patient in patients])


def _differences(before: PatientDetails | None, after: PatientDetails) -> dict[str, Any]:
    """Detail -> its value before and after, as the history keeps it."""
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
        return Conflict("already-registered", "You have a patient's record already.")
    return duplicate
