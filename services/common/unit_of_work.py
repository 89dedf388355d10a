"""One transaction: the change, the events that announce it, and the audit records of who made it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

import asyncpg
from sqlalchemy import Table

from services.common import audit, tables, telemetry
from services.common.clock import utc_now
from services.common.errors import NotFound, Problem, Unavailable
from services.common.identifiers import uuid7
from services.common.sql import Statement, Write, write_if_absent, write_statement
from services.contracts.events import Event, EventData

if TYPE_CHECKING:
    from services.common.database import Database

MAX_EVENT_BYTES = 900_000
"""Less than Kafka's default limit of 1 MB a message, so that every event that is committed can also be sent."""
ROWS = 500
"""The most rows that one statement writes. PostgreSQL takes 65,535 parameters."""
Call = Callable[[], Awaitable[None]]
E = TypeVar("E")
Entity = Callable[..., E]


class UnitOfWork:
    """Runs statements, and writes rows, events and audit records together when it commits.

    A read outside of a transaction is one round trip. What is added is written by one statement at the end, and needs
    no transaction around it. A statement that locks or writes at once begins one. `add` and `change` are not visible to
    statements before `flush`.

    Events are written last, when the aggregate's row is locked. So two changes of one aggregate get outbox ids in the
    order in which they commit, and the relay sends them in that order.
    """

    def __init__(self, database: Database, defer: Callable[[Call], None] | None = None) -> None:
        """`defer` takes the calls of `after_commit` to run them later."""
        self._database = database
        self._defer = defer
        self._connection: Any = None
        self._in_transaction = False
        self._writes: list[Write] = []
        self._events: list[Write] = []
        self._audit: list[Write] = []
        self._refusals: dict[str, Callable[[], Problem]] = {}
        self._after_commit: list[Call] = []
        self._claims: list[Call] = []

    async def __aenter__(self) -> Self:
        """Begins the block that is one transaction."""
        return self

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Commits when the block ends, and rolls back when it raises (see `Problem.keeps_changes`)."""
        try:
            if error is None or (isinstance(error, Problem) and error.keeps_changes):
                await self.commit()
        finally:
            await self.release()

    # Statements

    async def one(
        self, statement: Statement, entity: Entity[E], reading: audit.Reading | None = None, **values: Any
    ) -> E | None:
        """Returns the row that the statement finds, or None. With `reading` the same statement records the read."""
        arguments = statement.arguments(values)
        sql = statement.sql
        if reading is not None:
            sql = statement.recorded
            arguments += reading.arguments()
        row = await (await self._connected(statement.transactional)).fetchrow(sql, *arguments)
        return None if row is None else entity(*row)

    async def all(self, statement: Statement, entity: Entity[E], **values: Any) -> list[E]:
        """Returns all rows that the statement finds."""
        connection = await self._connected(statement.transactional)
        return [entity(*row) for row in await connection.fetch(statement.sql, *statement.arguments(values))]

    async def page(
        self, statement: Statement, entity: Entity[E], reading: audit.Reading, limit: int, **values: Any
    ) -> list[E]:
        """Returns the rows of a list. The same statement records that the first `limit` of them were read."""
        arguments = [*statement.arguments(values), *reading.arguments(), limit]
        connection = await self._connected(statement.transactional)
        return [entity(*row) for row in await connection.fetch(statement.recorded_page, *arguments)]

    async def value(self, statement: Statement, **values: Any) -> Any:
        """Returns the first column of the first row, or None without a row."""
        connection = await self._connected(statement.transactional)
        return await connection.fetchval(statement.sql, *statement.arguments(values))

    async def execute(self, statement: Statement, **values: Any) -> None:
        """Runs a statement that writes at once."""
        connection = await self._connected(statement.transactional)
        await connection.execute(statement.sql, *statement.arguments(values))

    async def stream(self, statement: Statement, **values: Any) -> AsyncIterator[Any]:
        """Yields the rows that the statement finds, without having all of them in memory."""
        connection = await self._connected(transactional=True)
        async for row in connection.cursor(statement.sql, *statement.arguments(values)):
            yield row

    async def fetch(self, sql: str, *arguments: Any, transactional: bool = False) -> list[Any]:
        """Runs SQL as it is written, with parameters `$1`, `$2` and so on. Returns the rows."""
        connection = await self._connected(transactional)
        rows: list[Any] = await connection.fetch(sql, *arguments)
        return rows

    # Writes

    def add(self, table: Table, row: Any) -> None:
        """Inserts a row: an entity, or a mapping of columns."""
        self._writes.append(Write(table, _values(row)))

    def change(self, table: Table, row: Any) -> None:
        """Updates a row by its primary key: an entity, or a mapping of the key and the columns to change."""
        self._writes.append(Write(table, _values(row), update=True))

    async def add_if_absent(self, table: Table, row: Any, key: str) -> bool:
        """Inserts a row at once, with the events and audit records that wait. Returns whether it did.

        When another row has the same value of the column `key`, it writes nothing, and the events and audit records are
        forgotten. It is one statement, and needs no transaction. Several callers may try at once.
        """
        announcements, self._audit, self._events = [*self._audit, *self._events], [], []
        return await self._run(*write_if_absent(Write(table, _values(row)), key, announcements)) is True

    def refuse(self, violations: Mapping[str, Callable[[], Problem]]) -> None:
        """Says which problem the violation of a constraint is. `flush` raises it, or the commit."""
        self._refusals.update(violations)

    async def flush(self) -> None:
        """Writes everything that waits into the transaction, so that its statements see it."""
        await self.begin()
        await self._write_all()

    async def flush_changes(self) -> None:
        """Does the same for added and changed rows only. Events and audit records still wait for the commit."""
        writes, self._writes = self._writes, []
        if writes:
            await self.begin()
            await self._write(writes)

    def publish(self, data: EventData) -> None:
        """Sends `data` as a CloudEvent, at least once, after this transaction has committed."""
        traceparent = telemetry.traceparent()
        event = Event.of(data, id=uuid7(), time=utc_now(), traceparent=traceparent)
        payload = event.encode()
        if len(payload) > MAX_EVENT_BYTES:
            raise ValueError(f"event {data.TYPE} has {len(payload)} bytes, the limit is {MAX_EVENT_BYTES}")
        row: dict[str, Any] = {
            "event_id": event.id,
            "topic": data.TOPIC.name,
            "key": event.subject,
            "payload": payload,
            "traceparent": traceparent,
        }
        self._events.append(Write(tables.outbox, row))

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
        row = audit.entry(
            action,
            resource,
            resource_id,
            patient_id=patient_id,
            patient_ids=patient_ids,
            outcome=outcome,
            actor=actor,
        )
        self._audit.append(Write(tables.audit_log, row))

    # The transaction

    async def try_lock(self, key: int) -> bool:
        """Takes an advisory lock of PostgreSQL until the transaction ends, unless another transaction has it."""
        ((locked,),) = await self.fetch("SELECT pg_try_advisory_xact_lock($1)", key, transactional=True)
        return bool(locked)

    async def begin(self) -> None:
        """Begins the transaction, if it has not begun."""
        await self._connected(transactional=True)

    def after_commit(self, call: Call) -> None:
        """Registers a call that is made once after the commit, and never when the transaction is rolled back.

        In an HTTP request it is made after the response is sent. `call` must not raise: nobody handles its errors.
        """
        self._after_commit.append(call)

    async def not_found(
        self, action: str, resource: str, hidden_id: object = None, *, patient_id: object = None
    ) -> NoReturn:
        """Raises NotFound, and records a denial first when the record exists but is not visible to the caller.

        `hidden_id` is the id of that record, and `patient_id` the patient whose data it is.
        """
        if hidden_id is not None:
            await self.record_denial(action, resource, hidden_id, patient_id=patient_id)
        raise NotFound(resource)

    async def record_denial(self, action: str, resource: str, resource_id: object, *, patient_id: object) -> None:
        """Records that the caller was not allowed to do `action`. The caller of this method then raises a problem.

        The denial is written in a transaction of its own, because this one is about to be rolled back; this one's
        connection is released before.
        """
        await self.release()
        async with self._database.unit_of_work() as uow:
            uow.record(action, resource, resource_id, patient_id=patient_id, outcome="denied")

    async def release(self) -> None:
        """Returns the connection to the pool, so that slow work or waiting for a second connection cannot exhaust it.

        The transaction is rolled back: call it only before anything was written.
        """
        connection, self._connection, self._in_transaction = self._connection, None, False
        if connection is not None:
            await self._database.release(connection)

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

    async def commit(self) -> None:
        """Commits. Raises Unavailable with code `outcome-unknown` when the connection was lost during the commit."""
        await self._write_all()
        if self._in_transaction:
            await self._finish(self._connection.execute("COMMIT"))
            self._in_transaction = False
        await self.release()
        await self._run_after_commit()

    async def _write_all(self) -> None:
        writes = [*self._writes, *self._audit, *self._events]
        self._writes, self._audit, self._events = [], [], []
        if not writes:
            return
        if len(writes) > ROWS:
            await self.begin()
        for start in range(0, len(writes), ROWS):
            await self._write(writes[start : start + ROWS])

    async def _write(self, writes: Sequence[Write]) -> None:
        await self._run(*write_statement(writes))

    async def _run(self, sql: str, arguments: Sequence[Any]) -> Any:
        """Runs a statement that writes, and returns the value that it finds."""
        connection = await self._connected()
        writing = connection.fetchval(sql, *arguments)
        try:
            return await (writing if self._in_transaction else self._finish(writing))
        except asyncpg.IntegrityConstraintViolationError as error:
            refusal = self._refusals.get(error.constraint_name or "")
            if refusal is None:
                raise
            raise refusal() from error

    async def _finish(self, commit: Awaitable[Any]) -> Any:
        """Awaits what commits, and returns its result. Only the loss of the connection leaves the outcome open."""
        try:
            result = await commit
        except asyncpg.PostgresError as error:
            if not (error.sqlstate or "").startswith("08"):
                raise
            raise _outcome_unknown() from error
        except (asyncpg.InterfaceError, OSError) as error:
            raise _outcome_unknown() from error
        if result == "ROLLBACK":  # a statement of the transaction had failed, and its error was handled
            raise RuntimeError("the transaction was already aborted")
        return result

    async def _run_after_commit(self) -> None:
        calls, self._after_commit = self._after_commit, []
        for call in calls:
            if self._defer is not None:
                self._defer(call)
            else:
                await call()

    async def _connected(self, transactional: bool = False) -> Any:
        if self._connection is None:
            self._connection = await self._database.acquire()
        if transactional and not self._in_transaction:
            await self._connection.execute("BEGIN")
            self._in_transaction = True
        return self._connection


def _values(row: Any) -> Mapping[str, Any]:
    return row if isinstance(row, dict) else {name: getattr(row, name) for name in _field_names(row.__class__)}


@cache
def _field_names(entity: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(entity))


def _outcome_unknown() -> Unavailable:
    return Unavailable(
        "Whether the change was made is unknown: repeat the request with the same Idempotency-Key.",
        code="outcome-unknown",
    )
