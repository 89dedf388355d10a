"""Records that stop a consumer, and consumers that stop by themselves, on a real broker."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.producer import message_accumulator, producer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from lab.waiting import eventually
from services.common import metrics
from services.common.background import Background
from services.common.clock import utc_now
from services.common.database import Database
from services.common.identifiers import uuid7
from services.common.messaging import lag_monitor
from services.common.messaging.consumer_loop import ConsumerLoop
from services.common.messaging.consumers import EventContext, Handlers
from services.common.messaging.dead_letters import DeadLetter, DeadLetterQueue, OriginalGone
from services.common.messaging.kafka import Kafka
from services.common.settings import ServiceSettings
from services.contracts import topics
from services.contracts.events import Event, PatientDeleted
from tests.support.kafka_records import NotUtf8

TOPIC = topics.PATIENT
LARGE = b"x" * 1_048_450


def event() -> Event[Any]:
    return Event.of(PatientDeleted(version=1, patient_id=uuid.uuid4(), deleted_at=utc_now()), id=uuid7())


def overflowing() -> tuple[bytes, bytes]:
    sent = event()
    attributes = {**json.loads(sent.encode()), "time": "9999-12-31T23:59:59-14:00"}
    return sent.key, json.dumps(attributes).encode()


class Group:
    """A consumer group that begins at the end of the topic, and what it has handled."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.kafka, self.database = Kafka(settings), Database(settings)
        self.settings = settings
        self.name = f"test-{uuid.uuid4().hex[:8]}"
        self.queue = DeadLetterQueue(self.database, self.kafka, self.name)
        self.handled: set[str] = set()
        self.handlers = Handlers()
        self.handlers.on(PatientDeleted)(self._handle)

    async def _handle(self, event: Event[Any], _: EventContext) -> None:
        self.handled.add(event.subject)

    async def start_at_the_end(self) -> None:
        await self.kafka.ensure_topics([TOPIC])
        consumer = await self.kafka.consumer(TOPIC.name, group=self.name)
        ends = await consumer.end_offsets(consumer.assignment())
        await consumer.commit(dict(ends))
        await consumer.stop()

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator[None]:
        background = Background()
        background.start("consumers", ConsumerLoop(self, self.handlers, self.name).run)
        try:
            yield
        finally:
            await background.stop(20)

    async def send(self, key: bytes | None, value: bytes | None, headers: Any = ()) -> None:
        sending = await self.kafka.producer()
        await sending.send_and_wait(TOPIC.name, value, key=key, headers=list(headers), partition=0)
        await sending.stop()

    async def done(self) -> None:
        """Waits until everything that was sent before is done."""
        sent = event()
        await self.send(sent.key, sent.encode())

        async def handled() -> bool:
            return sent.subject in self.handled

        await eventually("the event after it", handled)

    async def letters(self, count: int) -> list[DeadLetter]:
        found: list[DeadLetter] = []

        async def written() -> bool:
            found[:] = await self.queue.pending([TOPIC])
            return len(found) >= count

        await eventually("the dead letters", written)
        assert len(found) == count
        return found


@pytest.fixture
async def group(settings: ServiceSettings) -> AsyncIterator[Group]:
    made = Group(settings)
    await made.start_at_the_end()
    yield made
    await made.database.close()


async def test_an_event_whose_time_overflows_is_one_dead_letter_and_a_restart_repeats_none(group: Group) -> None:
    for _ in range(3):
        await group.send(b"k", b"no event")
    await group.send(*overflowing())
    await group.send(None, b"", [("null", None)])
    async with group.consuming():
        await group.done()
        await group.letters(5)
    async with group.consuming():
        await group.done()
        letters = await group.letters(5)
    assert {letter.about["reason"] for letter in letters} == {"invalid"}


async def test_a_message_near_the_limit_is_a_reference_that_can_be_replayed_until_it_expires(group: Group) -> None:
    await group.send(b"k", LARGE)
    async with group.consuming():
        await group.done()
        [letter] = await group.letters(1)
        assert letter.is_reference
        assert letter.message.value == b""
        assert letter.about["size"] == str(len(LARGE) + 1)
        original = await group.queue.original(letter)
        assert (original.key, original.value) == (b"k", LARGE)

        assert await group.queue.replay([letter]) == {}
        await group.done()
        [again] = await group.letters(1)
        assert again.about["offset"] != letter.about["offset"]

        await _expire(group, TopicPartition(TOPIC.name, int(again.about["partition"])))
        with pytest.raises(OriginalGone, match="expired"):
            await group.queue.original(again)
        assert list(await group.queue.replay([again])) == [again.place]
        assert [left.place for left in await group.letters(1)] == [again.place]


async def _expire(group: Group, place: TopicPartition) -> None:
    """Deletes the records, as Kafka does when their retention ends."""
    admin = AIOKafkaAdminClient(bootstrap_servers=await group.kafka.bootstrap_servers())
    await admin.start()
    await admin.delete_records({place: RecordsToDelete(before_offset=-1)})
    await admin.close()


async def test_a_record_that_aiokafka_cannot_parse_is_set_aside_and_nothing_beside_it_is_lost(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [event() for _ in range(12)]
    for number, one in enumerate(sent):
        if number == 6:
            with monkeypatch.context() as patched:
                patched.setattr(message_accumulator, "DefaultRecordBatchBuilder", _DefaultRecordBatchBuilderPy)
                patched.setattr(producer, "DefaultRecordBatchBuilder", _DefaultRecordBatchBuilderPy)
                await group.send(b"k", b"v", [(NotUtf8(), b"x")])
        sending = await group.kafka.producer()
        await sending.send_and_wait(TOPIC.name, one.encode(), key=one.key)  # in all partitions
        await sending.stop()
    async with group.consuming():
        await group.done()

        async def all_handled() -> bool:
            return {one.subject for one in sent} <= group.handled

        await eventually("the events", all_handled)
        [letter] = await group.letters(1)
        assert (letter.about["reason"], letter.about["error"]) == ("unreadable", "UnicodeDecodeError")
        with pytest.raises(OriginalGone, match="parsed"):
            await group.queue.original(letter)


async def test_a_consumer_whose_fetching_has_died_is_replaced(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lag_monitor, "STALL_SECONDS", 3.0)
    monkeypatch.setattr(lag_monitor, "MEASURE_SECONDS", 0.2)
    started: list[AIOKafkaConsumer] = []
    start = AIOKafkaConsumer.start

    async def remembering(consumer: AIOKafkaConsumer) -> None:
        await start(consumer)
        started.append(consumer)

    monkeypatch.setattr(AIOKafkaConsumer, "start", remembering)
    before = metrics.CONSUMER_REBUILT.labels("lag")._value.get()
    async with group.consuming():
        await group.done()
        started[0]._fetcher._fetch_task.cancel()
        await asyncio.sleep(0.5)
        await group.done()
    assert metrics.CONSUMER_REBUILT.labels("lag")._value.get() == before + 1
