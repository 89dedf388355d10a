"""The background loop that publishes reminders."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from services.appointment.service.reminders import ReminderService
from services.common.database import Database
from services.common.logs import logger
from services.common.security.principal import SYSTEM, Principal
from services.common.unit_of_work import UnitOfWork
from services.common.waiting import wait_for

BATCH = 100


class ReminderLoop:
    """Publishes each reminder once. Any number of instances may run at the same time."""

    def __init__(
        self, database: Database, seconds: float, service: Callable[[Principal, UnitOfWork], ReminderService]
    ) -> None:
        """`seconds` is the pause between two searches. `service` constructs the service for one transaction."""
        self._database = database
        self._seconds = seconds
        self._service = service

    async def run(self, stopping: asyncio.Event) -> None:
        """Searches regularly until `stopping` is set. A full batch is followed by the next one without a pause."""
        while not stopping.is_set():
            if await self.publish_due() < BATCH:
                await wait_for(stopping, self._seconds)

    async def publish_due(self) -> int:
        """Publishes one batch in one transaction. Returns the number of reminders that were due."""
        async with self._database.unit_of_work() as uow:
            count = await self._service(SYSTEM, uow).publish_due(BATCH)
        if count:
            logger(__name__).info("reminders_due", count=count)
        return count
