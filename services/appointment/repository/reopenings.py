"""The SQL of reopened visits. Never commits."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from sqlalchemy import bindparam, select

from services.appointment.entity import REOPENING, Reopening
from services.common.paging import ASC, Keyset, PageRequest, Slice
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork

_OLDEST_FIRST = Keyset("reopenings", (REOPENING.c.reopened_at, ASC), (REOPENING.c.id, ASC))


@cache
def _of_appointment(after: bool) -> Statement:
    found = select(REOPENING).where(REOPENING.c.appointment_id == bindparam("appointment_id"))
    return Statement(_OLDEST_FIRST.apply(found, after=after))


class ReopeningRepository:
    """Why visits were reopened, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def add(self, reopening: Reopening) -> None:
        """Writes a new row."""
        self._uow.add(REOPENING, reopening)

    async def page(self, appointment_id: UUID, page: PageRequest) -> Slice[Reopening]:
        """Returns one page of the appointment's reopenings, oldest first."""
        statement = _of_appointment(page.cursor is not None)
        values = {"appointment_id": appointment_id, **_OLDEST_FIRST.values(page)}
        return _OLDEST_FIRST.page(await self._uow.all(statement, Reopening, **values), page)
