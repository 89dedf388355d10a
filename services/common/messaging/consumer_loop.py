"""Reads topics and runs the handlers of events.

Each event takes effect once, in the order of its partition. An event that keeps failing is set aside as a dead letter,
so that it cannot block its partition.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Generic

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from opentelemetry.trace import SpanKind

from services.common import metrics, telemetry
from services.common.backoff import Backoff, jittered
from services.common.clock import utc_now
from services.common.database import is_disconnect
from services.common.errors import PoisonMessage, Unavailable
from services.common.logs import describe, logger
from services.common.messaging import inbox
from services.common.messaging.consumers import EventContext, Handlers, R, Registration
from services.common.messaging.dead_letters import DeadLetterPublisher
from services.common.security.context import set_caller
from services.common.waiting import wait_for
from services.contracts.events import Event, InvalidEvent, UnknownEventType, decode

BATCH = 200
POLL_MILLISECONDS = 500
MEASURE_SECONDS = 5.0
RETRY_SECONDS = (0.1, 0.5, 2.0, 5.0)
"""Pauses before the further tries. After the last one the message becomes a dead letter, well within 30 s."""


class _ShuttingDown(Exception):
    """The loop was told to stop during a pause. The offset stays uncommitted, so the next instance gets the message."""


class ConsumerLoop(Generic[R]):
    """Consumes in one consumer group, which all instances of one service share; `name` is its id."""

    def __init__(self, runtime: R, handlers: Handlers[R], name: str) -> None:
        self._runtime = runtime
        self._handlers = handlers
        self._name = name
        self._dead_letters = DeadLetterPublisher(runtime.kafka, consumer=name)
        self._stopping = asyncio.Event()
        self._at: dict[TopicPartition, int] = {}
        """Offsets of the messages in progress. The consumer's own position is past everything that it has fetched."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Runs until `stopping` is set; then finishes the events in progress and commits their offsets."""
        self._stopping = stopping
        set_caller(None, None)
        topics = self._handlers.topics
        await self._runtime.kafka.ensure_topics(topics)
        consumer = await self._runtime.kafka.consumer(*(topic.name for topic in topics), group=self._name)
        logger(__name__).info("consumer_started", consumer=self._name)
        measuring = asyncio.create_task(self._measure(consumer))
        try:
            while not stopping.is_set():
                batches = await consumer.getmany(timeout_ms=POLL_MILLISECONDS, max_records=BATCH)
                if batches:
                    await self._process(consumer, batches)
        finally:
            measuring.cancel()
            await consumer.stop()
            await self._dead_letters.close()

    async def _process(self, consumer: AIOKafkaConsumer, batches: dict[TopicPartition, list[ConsumerRecord]]) -> None:
        """Processes partitions concurrently, each in order. Offsets are committed after the effects."""
        done = await asyncio.gather(*(self._partition(messages) for messages in batches.values()))
        offsets = {place: offset for place, offset in zip(batches, done, strict=True) if offset is not None}
        if not offsets:
            return
        try:
            await consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError):
            # The partition was assigned to another instance in the meantime. It gets these events again and its inbox
            # shows that they are done.
            logger(__name__).info("offsets_not_committed", consumer=self._name)

    async def _partition(self, messages: Sequence[ConsumerRecord]) -> int | None:
        """Returns the offset after the last message that was finished."""
        offset = None
        place = TopicPartition(messages[0].topic, messages[0].partition)
        try:
            for message in messages:
                if self._stopping.is_set():
                    break
                self._at[place] = message.offset
                try:
                    await self._message(message)
                except _ShuttingDown:
                    break
                offset = message.offset + 1
        finally:
            self._at.pop(place, None)
        return offset

    async def _message(self, message: ConsumerRecord) -> None:
        try:
            event = _read(message)
        except UnknownEventType:
            metrics.CONSUMED.labels(message.topic, "unknown", "ignored").inc()
            return
        except InvalidEvent as error:
            await self._give_up(message, "invalid", str(error), 1)
            return
        registration = self._handlers.find(event)
        if registration is None:
            return
        with telemetry.event_span("process", message.topic, SpanKind.CONSUMER, event.traceparent) as span:
            span.set_attribute("cloudevents.event_type", event.type)
            given_up = await self._until_done(message, event, registration)
            if given_up:
                telemetry.failed(span, given_up)

    async def _until_done(
        self, message: ConsumerRecord, event: Event[Any], registration: Registration[R]
    ) -> str | None:
        """Tries until the event is done or set aside. Returns the reason if it was set aside."""
        failures, outage = 0, Backoff(first=0.4, longest=5.0)
        while True:
            try:
                outcome = await self._once(message, event, registration)
                self._report(message, event, outcome)
                return None
            except PoisonMessage as error:
                await self._give_up(message, "poison", error.reason, failures + 1)
                return "poison"
            except Exception as error:
                if _is_outage(error):  # not the event's fault: wait until the database is back
                    await self._pause(error, event, outage.next())
                    continue
                failures += 1
                if failures > len(RETRY_SECONDS):
                    await self._give_up(message, "failed", type(error).__name__, failures)
                    return "failed"
                await self._pause(error, event, jittered(RETRY_SECONDS[failures - 1]))

    async def _once(self, message: ConsumerRecord, event: Event[Any], registration: Registration[R]) -> str:
        """Runs the handler in one transaction. Returns the outcome: `done`, `duplicate` or `outdated`."""
        async with self._runtime.database.unit_of_work() as uow:
            if not await inbox.first_time(uow.session, self._name, event.id):
                return "duplicate"
            if registration.newest_only:
                key = (self._name, message.topic, event.subject)
                if not await inbox.is_newest(uow.session, *key, event.data.version):
                    return "outdated"
            context = EventContext(uow, self._runtime, message.topic, message.partition, message.offset)
            await registration.handle(event, context)
        return "done"

    async def _pause(self, error: Exception, event: Event[Any], seconds: float) -> None:
        fields = {"event_id": event.id, "event_type": event.type, "retry_in_s": round(seconds, 2)}
        logger(__name__).warning("event_failed", consumer=self._name, **fields, **describe(error))
        if await wait_for(self._stopping, seconds):
            raise _ShuttingDown

    async def _give_up(self, message: ConsumerRecord, reason: str, error: str, attempts: int) -> None:
        """Sets the message aside. While the broker is away it waits, because the message must not be lost."""
        backoff = Backoff(first=0.2, longest=5.0)
        while True:
            try:
                await self._dead_letters.put(message, reason=reason, error=error, attempts=attempts)
                break
            except KafkaError as failure:
                pause = backoff.next()
                logger(__name__).warning("dead_letter_failed", retry_in_s=round(pause, 2), **describe(failure))
                if await wait_for(self._stopping, pause):
                    raise _ShuttingDown from None
        metrics.DEAD_LETTERS.labels(message.topic, reason).inc()
        place = {"topic": message.topic, "partition": message.partition, "offset": message.offset}
        logger(__name__).error("dead_letter", consumer=self._name, reason=reason, attempts=attempts, **place)

    def _report(self, message: ConsumerRecord, event: Event[Any], outcome: str) -> None:
        metrics.CONSUMED.labels(message.topic, event.type, outcome).inc()
        delay = max((utc_now() - event.time).total_seconds(), 0.0)
        metrics.EVENT_SECONDS.labels(message.topic).observe(delay)
        fields = {"event_id": event.id, "event_type": event.type, "lag_seconds": round(delay, 3)}
        logger(__name__).info("event_consumed", consumer=self._name, outcome=outcome, **fields)

    async def _measure(self, consumer: AIOKafkaConsumer) -> None:
        """Measures the lag concurrently, because it has to rise while an event blocks its partition."""
        while True:
            try:
                waiting = await self._waiting(consumer)
            except KafkaError as error:
                logger(__name__).warning("lag_unknown", consumer=self._name, **describe(error))
            else:
                metrics.CONSUMER_LAG.clear()  # drops partitions that now belong to another instance
                for place, count in waiting.items():
                    metrics.CONSUMER_LAG.labels(place.topic, place.partition).set(count)
            await asyncio.sleep(MEASURE_SECONDS)

    async def _waiting(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """Returns how many messages of each assigned partition are not done, whether or not they were fetched."""
        places = consumer.assignment()
        ends = await consumer.end_offsets(places) if places else {}
        return {place: max(end - self._at.get(place, await consumer.position(place)), 0) for place, end in ends.items()}


def _read(message: ConsumerRecord) -> Event[Any]:
    """Returns the event. Raises InvalidEvent also when it does not belong on this topic or under this key."""
    event = decode(message.value or b"")
    if event.topic != message.topic or (message.key or b"") != event.key:
        raise InvalidEvent("the topic or the key does not fit the event")
    return event


def _is_outage(error: BaseException) -> bool:
    return is_disconnect(error) or (isinstance(error, Unavailable) and error.code == "outcome-unknown")
