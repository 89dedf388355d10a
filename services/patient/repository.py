"""The SQL of the patient service. Never commits.

`owner` limits a statement to the records of one user; None is for callers who may see all. A record that is deleted or
somebody else's is not found, here already, so that no caller can tell it from one that never was.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.database import violated_constraint
from services.common.paging import DESC, Keyset, PageRequest, Slice
from services.patient.entity import Patient, PatientChange

EMAIL_TAKEN, OWNER_HAS_RECORD = "patient_email_key", "patient_owner_key"

_HISTORY = Keyset("history", (PatientChange.version, DESC))


class Duplicate(Exception):
    """Another living record has the same; `constraint` says the same what."""

    def __init__(self, constraint: str | None) -> None:
        super().__init__(constraint)
        self.constraint = constraint


def living(owner: UUID | None) -> Select[Patient]:
    """Every record that the caller may know of."""
    statement = select(Patient).where(Patient.deleted_at.is_(None))
    return statement if owner is None else statement.where(Patient.owner_user_id == owner)


class PatientRepository:
    """Patients in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID, owner: UUID | None) -> Patient | None:
        """The record, to read."""
        return await self._session.scalar(living(owner).where(Patient.id == id))

    async def get_locked(self, id: UUID, owner: UUID | None) -> Patient | None:
        """The record, to change: nobody else changes it until this transaction ends."""
        return await self._session.scalar(living(owner).where(Patient.id == id).with_for_update())

    async def get_many(self, ids: Sequence[UUID], owner: UUID | None) -> Sequence[Patient]:
        """Those of the records that there are."""
        return (await self._session.scalars(living(owner).where(Patient.id.in_(ids)))).all()

    async def exists(self, id: UUID) -> bool:
        """Whether there is such a record, whoever asks: tells a denial from a mere miss, for the audit log only."""
        return await self._session.scalar(select(Patient.id).where(Patient.id == id)) is not None

    async def same_person(self, patient: Patient, limit: int = 10) -> Sequence[UUID]:
        """Other records with the same name and date of birth."""
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
        """The record's versions, newest first."""
        statement = select(PatientChange).where(PatientChange.patient_id == id)
        rows = (await self._session.scalars(_HISTORY.apply(statement, page))).all()
        return _HISTORY.page(rows, page)
