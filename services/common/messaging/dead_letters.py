"""Messages that a consumer gave up, on `<topic>.dlq`, and what an operator does with them.

Kafka deletes no single message, so what was handled is remembered in the service's database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition
from sqlalchemy import insert, select

from services.common import tables
from services.common.clock import utc_now
from services.common.database import Database
from services.common.messaging.kafka import Kafka
from services.contracts.topics import Topic

_PREFIX = "dlq-"


class DeadLetters:
    """Writes them."""

    def __init__(self, kafka: Kafka, consumer: str) -> None:
        self._kafka = kafka
        self._consumer = consumer
        self._producer: AIOKafkaProducer | None = None

    async def put(self, message: ConsumerRecord, *, reason: str, error: str, attempts: int) -> None:
        """Copies the message aside, unchanged; headers say why, and never with the event's values."""
        if self._producer is None:
            self._producer = await self._kafka.producer()
        about = {
            "consumer": self._consumer,
            "topic": message.topic,
            "partition": str(message.partition),
            "offset": str(message.offset),
            "reason": reason,
            "error": error[:500],
            "attempts": str(attempts),
            "at": utc_now().isoformat(),
        }
        kept = [(name, value) for name, value in message.headers if not name.startswith(_PREFIX)]
        headers = kept + [(_PREFIX + name, value.encode()) for name, value in about.items()]
        await self._producer.send_and_wait(f"{message.topic}.dlq", message.value, key=message.key, headers=headers)

    async def close(self) -> None:
        """Sends what is buffered."""
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message on a dead-letter topic. `place` names it to the command."""

    topic: str
    partition: int
    offset: int
    message: ConsumerRecord
    about: dict[str, str]

    @property
    def place(self) -> str:
        """`topic/partition/offset` of the dead letter."""
        return f"{self.topic}/{self.partition}/{self.offset}"


class DeadLetterOffice:
    """Lists, replays and discards the dead letters of one consumer."""

    def __init__(self, database: Database, kafka: Kafka, consumer: str) -> None:
        self._database = database
        self._kafka = kafka
        self._consumer = consumer

    async def waiting(self, topics: Sequence[Topic]) -> list[DeadLetter]:
        """Those of this consumer that nobody has handled, oldest first."""
        handled = await self._handled()
        found: list[DeadLetter] = []
        for topic in topics:
            for message in await self._read(topic.dlq):
                letter = _letter(message)
                mine = letter.about.get("consumer") == self._consumer
                if mine and (letter.topic, letter.partition, letter.offset) not in handled:
                    found.append(letter)
        return sorted(found, key=lambda letter: letter.message.timestamp)

    async def replay(self, letters: Sequence[DeadLetter]) -> None:
        """Sends them to their topic again. Consumers that had processed one find its id in their inbox."""
        producer = await self._kafka.producer()
        try:
            for letter in letters:
                message = letter.message
                headers = [(name, value) for name, value in message.headers if not name.startswith(_PREFIX)]
                topic = letter.about["topic"]
                await producer.send_and_wait(topic, message.value, key=message.key, headers=headers)
                await self._mark(letter, "replayed")
        finally:
            await producer.stop()

    async def discard(self, letters: Sequence[DeadLetter]) -> None:
        """Lists them no longer."""
        for letter in letters:
            await self._mark(letter, "discarded")

    async def _mark(self, letter: DeadLetter, action: str) -> None:
        values = {"topic": letter.topic, "partition": letter.partition, "offset": letter.offset, "action": action}
        async with self._database.unit_of_work() as work:
            await work.session.execute(insert(tables.dead_letter).values(**values))

    async def _handled(self) -> set[tuple[str, int, int]]:
        table = tables.dead_letter
        async with self._database.read_session() as session:
            rows = await session.execute(select(table.c.topic, table.c.partition, table.c.offset))
            return {(row.topic, row.partition, row.offset) for row in rows}

    async def _read(self, topic: str) -> list[ConsumerRecord]:
        """Everything that is on the topic now."""
        consumer = await self._kafka.consumer(topic, group=None)  # without a group it reads every partition
        try:
            places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
            if not places:
                return []
            await consumer.seek_to_beginning(*places)
            ends = await consumer.end_offsets(places)
            messages: list[ConsumerRecord] = []
            while any([await consumer.position(place) < ends[place] for place in places]):
                for batch in (await consumer.getmany(timeout_ms=1000)).values():
                    messages += batch
            return messages
        finally:
            await consumer.stop()


def _letter(message: ConsumerRecord) -> DeadLetter:
    about = {
        name.removeprefix(_PREFIX): value.decode("utf-8", "replace")
        for name, value in message.headers
        if name.startswith(_PREFIX)
    }
    return DeadLetter(message.topic, message.partition, message.offset, message, about)
