"""The use cases of patients' records and their rules."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn
from uuid import UUID

from services.common.audit import Reading
from services.common.clock import utc_now
from services.common.errors import Conflict, Problem, Unprocessable
from services.common.etags import Condition
from services.common.identifiers import uuid7
from services.common.paging import PageRequest, Slice
from services.common.phone_numbers import e164
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
from services.patient.grpc_clients import AppointmentClient, BillingClient
from services.patient.names import folded
from services.patient.repository import EMAIL_TAKEN, OWNER_HAS_RECORD, PatientRepository

RESOURCE = "patient"
_REFUSALS: Mapping[str, Callable[[], Problem]] = {
    EMAIL_TAKEN: partial(Conflict, "duplicate-email", "Another patient has this e-mail address."),
    OWNER_HAS_RECORD: partial(Conflict, "already-registered", "You already have a patient's record."),
}
READERS, WRITERS = (Role.ADMIN, Role.STAFF, Role.DOCTOR), (Role.ADMIN, Role.STAFF)


class PatientService:
    """Patients' records, for one caller in one transaction."""

    def __init__(
        self,
        principal: Principal,
        uow: UnitOfWork,
        patients: PatientRepository,
        billing: BillingClient,
        appointments: AppointmentClient,
        phone_region: str,
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._patients = patients
        self._billing = billing
        self._appointments = appointments
        self._phone_region = phone_region
        # Two limits: a doctor who is also a patient reads all records, but writes only their own.
        self._read_owner, self._write_owner = principal.owner_limit(*READERS), principal.owner_limit(*WRITERS)
        self._sees_all = self._read_owner is None

    async def register(self, details: PatientDetails) -> RegisteredPatient:
        """Creates a record; a PATIENT becomes its owner. Raises Conflict when the owner has one.

        To callers who may read all records it also raises Conflict when the e-mail address is taken. Raises
        Unprocessable when the telephone number cannot be dialled.
        """
        now = utc_now()
        details = self._with_number(details)
        patient = Patient(
            id=uuid7(),
            name=details.name,
            email=details.email,
            dob=details.dob,
            registered_at=now,
            phone=details.phone,
            address=details.address,
            name_key=folded(details.name),
            owner_user_id=self._write_owner,
            version=1,
            updated_at=now,
            deleted_at=None,
            phone_as_typed=details.phone_as_typed,
        )
        duplicates = await self._duplicates(patient)
        self._patients.add(patient, self._entry(patient, ChangeKind.REGISTERED, _differences(None, details)))
        self._uow.refuse(_REFUSALS)
        self._uow.publish(mapper.patient_registered_event(patient))
        self._uow.record("create", RESOURCE, patient.id, patient_id=patient.id)
        self._uow.after_commit(partial(self._billing.open_account, patient.id, patient.owner_user_id))
        return RegisteredPatient(patient, duplicates)

    async def get(self, id: UUID) -> Patient:
        """Returns the record. Raises NotFound."""
        patient = await self._patients.get(id, self._read_owner, Reading("read", RESOURCE))
        if patient is None:
            await self._not_found("read", id, self._read_owner)
        return patient

    async def get_many(self, ids: Sequence[UUID]) -> Sequence[Patient]:
        """Returns those of the records that exist and that the caller may read."""
        return await self._patients.get_many(ids, self._read_owner, Reading("read", RESOURCE))

    async def list(self, filter: PatientFilter, page: PageRequest) -> Slice[Patient]:
        """Returns one page of the records that the caller may read."""
        return await self._patients.page(filter, self._read_owner, page, Reading("list", RESOURCE))

    async def history(self, id: UUID, page: PageRequest) -> Slice[PatientChange]:
        """Returns one page of the record's versions, newest first. Raises NotFound."""
        if await self._patients.get(id, self._read_owner) is None:
            await self._not_found("read-history", id, self._read_owner)
        self._uow.record("read-history", RESOURCE, id, patient_id=id)
        return await self._patients.history(id, page)

    async def replace(self, id: UUID, details: PatientDetails, condition: Condition) -> Patient:
        """Replaces the details; equal details change nothing. Raises NotFound, PreconditionFailed and Conflict.

        A taken e-mail address is a conflict as in `register`, and so is a number that cannot be dialled Unprocessable.
        """
        return await self._change(await self._get_for_update("update", id, condition), details)

    async def patch(self, id: UUID, changes: Mapping[str, Any], condition: Condition) -> Patient:
        """Replaces the details that `changes` names, like `replace`."""
        patient = await self._get_for_update("update", id, condition)
        if "phone" in changes:
            changes = {**changes, "phone_as_typed": None}
        return await self._change(patient, replace(patient.details, **changes))

    async def _change(self, patient: Patient, details: PatientDetails) -> Patient:
        id, details = patient.id, self._with_number(details, patient)
        differences = _differences(patient.details, details)
        if not differences:
            return patient
        # Looked up before the write: two records that take each other's address would wait for each other in a circle
        # at the unique index. It still decides when two records take the same free address.
        if "email" in differences and self._sees_all and await self._patients.email_taken(id, details.email):
            raise _REFUSALS[EMAIL_TAKEN]()
        for name in DETAILS:
            setattr(patient, name, getattr(details, name))
        patient.name_key = folded(details.name)
        self._next_version(patient)
        self._patients.change(patient, self._entry(patient, ChangeKind.UPDATED, differences))
        self._uow.refuse(_REFUSALS)
        self._uow.publish(
            mapper.patient_updated_event(patient, tuple(name for name in differences if name != "phone_as_typed"))
        )
        self._uow.record("update", RESOURCE, id, patient_id=id)
        return patient

    async def delete(self, id: UUID, condition: Condition) -> None:
        """Marks the record as deleted, so that nobody finds it.

        Raises NotFound, PreconditionFailed, Unavailable, and Conflict while visits are booked or invoices not paid:
        otherwise a patient could avoid a fee by deleting their record before the visit.
        """
        visible = await self._patients.get(id, self._write_owner)
        if visible is None:
            await self._not_found("delete", id, self._write_owner)
        condition.check(visible.version)
        # A visit that is booked after this look is cancelled by the event, as docs/adr/0013 says.
        async with self._uow.released():
            await self._check_nothing_open(id)
        patient = await self._get_for_update("delete", id, condition)
        self._next_version(patient)
        patient.deleted_at = patient.updated_at
        self._patients.change(patient, self._entry(patient, ChangeKind.DELETED, {}))
        self._uow.publish(mapper.patient_deleted_event(patient))
        self._uow.record("delete", RESOURCE, id, patient_id=id)

    def _with_number(self, details: PatientDetails, before: Patient | None = None) -> PatientDetails:
        """Returns the details with the telephone number in the form of E.164, and with what was typed.

        A number that stays the same keeps what was typed first. One that was stored unchecked may stay.
        """
        if details.phone is None:
            return details
        if before is not None and details.phone == before.phone:
            return replace(details, phone_as_typed=before.phone_as_typed)
        number = e164(details.phone, self._phone_region)
        if number is None:
            raise Unprocessable("invalid-phone", "The telephone number cannot be dialled: no country has such numbers.")
        same = before is not None and number == before.phone
        return replace(
            details, phone=number, phone_as_typed=before.phone_as_typed if same and before else details.phone
        )

    async def _check_nothing_open(self, id: UUID) -> None:
        appointments, invoices = await asyncio.gather(
            self._appointments.open_appointments(id), self._billing.open_invoices(id)
        )
        if appointments or invoices:
            detail = "The patient has booked visits or open invoices: cancel and settle them first."
            raise Conflict("open-matters", detail, **mapper.open_matters(appointments, invoices))

    async def _duplicates(self, patient: Patient) -> Sequence[UUID]:
        """Returns records that may be of the same person. Raises Conflict when one has the e-mail address.

        Other callers must not find out who is a patient: to them it makes no difference whether there are any.
        """
        if not self._sees_all:
            return []
        same_address, duplicates = await self._patients.alike(patient)
        if same_address:
            raise _REFUSALS[EMAIL_TAKEN]()
        return duplicates

    async def _get_for_update(self, action: str, id: UUID, condition: Condition) -> Patient:
        patient = await self._patients.get_for_update(id, self._write_owner)
        if patient is None:
            await self._not_found(action, id, self._write_owner)
        condition.check(patient.version)
        return patient

    async def _not_found(self, action: str, id: UUID, owner: UUID | None) -> NoReturn:
        hidden = owner is not None and await self._patients.exists(id)
        await self._uow.not_found(action, RESOURCE, id if hidden else None, patient_id=id)

    def _entry(self, patient: Patient, kind: ChangeKind, differences: dict[str, Any]) -> PatientChange:
        """Returns the entry in the history for the record's present version."""
        return PatientChange(
            patient_id=patient.id,
            version=patient.version,
            kind=kind.value,
            changed_at=patient.updated_at,
            changed_by=self._principal.subject,
            changes=differences,
        )

    def _next_version(self, patient: Patient) -> None:
        patient.version += 1
        patient.updated_at = utc_now()


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
