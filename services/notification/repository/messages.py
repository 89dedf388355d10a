"""The SQL of messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select

from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork
from services.notification.entity import CONTACT, EVENT_LOG, MESSAGE, Contact, DueMessage, Message, MessageStatus

NOTIFY_CHANNEL = "message"
"""PostgreSQL's channel on which dispatchers hear of new messages. A trigger of the table notifies."""

_IS_PENDING = MESSAGE.c.status == MessageStatus.PENDING.value
_IS_DUE = and_(_IS_PENDING, MESSAGE.c.next_attempt_at <= func.clock_timestamp())
_DUE = Statement(
    select(MESSAGE, EVENT_LOG.c.event_type, EVENT_LOG.c.payload, CONTACT)
    .join(EVENT_LOG, EVENT_LOG.c.id == MESSAGE.c.event_id)
    .join(CONTACT, CONTACT.c.patient_id == EVENT_LOG.c.patient_id, isouter=True)
    .where(_IS_DUE)
    .order_by(MESSAGE.c.next_attempt_at)
    .limit(1)
    .with_for_update(of=MESSAGE, skip_locked=True)
)
_WAITING = Statement(
    select(
        func.count().filter(MESSAGE.c.next_attempt_at <= func.clock_timestamp()),
        func.extract("epoch", func.min(MESSAGE.c.next_attempt_at) - func.clock_timestamp()),
    ).where(_IS_PENDING)
)
_DELETE = Statement(
    delete(MESSAGE).where(MESSAGE.c.event_id == bindparam("event_id"), MESSAGE.c.channel == bindparam("channel"))
)
_COLUMNS = len(fields(Message))


class MessageRepository:
    """Messages, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def add(self, messages: Sequence[Message]) -> None:
        """Writes new messages. The commit wakes the dispatchers."""
        for message in messages:
            self._uow.add(MESSAGE, message)

    def change(self, message: Message) -> None:
        """Writes a message that was changed."""
        self._uow.change(MESSAGE, message)

    async def get_due_for_update(self) -> DueMessage | None:
        """Returns a message that is due and locks it until the transaction ends. Skips messages that are locked."""
        return await self._uow.one(_DUE, _due)

    async def waiting(self) -> tuple[int, float | None]:
        """Returns how many messages are due, and in how many seconds the next one is; None when none is waiting."""
        found = await self._uow.one(_WAITING, lambda due, seconds: (due, None if seconds is None else float(seconds)))
        assert found is not None
        return found

    async def delete(self, message: Message) -> None:
        """Deletes a message."""
        await self._uow.execute(_DELETE, event_id=message.event_id, channel=message.channel)


def _due(*row: Any) -> DueMessage:
    event_type, payload, *contact = row[_COLUMNS:]
    return DueMessage(Message(*row[:_COLUMNS]), event_type, payload, Contact(*contact) if contact[0] else None)
