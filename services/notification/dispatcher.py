"""The background loop that sends the messages that are due.

A message is locked, sent and marked as sent in one transaction. So each is sent at least once. It is sent twice only
when the process or the database dies between the provider's answer and the commit, because SES and SNS accept no
idempotency key. See docs/adr/0005-notification-delivery.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from services.common.database import Database, listen
from services.common.security.principal import SYSTEM, Principal
from services.common.unit_of_work import UnitOfWork
from services.common.waiting import wait_for
from services.notification.config import NotificationSettings
from services.notification.repository.messages import NOTIFY_CHANNEL, MessageRepository
from services.notification.service.messages import MessageService

MAX_IDLE_SECONDS = 5.0
"""How often it looks for messages without a notification, which may be lost with its connection."""
MIN_IDLE_SECONDS = 0.05


class Dispatcher:
    """Sends messages for as long as the process runs. The dispatchers of several processes share the messages."""

    def __init__(
        self,
        database: Database,
        settings: NotificationSettings,
        service: Callable[[Principal, UnitOfWork], MessageService],
        repository: Callable[[UnitOfWork], MessageRepository],
    ) -> None:
        """`service` constructs what sends in a transaction, and `repository` what reads without one."""
        self._database = database
        self._settings = settings
        self._service = service
        self._repository = repository
        self._wake = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        """Runs until `stopping` is set. It finishes the messages that it is sending then."""
        connection = await listen(self._settings, "dispatcher", NOTIFY_CHANNEL, self._wake.set)
        stopped = asyncio.create_task(self._wake_on(stopping))
        try:
            while not stopping.is_set():
                self._wake.clear()
                due, seconds = await self._waiting()
                senders = min(due, self._settings.dispatchers)
                sent = await asyncio.gather(*(self._send_due(stopping) for _ in range(senders)))
                if not any(sent):
                    await wait_for(self._wake, seconds)
        finally:
            stopped.cancel()
            await connection.close(timeout=2)

    async def _wake_on(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self._wake.set()

    async def _send_due(self, stopping: asyncio.Event) -> int:
        """Sends messages one after another, each in a transaction, until none is due. Returns how many there were.

        It finds none when other dispatchers are sending those that are due.
        """
        count = 0
        while not stopping.is_set():
            async with self._database.unit_of_work() as uow:
                if not await self._service(SYSTEM, uow).send_next():
                    break
            count += 1
        return count

    async def _waiting(self) -> tuple[int, float]:
        """Returns how many messages are due, and else how long to sleep."""
        async with self._database.unit_of_work() as uow:
            due, seconds = await self._repository(uow).waiting()
        if seconds is None:
            return due, MAX_IDLE_SECONDS
        return due, min(max(seconds, MIN_IDLE_SECONDS), MAX_IDLE_SECONDS)
