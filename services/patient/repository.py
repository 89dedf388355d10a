"""The SQL of the patient service. Never commits.

`owner` limits a statement to the records of one user; None is for callers who may see all records. Deleted records and
other users' records are filtered here, so no caller can distinguish them from records that never existed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.database import Duplicate, violated_constraint
from services.common.paging import DESC, Keyset, PageRequest, Slice
from services.patient.entity import Patient, PatientChange, PatientFilter
from services.patient.search import PatientSearch, visible

EMAIL_TAKEN, OWNER_HAS_RECORD = "patient_email_key", "patient_owner_key"

_HISTORY = Keyset("history", (PatientChange.version, DESC))


class PatientRepository:
    """Patients' records and their history, in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID, owner: UUID | None) -> Patient | None:
        """Returns the record, to read it."""
        return await self._session.scalar(visible(owner).where(Patient.id == id))

    async def get_for_update(self, id: UUID, owner: UUID | None) -> Patient | None:
        """Returns the record and locks it until the transaction ends."""
        return await self._session.scalar(visible(owner).where(Patient.id == id).with_for_update())

    async def get_many(self, ids: Sequence[UUID], owner: UUID | None) -> Sequence[Patient]:
        """Returns those of the records that exist."""
        return (await self._session.scalars(visible(owner).where(Patient.id.in_(ids)))).all()

    async def page(self, filter: PatientFilter, owner: UUID | None, page: PageRequest) -> Slice[Any]:
        """Returns one page of the records that match, in the order of the filter."""
        return await PatientSearch(self._session).page(filter, owner, page)

    async def exists(self, id: UUID) -> bool:
        """Returns whether there is such a record, deleted or not, of any owner. For denials in the audit log only."""
        return await self._session.scalar(select(Patient.id).where(Patient.id == id)) is not None

    async def email_taken(self, email: str) -> bool:
        """Returns whether a record has this e-mail address."""
        statement = select(Patient.id).where(Patient.email == email, Patient.deleted_at.is_(None))
        return await self._session.scalar(statement) is not None

    async def likely_duplicates(self, patient: Patient, limit: int = 10) -> Sequence[UUID]:
        """Returns other records with the same name and date of birth."""
        statement = (
            select(Patient.id)
            .where(Patient.deleted_at.is_(None), Patient.name_key == patient.name_key, Patient.dob == patient.dob)
            .where(Patient.id != patient.id)
            .order_by(Patient.id)
            .limit(limit)
        )
        return (await self._session.scalars(statement)).all()

    async def save(self, patient: Patient, change: PatientChange) -> None:
        """Writes the record and the entry in its history. Raises Duplicate."""
        self._session.add(patient)
        try:
            await self._session.flush()
        except IntegrityError as error:
            raise Duplicate(violated_constraint(error)) from error
        self._session.add(change)

    async def history(self, id: UUID, page: PageRequest) -> Slice[PatientChange]:
        """Returns one page of the record's versions, newest first."""
        statement = select(PatientChange).where(PatientChange.patient_id == id)
        rows = (await self._session.scalars(_HISTORY.apply(statement, page))).all()
        return _HISTORY.page(rows, page)
