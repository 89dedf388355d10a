"""Sends the messages that are due.

A message is taken, sent and marked as sent in one transaction. So each is sent at least once, and twice only when the
process or the database dies between the provider's answer and the commit: SES and SNS have no idempotency key with
which that window could be closed. See docs/adr/notification-delivery.md.
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from services.common import database
from services.common.backoff import jittered
from services.common.clock import utc_now
from services.common.logs import describe, logger
from services.common.runtime import Runtime
from services.common.waiting import wait_for
from services.contracts.events import Event, decode
from services.notification import templates
from services.notification.config import NotificationSettings
from services.notification.entity import Channel, LoggedEvent, Message, Status
from services.notification.repository import NOTIFY_CHANNEL, NotificationRepository
from services.notification.senders import Rejected
from services.notification.templates import Text

BACKOFF_SECONDS = (1, 2, 5, 15, 60, 120, 240)
IDLE_SECONDS = 5.0
"""Looked at this often without a notification, which may be lost with its connection."""


class Sender(Protocol):
    """AWS, or a test's recorder."""

    async def send(self, channel: Channel, recipient: str, text: Text, event_id: UUID) -> str:
        """Returns the provider's id. Raises Rejected when it is of no use to try again."""
        ...


class NoRecipient(Exception):
    """The patient is not known, or not yet."""


class NothingToSay(Exception):
    """The patient has no address on this channel, or withdrew: nothing is wrong."""


class Dispatcher:
    """One a process; several processes share the work by row locks."""

    def __init__(self, runtime: Runtime[NotificationSettings], sender: Sender) -> None:
        self._runtime = runtime
        self._settings = runtime.settings
        self._sender = sender
        self._wake = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        """Until told to stop; a message at hand is finished."""
        connection = await database.listen(self._settings, "dispatcher", NOTIFY_CHANNEL, self._wake.set)
        stopped = asyncio.create_task(self._wake_on(stopping))
        try:
            while not stopping.is_set():
                self._wake.clear()
                await asyncio.gather(*(self._drain(stopping) for _ in range(self._settings.dispatchers)))
                await wait_for(self._wake, await self._idle_seconds())
        finally:
            stopped.cancel()
            await connection.close(timeout=2)

    async def _wake_on(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self._wake.set()

    async def _idle_seconds(self) -> float:
        async with self._runtime.database.read_session() as session:
            seconds = await NotificationRepository(session).seconds_to_next()
        return IDLE_SECONDS if seconds is None else min(max(seconds, 0.05), IDLE_SECONDS)

    async def _drain(self, stopping: asyncio.Event) -> None:
        """Sends until nothing is due."""
        while not stopping.is_set():
            async with self._runtime.database.unit_of_work() as work:
                repository = NotificationRepository(work.session)
                message = await repository.next_message()
                if message is None:
                    return
                await self._deliver(repository, message)

    async def _deliver(self, repository: NotificationRepository, message: Message) -> None:
        """Tries once, and notes on the message what came of it."""
        message.attempts += 1
        entry = await repository.entry(message.event_id)
        try:
            await self._compose(repository, message, entry)
            assert message.recipient is not None
            assert message.body is not None
            text = Text(message.subject, message.body)
            message.provider_id = await self._sender.send(
                Channel(message.channel), message.recipient, text, message.event_id
            )
        except NothingToSay:
            await repository.drop(message)
            return
        except Rejected as error:
            self._failed(message, error.code)
            return
        except Exception as error:
            logger(__name__).warning("send_failed", **_about(message, entry), **describe(error))
            self._try_again(message, type(error).__name__)
            return
        message.status, message.sent_at, message.error = Status.SENT, utc_now(), None
        logger(__name__).info("sent", **_about(message, entry))

    async def _compose(self, repository: NotificationRepository, message: Message, entry: LoggedEvent) -> None:
        if message.template is None:
            return  # staff wrote it: complete from the start
        contact = await repository.contact(entry.patient_id) if entry.patient_id else None
        if contact is None:
            raise NoRecipient
        if contact.name is None:
            raise NothingToSay
        channel = Channel(message.channel)
        recipient = contact.email if channel is Channel.EMAIL else e164(contact.phone)
        if not recipient:
            raise NothingToSay
        event: Event[Any] = decode(json.dumps(entry.payload))
        text = templates.render(templates.BY_NAME[message.template], channel, contact.name, event.data)
        message.recipient, message.subject, message.body = recipient, text.subject, text.body

    def _try_again(self, message: Message, error: str) -> None:
        if message.attempts >= self._settings.send_attempts:
            self._failed(message, error)
            return
        seconds = BACKOFF_SECONDS[min(message.attempts, len(BACKOFF_SECONDS)) - 1]
        message.error = error
        message.next_attempt_at = utc_now() + timedelta(seconds=jittered(seconds))

    def _failed(self, message: Message, error: str) -> None:
        message.status, message.error = Status.FAILED, error
        fields = {"notification_id": message.event_id, "channel": message.channel, "reason": error}
        logger(__name__).error("message_failed", attempts=message.attempts, **fields)


def e164(phone: str | None) -> str | None:
    """The number as SNS takes it (ITU-T E.164); None unless it is international: no country is guessed."""
    digits = "".join(character for character in phone or "" if character.isdigit())
    return f"+{digits}" if phone and phone.startswith("+") and 8 <= len(digits) <= 15 else None


def _about(message: Message, entry: LoggedEvent) -> dict[str, Any]:
    return {
        "notification_id": message.event_id,
        "channel": message.channel,
        "template": message.template,
        "event_type": entry.event_type,
        "attempt": message.attempts,
    }
