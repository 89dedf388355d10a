"""The SQL of doctors. Never commits."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, false, select, update
from sqlalchemy.dialects.postgresql import insert

from services.appointment.entity import DOCTOR, Doctor
from services.common.paging import ASC, Keyset, PageRequest, Slice
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork

_ID = DOCTOR.c.id == bindparam("id")
_NEW = insert(DOCTOR).values({name: bindparam(name) for name in ("id", "name", "active")})
_NEW_NAME = {"name": _NEW.excluded.name, "active": _NEW.excluded.active}
_SAVED = Statement(_NEW.on_conflict_do_update(index_elements=[DOCTOR.c.id], set_=_NEW_NAME))
_RETIRED = Statement(update(DOCTOR).where(_ID, DOCTOR.c.active).values(name=bindparam("name"), active=false()))
_OLDEST_FIRST = Keyset("doctors", (DOCTOR.c.id, ASC))


def _active() -> Select[Any]:
    return select(DOCTOR).where(DOCTOR.c.active)


_LOCKED = Statement(_active().where(_ID).with_for_update())


@cache
def _list(after: bool) -> Statement:
    return Statement(_OLDEST_FIRST.apply(_active(), after=after))


class DoctorRepository:
    """Doctors, in one transaction. Users who no longer have the role DOCTOR are not found."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def get_for_update(self, id: UUID) -> Doctor | None:
        """Returns the doctor and locks it until the transaction ends."""
        return await self._uow.one(_LOCKED, Doctor, id=id)

    async def page(self, page: PageRequest) -> Slice[Doctor]:
        """Returns one page of the doctors, oldest account first, because ids grow with time."""
        statement = _list(page.cursor is not None)
        return _OLDEST_FIRST.page(await self._uow.all(statement, Doctor, **_OLDEST_FIRST.values(page)), page)

    async def save(self, doctor: Doctor) -> None:
        """Writes the doctor, whether it is new or not."""
        await self._uow.execute(_SAVED, id=doctor.id, name=doctor.name, active=doctor.active)

    async def retire(self, doctor: Doctor) -> None:
        """Writes that the user is no doctor any more. A user who was none is not written."""
        await self._uow.execute(_RETIRED, id=doctor.id, name=doctor.name)
