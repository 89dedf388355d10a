"""The SQL of the patient service. Never commits.

`owner` limits a statement to the records of one user; None is for callers who may see all records. Deleted records and
other users' records are filtered here, so no caller can distinguish them from records that never existed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, false, select, true, union_all

from services.common.audit import Reading
from services.common.paging import DESC, Keyset, PageRequest, Slice
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork
from services.patient.entity import PATIENT, PATIENT_CHANGE, Patient, PatientChange, PatientFilter
from services.patient.search import PatientSearch, visible

EMAIL_TAKEN, OWNER_HAS_RECORD = "patient_email_key", "patient_owner_key"

_ID = PATIENT.c.id == bindparam("id")
_BY_ID = Statement(visible().where(_ID), patient="id")
_LOCKED = Statement(visible().where(_ID).with_for_update())
_BY_IDS = Statement(visible().where(PATIENT.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))), patient="id")
_EXISTS = Statement(select(PATIENT.c.id).where(_ID))
_OTHERS = select(PATIENT.c.id).where(PATIENT.c.deleted_at.is_(None), PATIENT.c.id != bindparam("id"))
_SAME_ADDRESS = _OTHERS.where(PATIENT.c.email == bindparam("email")).limit(1)
_SAME_PERSON = (
    _OTHERS.where(PATIENT.c.name_key == bindparam("name_key"), PATIENT.c.dob == bindparam("dob"))
    .order_by(PATIENT.c.id)
    .limit(10)
)
_EMAIL = Statement(_SAME_ADDRESS)
_ALIKE = Statement(
    union_all(
        select(_SAME_ADDRESS.subquery(), true()),
        select(_SAME_PERSON.subquery(), false()),
    )
)
_NEWEST_FIRST = Keyset("history", (PATIENT_CHANGE.c.version, DESC))


@cache
def _history(after: bool) -> Statement:
    of_patient = select(PATIENT_CHANGE).where(PATIENT_CHANGE.c.patient_id == bindparam("id"))
    return Statement(_NEWEST_FIRST.apply(of_patient, after=after))


class PatientRepository:
    """Patients' records and their history, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def get(self, id: UUID, owner: UUID | None, reading: Reading | None = None) -> Patient | None:
        """Returns the record, to read it."""
        return await self._uow.one(_BY_ID, Patient, reading, id=id, owner=owner)

    async def get_for_update(self, id: UUID, owner: UUID | None) -> Patient | None:
        """Returns the record and locks it until the transaction ends."""
        return await self._uow.one(_LOCKED, Patient, id=id, owner=owner)

    async def get_many(self, ids: Sequence[UUID], owner: UUID | None, reading: Reading) -> Sequence[Patient]:
        """Returns those of the records that exist."""
        return await self._uow.page(_BY_IDS, Patient, reading, len(ids), ids=ids, owner=owner)

    async def page(
        self, filter: PatientFilter, owner: UUID | None, page: PageRequest, reading: Reading
    ) -> Slice[Patient]:
        """Returns one page of the records that match, in the order of the filter."""
        return await PatientSearch(self._uow).page(filter, owner, page, reading)

    async def exists(self, id: UUID) -> bool:
        """Returns whether there is such a record, deleted or not, of any owner. For denials in the audit log only."""
        return await self._uow.value(_EXISTS, id=id) is not None

    async def email_taken(self, id: UUID, email: str) -> bool:
        """Returns whether another record has this e-mail address."""
        return await self._uow.value(_EMAIL, id=id, email=email) is not None

    async def alike(self, patient: Patient) -> tuple[bool, Sequence[UUID]]:
        """Returns whether another record has the e-mail address, and those with the name and date of birth, at most 10.

        One statement finds both.
        """
        values = {"email": patient.email, "name_key": patient.name_key, "dob": patient.dob}
        found = await self._uow.all(_ALIKE, lambda *row: row, id=patient.id, **values)
        return any(same_address for _, same_address in found), [id for id, same_address in found if not same_address]

    def add(self, patient: Patient, change: PatientChange) -> None:
        """Writes a new record and the first entry in its history."""
        self._uow.add(PATIENT, patient)
        self._uow.add(PATIENT_CHANGE, change)

    def change(self, patient: Patient, change: PatientChange) -> None:
        """Writes a changed record and the entry in its history."""
        self._uow.change(PATIENT, patient)
        self._uow.add(PATIENT_CHANGE, change)

    async def history(self, id: UUID, page: PageRequest) -> Slice[PatientChange]:
        """Returns one page of the record's versions, newest first."""
        statement = _history(page.cursor is not None)
        rows = await self._uow.all(statement, PatientChange, id=id, **_NEWEST_FIRST.values(page))
        return _NEWEST_FIRST.page(rows, page)
