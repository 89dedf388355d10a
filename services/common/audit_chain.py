"""The chain of seals over the audit log: each is a hash over a batch of records and over the seal before it.

A batch holds the records of all transactions that one snapshot of PostgreSQL sees and the one before does not see. Such
a batch is complete for ever, and requests that write records at the same time neither wait nor are waited for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from services.common.database_locks import AUDIT_SEALER
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork

NOTHING = "1:1:"
"""A snapshot that sees no transaction: an era begins here."""
EVERYTHING = "9223372036854775807:9223372036854775807:"
"""A snapshot that sees every transaction: an era that has passed ends here."""
BATCH = 20_000
"""About how many records a batch has at most. Sealing them takes less than a second."""


def _text(sql: str) -> Statement:
    return Statement(text(sql))


def _batch(era: str, after: str, upto: str) -> str:
    """Returns the end of a statement about the records of one batch; the arguments are SQL.

    `verify` looks up nothing but PostgreSQL's own functions, which the owner of the database cannot replace, so the
    tables have their schema.
    """
    return f"""
        FROM public.audit_log log
        WHERE log.era = {era} AND log.xact >= pg_snapshot_xmin({after}) AND log.xact < pg_snapshot_xmax({upto})
        AND NOT pg_visible_in_snapshot(log.xact, {after}) AND pg_visible_in_snapshot(log.xact, {upto})"""


_NEXT_BATCH = _batch(
    "CAST(:era AS integer)", "CAST(CAST(:after AS text) AS pg_snapshot)", "CAST(CAST(:upto AS text) AS pg_snapshot)"
)
# What a seal covers. It must never change: the seals that exist would no longer fit.
_DIGEST = """
    SELECT count(*) AS records, sha256(coalesce(string_agg(
        sha256(convert_to(json_build_array(log.era, log.xact, log.id, extract(epoch FROM log.at), log.actor, log.roles,
            log.action, log.resource, log.resource_id, log.patient_ids, log.outcome, log.trace_id)::text, 'UTF8')),
        ''::bytea ORDER BY log.xact, log.id), ''::bytea)) AS digest"""
_DIGEST_OF_NEXT = _text(_DIGEST + _NEXT_BATCH)
_NAME_PATIENTS = _text(
    "INSERT INTO public.audit_patient (patient_id, sequence) "
    f"SELECT DISTINCT unnest(log.patient_ids), CAST(:sequence AS bigint) {_NEXT_BATCH} ORDER BY 1"
)
_SEALS = (
    "SELECT sequence, era, after::text AS after, upto::text AS upto, records, sealed_at, hash FROM public.audit_seal"
)
_NEW_SEAL = _text("""
    INSERT INTO public.audit_seal (sequence, era, after, upto, records, sealed_at, hash) VALUES
    (:sequence, :era, CAST(CAST(:after AS text) AS pg_snapshot), CAST(CAST(:upto AS text) AS pg_snapshot),
     :records, :sealed_at, :hash)""")
_LAST = _text(f"{_SEALS} ORDER BY sequence DESC LIMIT 1")
_SEALS_WITH_BATCHES = _text(
    "SELECT seal.sequence, seal.era, seal.after::text, seal.upto::text, seal.records, seal.sealed_at, seal.hash, "  # noqa: S608 - nothing comes from outside
    "batch.records AS found, batch.digest FROM public.audit_seal seal "
    f"CROSS JOIN LATERAL ({_DIGEST}{_batch('seal.era', 'seal.after', 'seal.upto')}) AS batch ORDER BY seal.sequence"
)
_MOMENT = _text("""
    SELECT pg_current_snapshot()::text AS snapshot, statement_timestamp() AS at, era.era,
           era.cluster = (SELECT system_identifier FROM pg_control_system()) AS same_cluster
    FROM public.audit_era AS era ORDER BY era.era DESC LIMIT 1""")
_LAST_OF_BATCH = _text("""
    SELECT log.xact FROM public.audit_log AS log
    WHERE log.era = :era AND log.xact >= pg_snapshot_xmax(CAST(CAST(:after AS text) AS pg_snapshot))
    AND pg_visible_in_snapshot(log.xact, CAST(CAST(:upto AS text) AS pg_snapshot))
    ORDER BY log.xact OFFSET :batch LIMIT 1""")
_UNSEALED = _text("""
    SELECT count(*) FROM public.audit_log AS log
    WHERE log.era > :era OR log.era = :era
    AND NOT pg_visible_in_snapshot(log.xact, CAST(CAST(:upto AS text) AS pg_snapshot))""")
_RECORDS = _text("SELECT count(*) FROM public.audit_log")


class OtherCluster(Exception):
    """The database was moved to another cluster, and `migrate` has not begun a new era."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A link of the chain. `records` counts the records of all batches up to this one."""

    sequence: int
    era: int
    after: str
    upto: str
    records: int
    sealed_at: datetime
    hash: bytes = b""

    def linked(self, previous: bytes, digest: bytes) -> bytes:
        """Returns the hash for this seal: SHA-256 over the hash before it, its records' digest and its columns."""
        at = self.sealed_at.astimezone(UTC).isoformat()
        columns = json.dumps([self.sequence, self.era, self.after, self.upto, self.records, at])
        return hashlib.sha256(previous + digest + columns.encode()).digest()

    def follows(self, previous: Seal) -> bool:
        """Returns whether the batch begins where the one of `previous` ended, with the next era after an era's end."""
        if previous.upto == EVERYTHING:
            return (self.era, self.after) == (previous.era + 1, NOTHING)
        return (self.era, self.after) == (previous.era, previous.upto)


