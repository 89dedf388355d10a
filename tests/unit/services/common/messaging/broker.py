"""A broker in memory, as seen through aiokafka: records go through aiokafka's own encoder, parser and size check."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import MessageSizeTooLargeError
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder, _DefaultRecordBatchBuilderPy

from tests.support.kafka_records import NotUtf8

MAX_REQUEST = 1_048_576


def encoded(
    key: bytes | None, value: bytes | None, headers: Sequence[tuple[Any, bytes | None]] = (), timestamp: int = 0
) -> bytes:
    """Returns a batch of one record."""
    python = any(isinstance(name, NotUtf8) for name, _ in headers)
    make = _DefaultRecordBatchBuilderPy if python else DefaultRecordBatchBuilder
    batch = make(
        magic=2,
        compression_type=0,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=4 * MAX_REQUEST,
    )
    batch.append(0, timestamp, key, value, list(headers))
    return bytes(batch.build())


class Broker:
    """Topics of one partition, and the offsets that one group has committed."""

    def __init__(self) -> None:
        self.logs: dict[str, list[bytes]] = defaultdict(list)
        self.committed: dict[TopicPartition, int] = {}
        self.progress = asyncio.Event()

    async def all_committed(self, topic: str) -> None:
        """Waits until the group has done everything."""
        while self.committed.get(TopicPartition(topic, 0), 0) < len(self.logs[topic]):
            self.progress = asyncio.Event()
            await self.progress.wait()

    def records(self, topic: str) -> list[ConsumerRecord]:
        return [self.record(TopicPartition(topic, 0), offset) for offset in range(len(self.logs[topic]))]

    def record(self, place: TopicPartition, offset: int) -> ConsumerRecord:
        [raw] = list(DefaultRecordBatch(self.logs[place.topic][offset]))
        about = (raw.timestamp, raw.timestamp_type, raw.key, raw.value, None, -1, -1, tuple(raw.headers))
        return ConsumerRecord(place.topic, place.partition, offset, *about)


class Consumer:
    def __init__(self, broker: Broker, topic: str) -> None:
        self._broker = broker
        self._place = TopicPartition(topic, 0)
        self._position = broker.committed.get(self._place, 0)

    def assignment(self) -> set[TopicPartition]:
        return {self._place}

    async def getmany(self, *_: TopicPartition, timeout_ms: int, max_records: int) -> Any:
        await asyncio.sleep(0)
        end = min(self._position + max_records, len(self._broker.logs[self._place.topic]))
        records = [self._broker.record(self._place, offset) for offset in range(self._position, end)]
        self._position = end
        return {self._place: records} if records else {}

    async def position(self, _: TopicPartition) -> int:
        return self._position

    def seek(self, _: TopicPartition, offset: int) -> None:
        self._position = offset

    async def seek_to_beginning(self, _: TopicPartition) -> None:
        self._position = 0

    async def committed(self, place: TopicPartition) -> int | None:
        return self._broker.committed.get(place)

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        self._broker.committed |= offsets
        self._broker.progress.set()

    async def end_offsets(self, places: Any) -> dict[TopicPartition, int]:
        return {place: len(self._broker.logs[place.topic]) for place in places}

    async def stop(self) -> None:
        pass


class Producer:
    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    async def send_and_wait(self, topic: str, value: Any = None, key: Any = None, headers: Any = None) -> None:
        assert not (value is None and key is None), "Need at least one: key or value"
        if DefaultRecordBatchBuilder.estimate_size_in_bytes(key, value, headers) > MAX_REQUEST:
            raise MessageSizeTooLargeError
        self._broker.logs[topic].append(encoded(key, value, headers))

    async def stop(self) -> None:
        pass


class Kafka:
    """Stands for `services.common.messaging.kafka.Kafka`."""

    consumer_type: type[Any] = Consumer
    producer_type: type[Any] = Producer

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.consumers: list[Any] = []

    async def ensure_topics(self, topics: Any) -> None:
        pass

    async def forget_brokers(self) -> None:
        pass

    async def consumer(self, topic: str, group: str) -> Any:
        self.consumers.append(self.consumer_type(self.broker, topic))
        return self.consumers[-1]

    async def producer(self) -> Any:
        return self.producer_type(self.broker)

    async def stop(self, client: Any) -> None:
        await client.stop()


class Database:
    """Stands for a database that always answers. `effects` are those whose transaction was committed."""

    def __init__(self) -> None:
        self.effects: list[str] = []

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[Any]:
        async def flush_changes() -> None:
            await asyncio.sleep(0)

        uow = SimpleNamespace(effects=[], flush_changes=flush_changes)
        yield uow
        self.effects += uow.effects

    async def ping(self) -> None:
        pass
