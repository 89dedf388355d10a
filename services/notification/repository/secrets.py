"""The SQL of encrypted secrets."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, delete, select

from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork
from services.notification.entity import SEALED_SECRET, SealedSecret

_IS_OF_EVENT = SEALED_SECRET.c.event_id == bindparam("event_id")
_GET = Statement(select(SEALED_SECRET).where(_IS_OF_EVENT))
_DELETE = Statement(delete(SEALED_SECRET).where(_IS_OF_EVENT))


class SecretRepository:
    """Encrypted secrets of messages, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def add(self, secret: SealedSecret) -> None:
        """Writes a new secret."""
        self._uow.add(SEALED_SECRET, secret)

    async def get(self, event_id: UUID) -> SealedSecret | None:
        """Returns the secret of an event's message."""
        return await self._uow.one(_GET, SealedSecret, event_id=event_id)

    async def delete(self, event_id: UUID) -> None:
        """Deletes the secret of an event's message, if there is one."""
        await self._uow.execute(_DELETE, event_id=event_id)
