"""Reads topics and runs handlers: each event once, in its partition's order, and none that blocks the next for ever."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from opentelemetry.trace import SpanKind

from services.common import metrics, telemetry
from services.common.clock import utc_now
from services.common.database import is_disconnect
from services.common.errors import Poison, Unavailable
from services.common.logs import describe, logger
from services.common.messaging import inbox
from services.common.messaging.consumers import Consumed, Handlers, Registration
from services.common.messaging.dead_letters import DeadLetters
from services.common.runtime import Runtime
from services.common.security.context import set_caller
from services.common.waiting import wait_for
from services.contracts.events import Event, InvalidEvent, UnknownEventType, decode

BATCH = 200
POLL_MILLISECONDS = 500
MEASURE_SECONDS = 5.0
BACKOFF = (0.1, 0.5, 2.0, 5.0)
"""Seconds before each further try: after these a message is given up, well within 30 s."""


class _Stopped(Exception):
    """Told to stop while waiting to try again: the message stays uncommitted and comes to the next instance."""


class ConsumerLoop:
    """One consumer group: all instances of one service."""

    def __init__(self, runtime: Runtime[Any, Any], handlers: Handlers, name: str) -> None:
        self._runtime = runtime
        self._handlers = handlers
        self._name = name
        self._dead_letters = DeadLetters(runtime.kafka, consumer=name)
        self._stopping = asyncio.Event()
        self._at: dict[TopicPartition, int] = {}
        """Offsets of the messages at hand: the consumer's own positions are behind all that was fetched."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Until told to stop: then finishes the events at hand and commits their offsets."""
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
        """Partitions side by side, each in order; offsets are committed after the effects are."""
        done = await asyncio.gather(*(self._partition(messages) for messages in batches.values()))
        offsets = {place: offset for place, offset in zip(batches, done, strict=True) if offset is not None}
        if not offsets:
            return
        try:
            await consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError):
            # The partition went to another instance meanwhile, which gets these events again and finds them done.
            logger(__name__).info("offsets_not_committed", consumer=self._name)

    async def _partition(self, messages: Sequence[ConsumerRecord]) -> int | None:
        """The offset after the last message that is done with."""
        offset = None
        place = TopicPartition(messages[0].topic, messages[0].partition)
        try:
            for message in messages:
                if self._stopping.is_set():
                    break
                self._at[place] = message.offset
                try:
                    await self._message(message)
                except _Stopped:
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

    async def _until_done(self, message: ConsumerRecord, event: Event[Any], registration: Registration) -> str | None:
        """Why the event was given up, if it was."""
        failures, outages = 0, 0
        while True:
            try:
                outcome = await self._once(message, event, registration)
                self._report(message, event, outcome)
                return None
            except Poison as error:
                await self._give_up(message, "poison", error.reason, failures + 1)
                return "poison"
            except Exception as error:
                if _is_outage(error):
                    outages += 1  # the database's absence is no fault of the event: wait for it
                    await self._pause(error, event, min(0.2 * 2 ** min(outages, 6), 5.0))
                    continue
                failures += 1
                if failures > len(BACKOFF):
                    await self._give_up(message, "failed", type(error).__name__, failures)
                    return "failed"
                await self._pause(error, event, BACKOFF[failures - 1])

    async def _once(self, message: ConsumerRecord, event: Event[Any], registration: Registration) -> str:
        async with self._runtime.database.unit_of_work() as work:
            if not await inbox.first_time(work.session, self._name, event.id):
                return "duplicate"
            if registration.newest_only:
                key = (self._name, message.topic, event.subject)
                if not await inbox.is_newest(work.session, *key, event.data.version):
                    return "outdated"
            context = Consumed(work, self._runtime, message.topic, message.partition, message.offset)
            await registration.handle(event, context)
        return "done"

    async def _pause(self, error: Exception, event: Event[Any], seconds: float) -> None:
        seconds *= random.uniform(0.8, 1.2)  # noqa: S311 - jitter
        fields = {"event_id": event.id, "event_type": event.type, "retry_in_s": round(seconds, 2)}
        logger(__name__).warning("event_failed", consumer=self._name, **fields, **describe(error))
        if await wait_for(self._stopping, seconds):
            raise _Stopped

    async def _give_up(self, message: ConsumerRecord, reason: str, error: str, attempts: int) -> None:
        """Puts the message aside; waits for the broker if it is away, because the message must not be lost."""
        delay = 0.2
        while True:
            try:
                await self._dead_letters.put(message, reason=reason, error=error, attempts=attempts)
                break
            except KafkaError as failure:
                logger(__name__).warning("dead_letter_failed", retry_in_s=delay, **describe(failure))
                if await wait_for(self._stopping, delay):
                    raise _Stopped from None
                delay = min(delay * 2, 5.0)
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
        """The lag, beside the work: it has to rise while an event holds everything up."""
        while True:
            try:
                waiting = await self._waiting(consumer)
            except KafkaError as error:
                logger(__name__).warning("lag_unknown", consumer=self._name, **describe(error))
            else:
                metrics.CONSUMER_LAG.clear()  # forgets partitions that another instance has by now
                for place, count in waiting.items():
                    metrics.CONSUMER_LAG.labels(place.topic, place.partition).set(count)
            await asyncio.sleep(MEASURE_SECONDS)

    async def _waiting(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """Messages in this instance's partitions that are not done, whether or not they were fetched."""
        places = consumer.assignment()
        ends = await consumer.end_offsets(places) if places else {}
        return {place: max(end - self._at.get(place, await consumer.position(place)), 0) for place, end in ends.items()}


def _read(message: ConsumerRecord) -> Event[Any]:
    """The event, checked against where it was found: a right event on a wrong topic or key is forged or misled."""
    event = decode(message.value or b"")
    if event.topic != message.topic or (message.key or b"") != event.key:
        raise InvalidEvent("topic or key do not fit the event")
    return event


def _is_outage(error: BaseException) -> bool:
    return is_disconnect(error) or (isinstance(error, Unavailable) and error.code == "outcome-unknown")
