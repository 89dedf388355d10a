"""The events on the topics, read and written without the services."""

from __future__ import annotations

import asyncio
import json
import subprocess
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from lab.waiting import eventually
from ops import aws, brokers
from services.common.messaging.kafka import Kafka
from services.contracts import topics

CONSUMERS = ("billing", "notification")
"""The services that consume the events of patients and of appointments."""
_READ_SECONDS = 60


async def events_of(subject: str, count: int, topic: str = topics.PATIENT.name) -> list[tuple[bytes, dict[str, Any]]]:
    """Returns keys and values of the first `count` events about this aggregate. Raises TimeoutError."""
    consumer = AIOKafkaConsumer(topic, **brokers.connection(), auto_offset_reset="earliest", group_id=None)
    await consumer.start()
    found: list[tuple[bytes, dict[str, Any]]] = []
    try:
        async with asyncio.timeout(_READ_SECONDS):
            async for message in consumer:
                # Other messages may be no events: the attacks put forged ones on the topic.
                if message.key == subject.encode():
                    found.append((message.key, json.loads(message.value)))
                if len(found) == count:
                    return found
    finally:
        await consumer.stop()
    raise AssertionError("the consumer ended by itself")


@dataclass(frozen=True)
class Broker:
    """Clients of the Kafka cluster."""

    kafka: Kafka
    connection: dict[str, Any]
    producer: AIOKafkaProducer
    admin: AIOKafkaAdminClient

    async def send(self, topic: topics.Topic, value: bytes, key: str) -> None:
        """Sends a message, and waits until all its consumers have committed it."""
        sent = await self.producer.send_and_wait(topic.name, value, key=key.encode())
        partition = TopicPartition(sent.topic, sent.partition)

        async def committed_by_all() -> bool:
            committed = [await self.admin.list_consumer_group_offsets(consumer) for consumer in CONSUMERS]
            return all(partition in offsets and offsets[partition].offset > sent.offset for offsets in committed)

        await eventually("all consumers to commit the message", committed_by_all)

    async def dead_letters(self, topic: topics.Topic, key: str) -> list[ConsumerRecord]:
        """Returns the dead letters of a topic that have this key."""
        consumer = await self.kafka.consumer(topic.dlq, group=None, **self.connection)
        try:
            partitions = consumer.assignment()
            ends = await consumer.end_offsets(partitions)
            found: list[ConsumerRecord] = []
            while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
                for messages in (await consumer.getmany(timeout_ms=1000)).values():
                    found += [message for message in messages if message.key == key.encode()]
            return found
        finally:
            await consumer.stop()


def discard(consumer: str, letters: list[ConsumerRecord]) -> None:
    """Discards dead letters as an operator does, so that the next list of them does not show a test's."""
    container = aws.container_id(aws.tasks(consumer)[0], consumer)
    places = [f"{letter.topic}/{letter.partition}/{letter.offset}" for letter in letters]
    subprocess.run(["docker", "exec", container, "dead-letters", "discard", *places], check=True, capture_output=True)
