"""What every service does regularly: seal the audit log, measure the outbox, delete old rows."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from services.common import audit, audit_chain, metrics
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
    """Three loops. Several instances may run them at once."""

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

    async def measure(self, stopping: asyncio.Event) -> None:
        """Measures what waits, in every instance and also while the broker is away."""
        while True:
            async with self._database.unit_of_work() as uow:
                ((waiting, age),) = await uow.fetch(_OUTBOX)
                unsealed = await uow.value(_OLDEST_UNSEALED)
            metrics.OUTBOX_WAITING.set(waiting)
            metrics.OUTBOX_LAG.set(age)
            metrics.AUDIT_UNSEALED.set((utc_now() - unsealed).total_seconds() if unsealed else 0)
            if await wait_for(stopping, MEASURE_SECONDS):
                return

    async def purge(self, stopping: asyncio.Event) -> None:
        """Deletes old idempotency keys, sent events and inbox rows."""
        while not await wait_for(stopping, PURGE_SECONDS):
            now = utc_now()
            keys_before = now - timedelta(hours=self._settings.idempotency_keep_hours)
            events_before = now - timedelta(hours=self._settings.outbox_keep_hours)
            async with self._database.unit_of_work() as uow:
                ((locked,),) = await uow.fetch("SELECT pg_try_advisory_xact_lock($1)", HOUSEKEEPING, transactional=True)
                if locked:
                    await uow.fetch("DELETE FROM idempotency_key WHERE created_at < $1", keys_before)
                    await uow.fetch("DELETE FROM outbox WHERE published_at < $1", events_before)
                    await uow.fetch("DELETE FROM inbox WHERE received_at < $1", now - INBOX_KEEP)
