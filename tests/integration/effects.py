"""What a service has written beside its own tables: events in the outbox, and records in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from services.common.runtime import Runtime
from services.contracts.events import decode


async def published_events(runtime: Runtime[Any, Any]) -> list[Any]:
    """Returns the data of all events in the outbox, oldest first. Checks the topic and the key of each."""
    rows = await _rows(runtime, "outbox")
    events = [decode(row.payload) for row in rows]
    assert [(row.topic, row.key) for row in rows] == [(event.topic, event.subject) for event in events]
    return [event.data for event in events]


async def audit_records(runtime: Runtime[Any, Any]) -> Sequence[Any]:
    """Returns all records of the audit log, oldest first."""
    return await _rows(runtime, "audit_log")


async def _rows(runtime: Runtime[Any, Any], table: str) -> Sequence[Any]:
    async with runtime.database.unit_of_work() as uow:
        return [SimpleNamespace(**row) for row in await uow.fetch(f"SELECT * FROM {table} ORDER BY id")]
