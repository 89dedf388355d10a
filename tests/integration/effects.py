"""What a service has written beside its own tables: events in the outbox, and records in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Table, select

from services.common import tables
from services.common.runtime import Runtime
from services.contracts.events import decode


async def published_events(runtime: Runtime[Any, Any]) -> list[Any]:
    """Returns the data of all events in the outbox, oldest first. Checks the topic and the key of each."""
    rows = await _rows(runtime, tables.outbox)
    events = [decode(row.payload) for row in rows]
    assert [(row.topic, row.key) for row in rows] == [(event.topic, event.subject) for event in events]
    return [event.data for event in events]


async def audit_records(runtime: Runtime[Any, Any]) -> Sequence[Row[Any]]:
    """Returns all records of the audit log, oldest first."""
    return await _rows(runtime, tables.audit_log)


async def _rows(runtime: Runtime[Any, Any], table: Table) -> Sequence[Row[Any]]:
    async with runtime.database.read_session() as session:
        return (await session.execute(select(table).order_by(table.c.id))).all()
