"""Dead letters: messages on `<topic>.dlq` that a consumer could not process, and what an operator does with them.

Kafka cannot delete single messages, so the service's database remembers which dead letters were handled.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from services.common import tables
from services.common.clock import utc_now
from services.common.database import Database
from services.common.messaging.kafka import Kafka, read_until
from services.contracts.topics import Topic

_PREFIX = "dlq-"
_TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)
_REMEMBERED = 1000
UNKNOWN_TIMESTAMP = "-1"
LARGEST_REQUEST = 2 * 1024 * 1024
"""A limit above the broker's own: a message that the broker took from another client can be sent again."""

_HANDLED = 'SELECT topic, partition, "offset" FROM dead_letter'


class DeadLetterPublisher:
    """Copies messages to their dead-letter topic."""

    def __init__(self, kafka: Kafka, consumer: str) -> None:
        self._kafka = kafka
        self._consumer = consumer
        self._producer: AIOKafkaProducer | None = None
        self._written: deque[tuple[str, int, int, int]] = deque(maxlen=_REMEMBERED)
        """The last messages that became dead letters. They come again when their offsets could not be committed."""

    async def put(self, message: ConsumerRecord, *, reason: str, error: str, attempts: int) -> bool:
        """Writes the dead letter. Returns False when it was written before. Raises KafkaError when it may work later.

        Headers give the reason, which must not contain values of the event. A message that cannot be copied, for
        example because it is too large with these headers, becomes a reference to its place.
        """
        identity = (message.topic, message.partition, message.offset, message.timestamp)
        if identity in self._written:
            return False
        about = self._about(message, reason, error, attempts)
        try:
            await self._send(message, message.value, message.key, _original_headers(message) + _headers(about))
        except Exception as failure:
            if isinstance(failure, KafkaError | TimeoutError) and not isinstance(failure, _TOO_LARGE):
                raise
            reference = {**about, "left-out": type(failure).__name__, "size": str(_size(message))}
            reference["key-sha256"] = hashlib.sha256(message.key or b"").hexdigest()
            await self._send(message, b"", None, _headers(reference))
        self._written.append(identity)
        return True

    async def close(self) -> None:
        """Sends what is buffered and closes the connection."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await self._kafka.stop(producer)

    async def _send(
        self, message: ConsumerRecord, value: bytes | None, key: bytes | None, headers: list[tuple[str, Any]]
    ) -> None:
        if self._producer is None:
            self._producer = await self._kafka.producer()
        try:
            await self._producer.send_and_wait(f"{message.topic}.dlq", value, key=key, headers=headers)
        except KafkaError:
            await self.close()  # a producer may not recover from an error
            raise

    def _about(self, message: ConsumerRecord, reason: str, error: str, attempts: int) -> dict[str, str]:
        return {
            "consumer": self._consumer,
            "topic": message.topic,
            "partition": str(message.partition),
            "offset": str(message.offset),
            "timestamp": str(message.timestamp),
            "reason": reason,
            "error": str(error)[:500],
            "attempts": str(attempts),
            "at": utc_now().isoformat(),
        }


class OriginalGone(Exception):
    """The message to which a dead letter refers cannot be read, or not be sent again. The text says why."""


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

    @property
    def is_reference(self) -> bool:
        """Whether it has only the place of the message, and not the message."""
        return "left-out" in self.about

    @property
    def original_topic(self) -> str:
        """The topic of the message."""
        return self.topic.removesuffix(".dlq")


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

    async def original(self, letter: DeadLetter) -> ConsumerRecord:
        """Returns the message. For a reference it reads the message's own topic. Raises OriginalGone."""
        if not letter.is_reference:
            return letter.message
        try:
            place = TopicPartition(letter.original_topic, int(letter.about["partition"]))
            found = await self._read_at(place, int(letter.about["offset"]))
        except (KeyError, ValueError, KafkaError) as error:
            raise OriginalGone(f"its message cannot be found: {type(error).__name__}") from None
        if letter.about.get("timestamp") not in (UNKNOWN_TIMESTAMP, str(found.timestamp)):
            raise OriginalGone("its message has expired: another message has its place")
        return found

    async def replay(self, letters: Sequence[DeadLetter]) -> dict[str, str]:
        """Sends the messages to their topics again. Consumers that had processed one skip it by its id.

        Returns the places of those that cannot be sent again, and why.
        """
        failed = {}
        producer = await self._kafka.producer(max_request_size=LARGEST_REQUEST)
        try:
            for letter in letters:
                try:
                    await self._send_again(producer, letter)
                except OriginalGone as gone:
                    failed[letter.place] = str(gone)
                else:
                    await self._mark(letter, "replayed")
        finally:
            await self._kafka.stop(producer)
        return failed

    async def discard(self, letters: Sequence[DeadLetter]) -> None:
        """Marks the messages as handled, so that `pending` leaves them out."""
        for letter in letters:
            await self._mark(letter, "discarded")

    async def _send_again(self, producer: AIOKafkaProducer, letter: DeadLetter) -> None:
        message = await self.original(letter)
        if message.value is None and message.key is None:
            raise OriginalGone("its message has neither a key nor a value, so it cannot be sent")
        headers = _original_headers(message)
        try:
            await producer.send_and_wait(letter.original_topic, message.value, key=message.key, headers=headers)
        except _TOO_LARGE:
            raise OriginalGone("the broker does not take a message of this size any more") from None

    async def _mark(self, letter: DeadLetter, action: str) -> None:
        values = {"topic": letter.topic, "partition": letter.partition, "offset": letter.offset, "action": action}
        async with self._database.unit_of_work() as uow:
            uow.add(tables.dead_letter, values)

    async def _handled(self) -> set[tuple[str, int, int]]:
        async with self._database.unit_of_work() as uow:
            return {tuple(row) for row in await uow.fetch(_HANDLED)}

    async def _read(self, topic: str) -> list[ConsumerRecord]:
        """Reads everything that is on the topic now."""
        consumer = await self._kafka.consumer(topic, group=None)  # without a group it reads every partition
        try:
            places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
            if not places:
                return []
            await consumer.seek_to_beginning(*places)
            ends = await consumer.end_offsets(places)
            return [message for place in places for message in await read_until(consumer, place, ends[place])]
        finally:
            await self._kafka.stop(consumer)

    async def _read_at(self, place: TopicPartition, offset: int) -> ConsumerRecord:
        """Reads one message. Raises OriginalGone when it is no longer there."""
        consumer = await self._kafka.consumer(group=None)
        try:
            consumer.assign([place])
            first = (await consumer.beginning_offsets([place]))[place]
            end = (await consumer.end_offsets([place]))[place]
            if not first <= offset < end:
                raise OriginalGone("its message has expired: Kafka has deleted it")
            consumer.seek(place, offset)
            found = [record for record in await read_until(consumer, place, offset + 1) if record.offset == offset]
            if not found:
                raise OriginalGone("its message cannot be parsed")
            return found[0]
        finally:
            await self._kafka.stop(consumer)


def _original_headers(message: ConsumerRecord) -> list[tuple[str, Any]]:
    """Returns the headers that the message had before it became a dead letter."""
    return [(name, value) for name, value in message.headers if not name.startswith(_PREFIX)]


def _headers(about: dict[str, str]) -> list[tuple[str, Any]]:
    return [(_PREFIX + name, value.encode("utf-8", "replace")) for name, value in about.items()]


def _size(message: ConsumerRecord) -> int:
    headers = sum(len(name.encode("utf-8", "replace")) + len(value or b"") for name, value in message.headers)
    return len(message.key or b"") + len(message.value or b"") + headers


def _letter(message: ConsumerRecord) -> DeadLetter:
    about = {
        name.removeprefix(_PREFIX): (value or b"").decode("utf-8", "replace")
        for name, value in message.headers
        if name.startswith(_PREFIX)
    }
    return DeadLetter(message.topic, message.partition, message.offset, message, about)
