"""The SQL of the event log."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, literal_column, select, text

from services.common.audit import Reading
from services.common.paging import DESC, Keyset, PageRequest, Slice
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork
from services.notification.entity import (
    EVENT_LOG,
    MESSAGE,
    PERSONAL,
    LoggedNotification,
    Message,
    Notification,
    NotificationFilter,
)

_NEWEST_FIRST = Keyset("notifications", (EVENT_LOG.c.created_at, DESC), (EVENT_LOG.c.id, DESC))
# Whole rows: asyncpg reads them as records.
_MESSAGES: Any = literal_column(
    "ARRAY(SELECT message FROM message WHERE message.event_id = event_log.id ORDER BY message.channel)"
).label("messages")
_CONDITIONS = {
    "event_type": EVENT_LOG.c.event_type == bindparam("event_type"),
    "patient_id": EVENT_LOG.c.patient_id == bindparam("patient_id"),
    "status": select(MESSAGE.c.event_id)
    .where(MESSAGE.c.event_id == EVENT_LOG.c.id, MESSAGE.c.status == bindparam("status"))
    .exists(),
    "since": EVENT_LOG.c.created_at >= bindparam("since"),
    "until": EVENT_LOG.c.created_at < bindparam("until"),
}

_FORGET = Statement(
    text("""
    WITH entry AS (
        UPDATE event_log SET payload = jsonb_set(payload, '{data}', (payload -> 'data') - CAST(:details AS text[]))
        WHERE patient_id = :patient_id AND event_type IN ('patient.registered', 'patient.updated')
    )
    UPDATE message SET recipient = NULL, subject = NULL, body = NULL
    WHERE template IS NOT NULL AND event_id IN (SELECT id FROM event_log WHERE patient_id = :patient_id)
    """)
)


@cache
def _page(given: frozenset[str], after: bool) -> Statement:
    statement = select(EVENT_LOG, _MESSAGES).where(*(_CONDITIONS[name] for name in sorted(given)))
    return Statement(_NEWEST_FIRST.apply(statement, after=after), patient="patient_id")


class NotificationRepository:
    """The event log, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def add(self, notification: Notification) -> None:
        """Writes a new entry."""
        self._uow.add(EVENT_LOG, notification)

    async def forget(self, patient_id: UUID) -> None:
        """Removes the patient's name and addresses from the entries that are written, and texts from their messages."""
        await self._uow.execute(_FORGET, patient_id=patient_id, details=list(PERSONAL))

    async def page(self, filter: NotificationFilter, page: PageRequest, reading: Reading) -> Slice[LoggedNotification]:
        """Returns one page of the entries that match, with their messages, newest first."""
        conditions = {name: value for name in _CONDITIONS if (value := getattr(filter, name)) is not None}
        statement = _page(frozenset(conditions), page.cursor is not None)
        values = {**conditions, **_NEWEST_FIRST.values(page)}
        return _NEWEST_FIRST.page(await self._uow.page(statement, _logged, reading, page.limit, **values), page)


def _logged(*row: Any) -> LoggedNotification:
    *columns, messages = row
    return LoggedNotification(*columns, *[[Message(**message) for message in messages]])
