"""One transaction: the change, the events that tell of it, and the record of who did it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from services.common import audit, tables, telemetry
from services.common.clock import utc_now
from services.common.errors import Unavailable
from services.common.identifiers import uuid7
from services.contracts.events import Event, EventData

MAX_EVENT_BYTES = 900_000
"""Below Kafka's default of 1 MB a message, so that what commits can also be sent."""
Denied = Callable[..., Awaitable[None]]
"""Writes a denial into the audit log in a transaction of its own: `Runtime.denied`."""


class UnitOfWork:
    """`session` runs the SQL; rows of outbox and audit log are written just before the commit.

    Late on purpose: the aggregate's row is locked by then, so two changes of one aggregate get outbox ids in the order
    in which they commit, which is the order in which the relay sends them.
    """

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self._events: list[dict[str, Any]] = []
        self._audit: list[dict[str, Any]] = []

    def publish(self, data: EventData) -> None:
        """Sends `data` as a CloudEvent once this transaction has committed, at least once."""
        traceparent = telemetry.traceparent()
        event = Event.of(data, id=uuid7(), time=utc_now(), traceparent=traceparent)
        payload = event.encode()
        if len(payload) > MAX_EVENT_BYTES:
            raise ValueError(f"event {data.TYPE} has {len(payload)} bytes, more than a message may have")
        self._events.append(
            {
                "event_id": event.id,
                "topic": data.TOPIC.name,
                "key": event.subject,
                "payload": payload,
                "traceparent": traceparent,
            }
        )

    def record(
        self,
        action: str,
        resource: str,
        resource_id: object = None,
        *,
        patient_id: object = None,
        patient_ids: Iterable[object] = (),
        outcome: str = "allowed",
        actor: object = None,
    ) -> None:
        """Writes who (the current principal, else `actor`) did what to whose record into the audit log."""
        entry = audit.entry(
            action,
            resource,
            resource_id,
            patient_id=patient_id,
            patient_ids=patient_ids,
            outcome=outcome,
            actor=actor,
        )
        self._audit.append(entry)

    async def release(self) -> None:
        """Gives the connection back while something slow is done, or another connection is waited for, which can starve
        the pool of those that wait. Nothing may have been written yet; what was read may have changed afterwards."""
        self.session.expunge_all()  # keeps what was read readable; a rollback would expire it
        await self.session.rollback()

    async def write_pending(self) -> None:
        """Puts events and audit records into the transaction."""
        await self.session.flush()
        if self._audit:
            await self.session.execute(insert(tables.audit_log), self._audit)
        if self._events:
            await self.session.execute(insert(tables.outbox), self._events)
        self._audit, self._events = [], []

    async def commit(self) -> None:
        """Ends the transaction. A connection lost during COMMIT leaves its outcome unknown, which is said so."""
        await self.write_pending()
        try:
            await self.session.commit()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise Unavailable(
                    "Whether the change was made is unknown: repeat the request with the same Idempotency-Key.",
                    code="outcome-unknown",
                ) from error
            raise
