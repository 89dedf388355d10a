"""What every service does regularly: seal and anchor the audit log, measure what waits, delete old rows."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from services.common import audit, audit_anchors, audit_chain, metrics
from services.common.anchor_log import AnchorLog
from services.common.clock import utc_now
from services.common.database import Database
from services.common.database_locks import HOUSEKEEPING
from services.common.logs import logger
from services.common.settings import ServiceSettings
from services.common.waiting import wait_for

SEAL_SECONDS = 1.0
MEASURE_SECONDS = 5.0
PURGE_SECONDS = 600.0
INBOX_KEEP = timedelta(days=30)
"""Much longer than Kafka keeps messages (7 days), so that a redelivered message is never taken for a new one."""

_OLDEST_UNSEALED = audit.oldest_unsealed()
_OUTBOX = """
    SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 FROM outbox
    WHERE published_at IS NULL AND refused IS NULL"""


class Housekeeping:
    """Four loops. Several instances may run them at once."""

    def __init__(self, settings: ServiceSettings, database: Database) -> None:
        self._settings = settings
        self._database = database

    async def seal(self, stopping: asyncio.Event) -> None:
        """Seals new audit records."""
        while not await wait_for(stopping, SEAL_SECONDS):
            while True:
                async with self._database.unit_of_work() as uow:
                    head = await audit_chain.seal(uow)
                if head is None:
                    break
                logger(__name__).info("audit_sealed", sequence=head.sequence, head=head.hash.hex())

    async def anchor(self, stopping: asyncio.Event) -> None:
        """Anchors the head of the audit log's chain outside of the database."""
        log = AnchorLog(self._settings)
        while True:
            async with self._database.unit_of_work() as uow:
                new = await audit_anchors.anchor(uow, log, self._settings)
            if new:
                logger(__name__).info("audit_anchored", sequence=new.sequence, head=new.hash)
            if await wait_for(stopping, self._settings.audit_anchor_seconds):
                return

    async def measure(self, stopping: asyncio.Event) -> None:
        """Measures what waits, in every instance and also while the broker is away."""
        while True:
            async with self._database.unit_of_work() as uow:
                ((waiting, age),) = await uow.fetch(_OUTBOX)
                unsealed = await uow.value(_OLDEST_UNSEALED)
                unanchored = await uow.value(audit_anchors.OLDEST_UNANCHORED)
            metrics.OUTBOX_WAITING.set(waiting)
            metrics.OUTBOX_LAG.set(age)
            metrics.AUDIT_UNSEALED.set(_age(unsealed))
            metrics.AUDIT_UNANCHORED.set(_age(unanchored) if self._settings.audit_key_id else 0)
            if await wait_for(stopping, MEASURE_SECONDS):
                return

    async def purge(self, stopping: asyncio.Event) -> None:
        """Deletes old idempotency keys, sent events and inbox rows."""
        while not await wait_for(stopping, PURGE_SECONDS):
            now = utc_now()
            keys_before = now - timedelta(hours=self._settings.idempotency_keep_hours)
            events_before = now - timedelta(hours=self._settings.outbox_keep_hours)
            async with self._database.unit_of_work() as uow:
                if await uow.try_lock(HOUSEKEEPING):
                    await uow.fetch("DELETE FROM idempotency_key WHERE created_at < $1", keys_before)
                    await uow.fetch("DELETE FROM outbox WHERE published_at < $1", events_before)
                    await uow.fetch("DELETE FROM inbox WHERE received_at < $1", now - INBOX_KEEP)


def _age(moment: datetime | None) -> float:
    return (utc_now() - moment).total_seconds() if moment else 0.0
