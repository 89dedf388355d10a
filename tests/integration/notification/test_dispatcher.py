"""Providers that fail, and processes that die."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from lab.waiting import eventually
from services.common.database import Database
from services.common.messaging.kafka import Kafka
from services.common.runtime import Runtime
from services.common.security.tokens import TokenVerifier
from services.notification import mapper
from services.notification.config import NotificationSettings
from services.notification.dispatcher import Dispatcher
from services.notification.entity import Channel, LoggedEvent, Message, Status
from services.notification.repository import NotificationRepository
from services.notification.senders import Rejected
from services.notification.templates import Text
from tests.integration.events import NOW
from tests.support.issuer import TestIssuer


class Provider:
    """Does with each attempt what the test says, and remembers what it took."""

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


class Dying(Provider):
    """Takes the message, and the process dies before it hears so."""

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


async def _put(runtime: Runtime[Any, Any], recipient: str) -> UUID:
    entry = LoggedEvent(id=uuid4(), event_type="test", payload={}, created_at=NOW)
    message = mapper.to_message(entry.id, Channel.EMAIL, recipient=recipient, subject="s", body="b")
    async with runtime.database.unit_of_work() as uow:
        await NotificationRepository(uow.session).log(entry, [message])
    return entry.id


async def _message(runtime: Runtime[Any, Any], event_id: UUID) -> Message:
    async with runtime.database.read_session() as session:
        return await session.get_one(Message, (event_id, Channel.EMAIL))


@asynccontextmanager
async def _dispatching(runtime: Runtime[Any, Any], *providers: Provider) -> AsyncIterator[None]:
    """A dispatcher for each provider, as several tasks would have them."""
    stopping = asyncio.Event()
    running = [asyncio.create_task(Dispatcher(runtime, provider).run(stopping)) for provider in providers]
    yield
    stopping.set()
    await asyncio.gather(*running, return_exceptions=True)


async def _reaches(runtime: Runtime[Any, Any], event_id: UUID, status: Status) -> Message:
    async def ask() -> Message | None:
        message = await _message(runtime, event_id)
        return message if message.status == status else None

    return await eventually(status, ask)


async def test_a_provider_that_fails_is_asked_again(runtime: Runtime[NotificationSettings, Any]) -> None:
    provider = Provider(ConnectionError(), None)
    event_id = await _put(runtime, "a@example.org")
    async with _dispatching(runtime, provider):
        message = await _reaches(runtime, event_id, Status.SENT)
    assert (message.attempts, message.error, provider.sent) == (2, None, ["a@example.org"])


async def test_what_a_provider_will_never_take_is_not_tried_again(runtime: Runtime[NotificationSettings, Any]) -> None:
    event_id = await _put(runtime, "a@example.org")
    async with _dispatching(runtime, Provider(Rejected("MessageRejected"))):
        message = await _reaches(runtime, event_id, Status.FAILED)
    assert (message.attempts, message.error) == (1, "MessageRejected")


async def test_several_dispatchers_send_each_message_once(runtime: Runtime[NotificationSettings, Any]) -> None:
    ids = [await _put(runtime, f"{number}@example.org") for number in range(30)]
    providers = [Provider(), Provider(), Provider()]
    async with _dispatching(runtime, *providers):
        for event_id in ids:
            await _reaches(runtime, event_id, Status.SENT)
    taken = [recipient for provider in providers for recipient in provider.sent]
    assert sorted(taken) == sorted(f"{number}@example.org" for number in range(30))


async def test_a_process_that_dies_after_sending_sends_again_and_loses_nothing(
    runtime: Runtime[NotificationSettings, Any],
) -> None:
    """The window that no provider lets us close: the message is sent twice, never not at all."""
    event_id = await _put(runtime, "a@example.org")
    dying, next_one = Dying(), Provider()
    async with _dispatching(runtime, dying):

        async def sent() -> bool:
            return bool(dying.sent)

        await eventually("the message to be sent", sent)
    assert (await _message(runtime, event_id)).status == Status.PENDING
    async with _dispatching(runtime, next_one):
        await _reaches(runtime, event_id, Status.SENT)
    assert next_one.sent == ["a@example.org"]
