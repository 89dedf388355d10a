"""The SQL of messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.entity import Message, MessageStatus, Notification

NOTIFY_CHANNEL = "message"
"""PostgreSQL's channel on which dispatchers hear of new messages."""


class MessageRepository:
    """Messages, in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, messages: Sequence[Message]) -> None:
        """Writes new messages. If there are any, the commit wakes the dispatchers."""
        if messages:
            self._session.add_all(messages)
            await self._session.flush()
            await self._session.execute(text(f"NOTIFY {NOTIFY_CHANNEL}"))

    async def get_due_for_update(self) -> Message | None:
        """Returns a message that is due and locks it until the transaction ends. Skips messages that are locked."""
        statement = (
            select(Message)
            .where(Message.status == MessageStatus.PENDING, Message.next_attempt_at <= func.clock_timestamp())
            .order_by(Message.next_attempt_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        return await self._session.scalar(statement)

    async def seconds_to_next(self) -> float | None:
        """Returns in how many seconds a message is due, or None when none is waiting."""
        due = func.min(Message.next_attempt_at) - func.clock_timestamp()
        statement = select(func.extract("epoch", due)).where(Message.status == MessageStatus.PENDING)
        seconds = await self._session.scalar(statement)
        return None if seconds is None else max(float(seconds), 0.0)

    async def try_again(self, patient_id: UUID, at: datetime) -> None:
        """Makes the patient's messages for which an attempt has failed due at a time."""
        events = select(Notification.id).where(Notification.patient_id == patient_id)
        await self._session.execute(
            update(Message)
            .where(Message.status == MessageStatus.PENDING, Message.attempts > 0, Message.event_id.in_(events))
            .values(next_attempt_at=at)
        )

    async def delete(self, message: Message) -> None:
        """Deletes a message."""
        await self._session.delete(message)
