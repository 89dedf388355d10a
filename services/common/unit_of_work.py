"""One transaction: the change, the events that announce it, and the audit records of who made it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NoReturn

from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from services.common import audit, tables, telemetry
from services.common.clock import utc_now
from services.common.errors import NotFound, Unavailable
from services.common.identifiers import uuid7
from services.contracts.events import Event, EventData

MAX_EVENT_BYTES = 900_000
"""Less than Kafka's default limit of 1 MB a message, so that every event that is committed can also be sent."""
Call = Callable[[], Awaitable[None]]


class UnitOfWork:
    """`session` runs the SQL. Events and audit records are written just before the commit.

    By then the aggregate's row is locked. So two changes of one aggregate get outbox ids in the order in which they
    commit, and the relay sends them in that order.
    """

    def __init__(
        self,
        session: AsyncSession,
        begin: Callable[[], AbstractAsyncContextManager[UnitOfWork]],
        defer: Callable[[Call], None] | None = None,
    ) -> None:
        """`begin` starts another unit of work. `defer` takes the calls of `after_commit` to run them later."""
        self.session = session
        self._begin = begin
        self._defer = defer
        self._events: list[dict[str, Any]] = []
        self._audit: list[dict[str, Any]] = []
        self._after_commit: list[Call] = []
        self._claims: list[Call] = []

    def publish(self, data: EventData) -> None:
        """Sends `data` as a CloudEvent, at least once, after this transaction has committed."""
        traceparent = telemetry.traceparent()
        event = Event.of(data, id=uuid7(), time=utc_now(), traceparent=traceparent)
        payload = event.encode()
        if len(payload) > MAX_EVENT_BYTES:
            raise ValueError(f"event {data.TYPE} has {len(payload)} bytes, the limit is {MAX_EVENT_BYTES}")
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
        """Writes an audit record: the current caller, or else `actor`, did `action` to a resource.

        `patient_ids` are the patients whose data a list contained: one record covers the whole list.
        """
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

    def after_commit(self, call: Call) -> None:
        """Registers a call that is made once after the commit, and never when the transaction is rolled back.

        In an HTTP request it is made after the response is sent. `call` must not raise: nobody handles its errors.
        """
        self._after_commit.append(call)

    async def not_found(
        self, action: str, resource: str, hidden_id: object = None, *, patient_id: object = None
    ) -> NoReturn:
        """Raises NotFound, and records a denial first when the record exists but is not visible to the caller.

        `hidden_id` is the id of that record, and `patient_id` the patient whose data it is. The denial is written in a
        transaction of its own, because this one is about to be rolled back; this one's connection is released before.
        """
        if hidden_id is not None:
            await self.release()
            async with self._begin() as uow:
                uow.record(action, resource, hidden_id, patient_id=patient_id, outcome="denied")
        raise NotFound(resource)

    async def release(self) -> None:
        """Returns the connection to the pool, so that slow work or waiting for a second connection cannot exhaust it.

        Call it only before anything was written. What was read stays readable, and may change in the meantime.
        """
        self.session.expunge_all()  # a rollback would expire the objects that were read
        await self.session.rollback()

    async def claim(self, call: Call) -> None:
        """Makes `call`, which takes a lock for this transaction. It is made again after `released`."""
        await call()
        self._claims.append(call)

    @asynccontextmanager
    async def released(self) -> AsyncIterator[None]:
        """Runs the block without a connection, for calls to other services. Afterwards repeats the calls of `claim`.

        The rules of `release` apply: what the transaction had locked may have changed hands during the block.
        """
        await self.release()
        yield
        for call in self._claims:
            await call()

    async def write_pending(self) -> None:
        """Writes the events and audit records into the transaction."""
        await self.session.flush()
        if self._audit:
            await self.session.execute(insert(tables.audit_log), self._audit)
        if self._events:
            await self.session.execute(insert(tables.outbox), self._events)
        self._audit, self._events = [], []

    async def commit(self) -> None:
        """Commits. Raises Unavailable with code `outcome-unknown` when the connection was lost during COMMIT."""
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
        await self._run_after_commit()

    async def _run_after_commit(self) -> None:
        calls, self._after_commit = self._after_commit, []
        for call in calls:
            if self._defer is not None:
                self._defer(call)
            else:
                await call()
