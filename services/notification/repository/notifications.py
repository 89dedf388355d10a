"""The SQL of the event log."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from services.common.paging import DESC, Keyset, PageRequest, Slice
from services.notification.entity import Message, Notification, NotificationFilter

_NEWEST_FIRST = Keyset("notifications", (Notification.created_at, DESC), (Notification.id, DESC))


class NotificationRepository:
    """The event log, in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, notification: Notification) -> None:
        """Writes a new entry."""
        self._session.add(notification)
        await self._session.flush()

    async def get(self, id: UUID) -> Notification:
        """Returns the entry, which must exist."""
        return await self._session.get_one(Notification, id)

    async def page(self, filter: NotificationFilter, page: PageRequest) -> Slice[Notification]:
        """Returns one page of the entries that match, with their messages, newest first."""
        statement = select(Notification).options(selectinload(Notification.messages))
        if filter.event_type is not None:
            statement = statement.where(Notification.event_type == filter.event_type)
        if filter.patient_id is not None:
            statement = statement.where(Notification.patient_id == filter.patient_id)
        if filter.status is not None:
            statement = statement.where(Notification.messages.any(Message.status == filter.status))
        if filter.since is not None:
            statement = statement.where(Notification.created_at >= filter.since)
        if filter.until is not None:
            statement = statement.where(Notification.created_at < filter.until)
        rows = (await self._session.scalars(_NEWEST_FIRST.apply(statement, page))).all()
        return _NEWEST_FIRST.page(rows, page)
