"""What is sent when providers fail and processes die."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from lab.waiting import eventually
from services.common.clock import utc_now
from services.common.database import Database
from services.common.messaging.kafka import Kafka
from services.common.runtime import Runtime
from services.common.security.tokens import TokenVerifier
from services.notification import composition, mapper
from services.notification.config import NotificationSettings
from services.notification.entity import Channel, Email, Message, MessageStatus, Notification
from services.notification.repository.messages import MessageRepository
from services.notification.repository.notifications import NotificationRepository
from services.notification.senders import Rejected
from services.notification.templates import Text
from tests.integration.events import NOW
from tests.support.issuer import TestIssuer


class Provider:
    """A sender that fails as the test says, and remembers to whom it has sent.

    Each attempt takes one of `outcomes`: an error to raise, or None for success, which is also the default.
    """

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[str] = []

    async def send(self, channel: Channel, recipient: str, text: Text, event_id: UUID) -> str:
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        self.sent.append(recipient)
        await asyncio.sleep(0.01)
        return "id"


class DyingProvider(Provider):
    """Sends the message, and the process dies before it gets the answer."""

    async def send(self, channel: Channel, recipient: str, text: Text, event_id: UUID) -> str:
        await super().send(channel, recipient, text, event_id)
        raise asyncio.CancelledError


@pytest.fixture
async def runtime(settings: NotificationSettings) -> AsyncIterator[Runtime[NotificationSettings, Any]]:
    issuer = TestIssuer()
    database = Database(settings)
    tokens = TokenVerifier(issuer=issuer.issuer, audience=issuer.audience, keys=issuer)
    yield Runtime(settings=settings, database=database, kafka=Kafka(settings), tokens=tokens, keys=issuer)
    await database.close()


async def _add(runtime: Runtime[Any, Any], recipient: str) -> UUID:
    notification = Notification(id=uuid4(), event_type="test", payload={}, patient_id=None, created_at=NOW)
    message = mapper.email_message(notification.id, Email(recipient, "s", "b"), utc_now())
    async with runtime.database.unit_of_work() as uow:
        NotificationRepository(uow).add(notification)
        MessageRepository(uow).add([message])
    return notification.id


async def _message(runtime: Runtime[Any, Any], event_id: UUID) -> Message:
    async with runtime.database.unit_of_work() as uow:
        (row,) = await uow.fetch("SELECT * FROM message WHERE event_id = $1", event_id)
        return Message(**row)


@asynccontextmanager
async def _dispatching(runtime: Runtime[Any, Any], *providers: Provider) -> AsyncIterator[None]:
    """Runs a dispatcher for each provider, as in several tasks."""
    stopping = asyncio.Event()
    running = [asyncio.create_task(composition.dispatcher(runtime, provider).run(stopping)) for provider in providers]
    yield
    stopping.set()
    await asyncio.gather(*running, return_exceptions=True)


async def _wait_for_status(runtime: Runtime[Any, Any], event_id: UUID, status: MessageStatus) -> Message:
    async def ask() -> Message | None:
        message = await _message(runtime, event_id)
        return message if message.status == status else None

    return await eventually(status, ask)


async def test_a_failed_attempt_is_repeated(runtime: Runtime[NotificationSettings, Any]) -> None:
    provider = Provider(ConnectionError(), None)
    event_id = await _add(runtime, "a@example.org")
    async with _dispatching(runtime, provider):
        message = await _wait_for_status(runtime, event_id, MessageStatus.SENT)
    assert (message.attempts, message.error, provider.sent) == (2, None, ["a@example.org"])


async def test_a_rejected_message_is_not_tried_again(runtime: Runtime[NotificationSettings, Any]) -> None:
    event_id = await _add(runtime, "a@example.org")
    async with _dispatching(runtime, Provider(Rejected("MessageRejected"))):
        message = await _wait_for_status(runtime, event_id, MessageStatus.FAILED)
    assert (message.attempts, message.error) == (1, "MessageRejected")


async def test_several_dispatchers_send_each_message_once(runtime: Runtime[NotificationSettings, Any]) -> None:
    ids = [await _add(runtime, f"{number}@example.org") for number in range(30)]
    providers = [Provider(), Provider(), Provider()]
    async with _dispatching(runtime, *providers):
        for event_id in ids:
            await _wait_for_status(runtime, event_id, MessageStatus.SENT)
    taken = [recipient for provider in providers for recipient in provider.sent]
    assert sorted(taken) == sorted(f"{number}@example.org" for number in range(30))


async def test_a_message_is_sent_again_when_the_process_dies_after_sending(
    runtime: Runtime[NotificationSettings, Any],
) -> None:
    """The process can die between sending and the commit. The message is then sent twice, but it is never lost."""
    event_id = await _add(runtime, "a@example.org")
    dying, next_one = DyingProvider(), Provider()
    async with _dispatching(runtime, dying):

        async def sent() -> bool:
            return bool(dying.sent)

        await eventually("the message to be sent", sent)
    assert (await _message(runtime, event_id)).status == MessageStatus.PENDING
    async with _dispatching(runtime, next_one):
        await _wait_for_status(runtime, event_id, MessageStatus.SENT)
    assert next_one.sent == ["a@example.org"]
