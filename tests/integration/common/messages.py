"""Messages on the topic of users, and consumer loops that read them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition

from services.common.clock import utc_now
from services.common.database import Database
from services.common.messaging.consumer_loop import ConsumerLoop
from services.common.messaging.consumers import Handlers
from services.common.messaging.kafka import Kafka
from services.common.settings import ServiceSettings
from services.contracts import topics
from services.contracts.events import Event, UserRegistered, UserUpdated
from services.contracts.roles import Role
from tests.integration.events import event

TOPIC = topics.USER


def user_event(user_id: uuid.UUID, version: int = 1) -> Event[Any]:
    """Returns an event of a user: `user.registered` for version 1, and `user.updated` for later versions."""
    fields = {"username": "u", "email": "u@example.org", "roles": (Role.DOCTOR,), "version": version}
    if version == 1:
        return event(UserRegistered(user_id=user_id, registered_at=utc_now(), **fields))
    return event(UserUpdated(user_id=user_id, updated_at=utc_now(), **fields))


async def send_bytes(kafka: Kafka, value: bytes, *, key: bytes) -> None:
    """Writes a message that need not be an event."""
    producer = await kafka.producer()
    await producer.send_and_wait(TOPIC.name, value, key=key)
    await producer.stop()


async def ends(kafka: Kafka, topic: str = TOPIC.name) -> dict[TopicPartition, int]:
    """Returns the end offset of each partition, so that a test reads only what it has added."""
    await kafka.ensure_topics([TOPIC])
    consumer = await kafka.consumer(topic, group=None)
    places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
    found = await consumer.end_offsets(places)
    await consumer.stop()
    return dict(found)


async def read(kafka: Kafka, since: dict[TopicPartition, int], count: int, seconds: float = 60) -> list[ConsumerRecord]:
    """Reads `count` messages from the given offsets on. Raises TimeoutError."""
    return await read_until(kafka, since, lambda found: len(found) >= count, seconds)


async def read_until(
    kafka: Kafka,
    since: dict[TopicPartition, int],
    enough: Callable[[list[ConsumerRecord]], bool],
    seconds: float = 60,
) -> list[ConsumerRecord]:
    """Reads from the given offsets on until there are enough messages. Raises TimeoutError."""
    consumer = await kafka.consumer(group=None)
    consumer.assign(list(since))
    for place, offset in since.items():
        consumer.seek(place, offset)
    found: list[ConsumerRecord] = []
    async with asyncio.timeout(seconds):
        while not enough(found):
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                found += batch
    await consumer.stop()
    return found


@asynccontextmanager
async def consuming(
    settings: ServiceSettings, handlers: Handlers, group: str, instances: int = 1
) -> AsyncIterator[Any]:
    """Runs consumer loops of one group, as several instances of a service do. Yields their runtime."""
    runtime: Any = SimpleNamespace(settings=settings, kafka=Kafka(settings), database=Database(settings))
    stopping = asyncio.Event()
    loops = [ConsumerLoop(runtime, handlers, group) for _ in range(instances)]
    tasks = [asyncio.create_task(loop.run(stopping)) for loop in loops]
    try:
        yield runtime
    finally:
        stopping.set()
        await asyncio.gather(*tasks)
        await runtime.database.close()