@dataclass(frozen=True, slots=True)
class _Moment:
    snapshot: str
    at: datetime
    era: int
    same_cluster: bool


@dataclass(frozen=True, slots=True)
class _Batch:
    records: int
    digest: bytes


async def last_seal(uow: UnitOfWork) -> Seal | None:
    """Returns the head of the chain. The migration makes the first seal, so without one all were removed."""
    return await uow.one(_LAST, Seal)


async def seal(uow: UnitOfWork) -> Seal | None:
    """Seals one batch. Returns None when there is nothing to do, or when another process is doing it.

    Raises OtherCluster when positions cannot be compared, because the database was moved.
    """
    if not await uow.try_lock(AUDIT_SEALER):
        return None
    last, moment = await last_seal(uow), await uow.one(_MOMENT, _Moment)
    if last is None or moment is None:
        return None  # `verify` says what is missing
    if not moment.same_cluster:
        raise OtherCluster
    era, after = (last.era + 1, NOTHING) if last.upto == EVERYTHING else (last.era, last.upto)
    end = moment.snapshot if era == moment.era else EVERYTHING
    upto = await _nearer(uow, era, after, end)
    bounds: dict[str, Any] = {"era": era, "after": after, "upto": upto}
    batch = await uow.one(_DIGEST_OF_NEXT, _Batch, **bounds)
    if batch is None or (batch.records == 0 and upto != EVERYTHING):
        return None
    new = Seal(last.sequence + 1, era, after, upto, last.records + batch.records, moment.at)
    sealed = replace(new, hash=new.linked(last.hash, batch.digest))
    await uow.execute(_NEW_SEAL, **asdict(sealed))
    await uow.execute(_NAME_PATIENTS, **bounds, sequence=new.sequence)
    return sealed


async def _nearer(uow: UnitOfWork, era: int, after: str, upto: str) -> str:
    """Returns `upto`, or a snapshot that sees less of it and ends the batch after about BATCH records."""
    bounds = {"era": era, "after": after, "upto": upto, "batch": BATCH}
    last: int | None = await uow.value(_LAST_OF_BATCH, **bounds)
    return upto if last is None else _before(upto, last + 1)


def _before(snapshot: str, end: int) -> str:
    """Returns the snapshot that sees what `snapshot` sees of the transactions before `end`."""
    first, _, running = snapshot.split(":")
    still_running = [id for id in running.split(",") if id and int(id) < end]
    return f"{min(int(first), end)}:{end}:{','.join(still_running)}"


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of `verify`. `fault` says where the chain is broken, and is None when it is intact."""

    records: int
    head: Seal | None
    fault: str | None


async def verify(uow: UnitOfWork) -> Verification:
    """Recomputes the chain. It finds records that were changed, removed or added, and seals that were removed.

    A chain that was cut off or computed anew agrees with itself: only its anchors (`audit_anchors.check`) tell. The
    transaction must be a new one. It no longer sees a function or table that hides one of the above.
    """
    for setting in ("TRANSACTION ISOLATION LEVEL REPEATABLE READ", "LOCAL search_path = pg_catalog"):
        await uow.fetch(f"SET {setting}", transactional=True)
    await uow.fetch("SET LOCAL statement_timeout = 0")
    head: Seal | None = None
    async for found, records, digest in _seals_with_batches(uow):
        fault = _fault(head, found, records, digest)
        if fault:
            return Verification(head.records if head else 0, head, fault)
        head = found
    if head is None:
        return Verification(0, None, "all seals were removed")
    unsealed = await uow.value(_UNSEALED, era=head.era, upto=head.upto)
    strays = await uow.value(_RECORDS) - head.records - unsealed
    return Verification(head.records, head, f"{strays} records are in no batch" if strays else None)


def _fault(head: Seal | None, found: Seal, records: int, digest: bytes) -> str | None:
    """Returns what is wrong with the seal `found` after `head`, or None. The first seal has no batch."""
    expected = head.sequence + 1 if head else 0
    if found.sequence != expected:
        return f"seal {expected} was removed"
    if head is None:
        return None
    sealed = found.records - head.records
    if not found.follows(head):
        return f"seal {found.sequence} does not begin where seal {head.sequence} ended"
    if records != sealed:
        return f"the batch of seal {found.sequence} had {sealed} records and has {records}"
    if found.hash != found.linked(head.hash, digest):
        return f"seal {found.sequence} or a record of its batch was changed"
    return None


async def _seals_with_batches(uow: UnitOfWork) -> AsyncIterator[tuple[Seal, int, bytes]]:
    async for *columns, records, digest in uow.stream(_SEALS_WITH_BATCHES):
        yield Seal(*columns), records, digest
