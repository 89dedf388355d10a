"""Dead letters: messages on `<topic>.dlq` that a consumer could not process, and what an operator does with them.

Kafka cannot delete single messages, so the service's database remembers which dead letters were handled.
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


class DeadLetterPublisher:
    """Copies messages to their dead-letter topic."""

    def __init__(self, kafka: Kafka, consumer: str) -> None:
        self._kafka = kafka
        self._consumer = consumer
        self._producer: AIOKafkaProducer | None = None

    async def put(self, message: ConsumerRecord, *, reason: str, error: str, attempts: int) -> None:
        """Copies the message unchanged. Headers give the reason, which must not contain values of the event."""
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
        """Sends what is buffered and closes the connection."""
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message on a dead-letter topic. `about` holds the headers that `DeadLetterPublisher` added."""

    topic: str
    partition: int
    offset: int
    message: ConsumerRecord
    about: dict[str, str]

    @property
    def place(self) -> str:
        """Its name in the command line: `topic/partition/offset` of the dead letter."""
        return f"{self.topic}/{self.partition}/{self.offset}"


class DeadLetterQueue:
    """Lists, replays and discards the dead letters of one consumer."""

    def __init__(self, database: Database, kafka: Kafka, consumer: str) -> None:
        self._database = database
        self._kafka = kafka
        self._consumer = consumer

    async def pending(self, topics: Sequence[Topic]) -> list[DeadLetter]:
        """Returns this consumer's dead letters that were neither replayed nor discarded, oldest first."""
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
        """Sends the messages to their topics again. Consumers that had processed one skip it by its id."""
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
        """Marks the messages as handled, so that `pending` leaves them out."""
        for letter in letters:
            await self._mark(letter, "discarded")

    async def _mark(self, letter: DeadLetter, action: str) -> None:
        values = {"topic": letter.topic, "partition": letter.partition, "offset": letter.offset, "action": action}
        async with self._database.unit_of_work() as uow:
            await uow.session.execute(insert(tables.dead_letter).values(**values))

    async def _handled(self) -> set[tuple[str, int, int]]:
        table = tables.dead_letter
        async with self._database.read_session() as session:
            rows = await session.execute(select(table.c.topic, table.c.partition, table.c.offset))
            return {(row.topic, row.partition, row.offset) for row in rows}

    async def _read(self, topic: str) -> list[ConsumerRecord]:
        """Reads everything that is on the topic now."""
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
