"""The SQL of the notification service. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from services.common.clock import utc_now
from services.common.paging import DESC, Keyset, Slice
from services.notification.dto import NotificationQuery
from services.notification.entity import Contact, LoggedEvent, Message, Status

NOTIFY_CHANNEL = "message"
_NEWEST_FIRST = Keyset("notifications", (LoggedEvent.created_at, DESC), (LoggedEvent.id, DESC))


class NotificationRepository:
    """The event log, messages and contacts in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def log(self, entry: LoggedEvent, messages: Sequence[Message]) -> None:
        """Writes an event and what is to be sent for it, and wakes the dispatcher when this commits."""
        self._session.add(entry)
        await self._session.flush()
        if messages:
            self._session.add_all(messages)
            await self._session.flush()
            await self.wake()

    async def wake(self) -> None:
        """Tells the dispatcher, when this transaction commits, that there is something to send."""
        await self._session.execute(text(f"NOTIFY {NOTIFY_CHANNEL}"))

    async def list(self, query: NotificationQuery) -> Slice[LoggedEvent]:
        """A page of the event log, newest first."""
        statement = select(LoggedEvent).options(selectinload(LoggedEvent.messages))
        if query.event_type is not None:
            statement = statement.where(LoggedEvent.event_type == query.event_type)
        if query.patient_id is not None:
            statement = statement.where(LoggedEvent.patient_id == query.patient_id)
        if query.status is not None:
            statement = statement.where(LoggedEvent.messages.any(Message.status == query.status))
        if query.since is not None:
            statement = statement.where(LoggedEvent.created_at >= query.since)
        if query.until is not None:
            statement = statement.where(LoggedEvent.created_at < query.until)
        rows = (await self._session.scalars(_NEWEST_FIRST.apply(statement, query))).all()
        return _NEWEST_FIRST.page(rows, query)

    async def next_message(self) -> Message | None:
        """Takes a message that is due; other dispatchers pass it over until this transaction ends."""
        statement = (
            select(Message)
            .where(Message.status == Status.PENDING, Message.next_attempt_at <= func.clock_timestamp())
            .order_by(Message.next_attempt_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        return await self._session.scalar(statement)

    async def seconds_to_next(self) -> float | None:
        """How long until a message is due; None when none waits."""
        due = func.min(Message.next_attempt_at) - func.clock_timestamp()
        statement = select(func.extract("epoch", due)).where(Message.status == Status.PENDING)
        seconds = await self._session.scalar(statement)
        return None if seconds is None else max(float(seconds), 0.0)

    async def drop(self, message: Message) -> None:
        """A message that nobody is to get after all."""
        await self._session.delete(message)

    async def entry(self, event_id: UUID) -> LoggedEvent:
        """The event that a message is about."""
        return await self._session.get_one(LoggedEvent, event_id)

    async def contact(self, patient_id: UUID) -> Contact | None:
        """How to reach a patient."""
        return await self._session.get(Contact, patient_id)

    async def save_contact(self, contact: Contact) -> None:
        """Writes what is newer than what is known, and makes messages due that waited for it."""
        values = {column.key: getattr(contact, column.key) for column in Contact.__table__.columns}
        statement = insert(Contact).values(values)
        newer = {name: statement.excluded[name] for name in values if name != "patient_id"}
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["patient_id"], set_=newer, where=Contact.version < statement.excluded.version
            )
        )
        waiting = select(LoggedEvent.id).where(LoggedEvent.patient_id == contact.patient_id)
        await self._session.execute(
            update(Message)
            .where(Message.status == Status.PENDING, Message.attempts > 0, Message.event_id.in_(waiting))
            .values(next_attempt_at=utc_now())
        )
