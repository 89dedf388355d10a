"""The SQL of doctors. Never commits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.appointment.entity import Doctor
from services.common.paging import ASC, Keyset, PageRequest, Slice

_OLDEST_FIRST = Keyset("doctors", (Doctor.id, ASC))


class DoctorRepository:
    """Doctors, in one transaction. Users who no longer have the role DOCTOR are not found."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID) -> Doctor | None:
        """Returns the doctor, to read it."""
        return await self._session.scalar(_active().where(Doctor.id == id))

    async def get_for_update(self, id: UUID) -> Doctor | None:
        """Returns the doctor and locks it until the transaction ends."""
        return await self._session.scalar(_active().where(Doctor.id == id).with_for_update())

    async def page(self, page: PageRequest) -> Slice[Doctor]:
        """Returns one page of the doctors, oldest account first, because ids grow with time."""
        rows = (await self._session.scalars(_OLDEST_FIRST.apply(_active(), page))).all()
        return _OLDEST_FIRST.page(rows, page)

    async def save(self, doctor: Doctor) -> None:
        """Writes the doctor, whether it is new or not."""
        values: dict[str, Any] = {"name": doctor.name, "active": doctor.active}
        statement = insert(Doctor).values(id=doctor.id, **values)
        await self._session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def _active() -> Select[Doctor]:
    return select(Doctor).where(Doctor.active)
