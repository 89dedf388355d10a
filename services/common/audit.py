"""The audit log: who read or changed whose data. It is append-only and sealed into a hash chain.

Requests only insert rows, so they do not wait for each other. A background loop of the service links new rows into the
chain about once a second and logs the chain's head, which anchors the chain outside of the database.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Text, delete, func, insert, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.common import tables, telemetry
from services.common.clock import utc_now
from services.common.database_locks import AUDIT_SEALER
from services.common.identifiers import uuid7
from services.common.security.context import caller
from services.common.sql import READING

GENESIS = b"\0" * 32
BATCH = 500


def entry(
    action: str,
    resource: str,
    resource_id: object = None,
    *,
    patient_id: object = None,
    patient_ids: Iterable[object] = (),
    outcome: str = "allowed",
    actor: object = None,
) -> dict[str, Any]:
    """Returns a row about the current caller, or about `actor` where nobody is signed in yet.

    `patient_ids` are the patients of a list. One row covers all of them, and `about` finds it by each.
    """
    principal = caller()
    ids = telemetry.current_ids()
    return {
        "id": uuid7(),
        "at": utc_now(),
        "actor": str(principal.subject if principal else actor or "system"),
        "roles": sorted(role.value for role in principal.roles) if principal else [],
        "action": action,
        "resource": resource,
        "resource_id": None if resource_id is None else str(resource_id),
        "patient_ids": sorted({id for id in (patient_id, *patient_ids) if id is not None}),
        "outcome": outcome,
        "trace_id": ids[0] if ids else None,
    }


@dataclass(frozen=True, slots=True)
class Reading:
    """A read by the current caller. The statement that reads also writes the record (see `sql.Statement.recorded`)."""

    action: str
    resource: str

    def arguments(self) -> list[Any]:
        """Returns the values of the columns in `sql.READING`."""
        row = entry(self.action, self.resource)
        return [row[name] for name in READING]


def about(patient_id: UUID) -> Select[Any]:
    """Selects all records about one patient, oldest first."""
    log = tables.audit_log
    # The same expression as in the index: with a parameter for the comma PostgreSQL would not use the index.
    named = func.string_to_array(log.c.patient_id, literal_column("','"), type_=ARRAY(Text))
    return select(log).where(named.contains([str(patient_id)])).order_by(log.c.id)


def link(previous: bytes, row: Row[Any]) -> bytes:
    """Returns the next hash of the chain: SHA-256 over the previous hash and all columns of the row."""
    content = json.dumps(
        [
            str(row.id),
            row.at.isoformat(),
            row.actor,
            row.roles,
            row.action,
            row.resource,
            row.resource_id,
            row.patient_id,
            row.outcome,
            row.trace_id,
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(previous + content.encode()).digest()


async def seal(session: AsyncSession) -> tuple[int, bytes] | None:
    """Links rows that are not in the chain yet. Returns the new head, or None when there is nothing to do.

    An advisory lock makes sure that one process seals at a time.
    """
    locked = await session.scalar(select(func.pg_try_advisory_xact_lock(AUDIT_SEALER)))
    if not locked:
        return None
    log, chain, queue = tables.audit_log, tables.audit_chain, tables.audit_unsealed
    fresh = select(log).join(queue, queue.c.audit_id == log.c.id).order_by(log.c.id).limit(BATCH)
    rows = (await session.execute(fresh)).all()
    if not rows:
        return None
    head = (await session.execute(select(chain).order_by(chain.c.sequence.desc()).limit(1))).first()
    sequence, digest = (head.sequence, head.hash) if head else (0, GENESIS)
    links = []
    for row in rows:
        sequence, digest = sequence + 1, link(digest, row)
        links.append({"sequence": sequence, "audit_id": row.id, "hash": digest})
    await session.execute(insert(chain), links)
    await session.execute(delete(queue).where(queue.c.audit_id.in_([row.id for row in rows])))
    return sequence, digest


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of `verify`. `fault` says where the chain is broken, and is None when it is intact."""

    checked: int
    head: str
    fault: str | None


async def verify(session: AsyncSession) -> Verification:
    """Recomputes the chain. It finds changed, deleted, reordered and backdated rows.

    To find out whether the end was cut off, compare the head with the last one in the logs (`audit_sealed`).
    """
    digest, expected = GENESIS, 1
    async for sequence, stored, row in _linked_rows(session):
        if sequence != expected:
            return Verification(expected - 1, digest.hex(), f"link {expected} is missing")
        if row is None:
            return Verification(expected - 1, digest.hex(), f"the record of link {sequence} is missing")
        digest = link(digest, row)
        if digest != stored:
            return Verification(expected - 1, digest.hex(), f"the record of link {sequence} was changed")
        expected += 1
    unlinked = await session.scalar(_unlinked())
    fault = f"{unlinked} records are neither in the chain nor waiting for it" if unlinked else None
    return Verification(expected - 1, digest.hex(), fault)


def _unlinked() -> Select[int]:
    log, chain, queue = tables.audit_log, tables.audit_chain, tables.audit_unsealed
    linked = select(chain.c.audit_id).where(chain.c.audit_id == log.c.id).exists()
    waiting = select(queue.c.audit_id).where(queue.c.audit_id == log.c.id).exists()
    return select(func.count()).select_from(log).where(~linked, ~waiting)


async def _linked_rows(session: AsyncSession) -> AsyncIterator[tuple[int, bytes, Row[Any] | None]]:
    log, chain = tables.audit_log, tables.audit_chain
    statement = (
        select(chain.c.sequence, chain.c.hash, log)
        .join(log, log.c.id == chain.c.audit_id, isouter=True)
        .order_by(chain.c.sequence)
        .execution_options(yield_per=BATCH)
    )
    async with asyncio.timeout(3600):
        async for row in await session.stream(statement):
            yield row.sequence, row.hash, row if row.id is not None else None
