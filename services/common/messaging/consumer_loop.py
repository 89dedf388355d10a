"""Reads topics and processes their messages.

Each event takes effect once, in the order of its partition. A message that cannot be processed is set aside as a dead
letter, so that it cannot block its partition. A consumer that makes no progress is replaced.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import Generic

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

from services.common import metrics
from services.common.logs import logger
from services.common.messaging.consumers import Handlers, R
from services.common.messaging.kafka import UNREADABLE
from services.common.messaging.lag_monitor import ConsumerStalled, LagMonitor, unless_stalled
from services.common.messaging.message_processor import MessageProcessor, ShuttingDown
from services.common.security.context import set_caller

BATCH = 200
BATCH_SECONDS = 60.0
"""After this time the rest of a batch is fetched again. Other partitions wait for it, and aiokafka leaves the group
when it is not asked for messages for 300 s."""
TOGETHER = 50
"""How many events of a partition share a transaction at most."""
POLL_MILLISECONDS = 500

Batches = dict[TopicPartition, list[ConsumerRecord]]


class ConsumerLoop(Generic[R]):
    """Consumes in one consumer group, which all instances of one service share; `name` is its id."""

    def __init__(self, runtime: R, handlers: Handlers[R], name: str) -> None:
        self._kafka = runtime.kafka
        self._topics = handlers.topics
        self._name = name
        self._processor = MessageProcessor(runtime, handlers, name)
        self._stopping = asyncio.Event()
        self._in_progress: dict[TopicPartition, int] = {}

    async def run(self, stopping: asyncio.Event) -> None:
        """Runs until `stopping` is set; then finishes the events in progress and commits their offsets.

        Raises ConsumerStalled and KafkaError: it can be called again, and then works with new clients.
        """
        self._stopping = self._processor.stopping = stopping
        set_caller(None, None)
        await self._kafka.ensure_topics(self._topics)
        consumer = await self._kafka.consumer(*(topic.name for topic in self._topics), group=self._name)
        logger(__name__).info("consumer_started", consumer=self._name)
        lag = LagMonitor(consumer, self._name, self._in_progress)
        measuring = asyncio.create_task(lag.run())
        try:
            while not stopping.is_set():
                lag.check(progress=await self._step(consumer))
        except ConsumerStalled as stall:
            metrics.CONSUMER_REBUILT.labels(stall.reason).inc()
            logger(__name__).warning("consumer_stalled", consumer=self._name, reason=stall.reason)
            await self._kafka.forget_brokers()
            raise
        finally:
            measuring.cancel()
            await self._kafka.stop(consumer)
            await self._processor.close()

    async def _step(self, consumer: AIOKafkaConsumer) -> bool:
        """Processes one batch. Returns whether there was one."""
        try:
            batches = await _fetch(consumer, max_records=BATCH)
        except UNREADABLE:
            return await self._step_by_record(consumer)
        await self._process(consumer, batches)
        return bool(batches)

    async def _step_by_record(self, consumer: AIOKafkaConsumer) -> bool:
        """Processes a batch record by record, and sets the unreadable ones aside. Returns whether there were any."""
        ends = await unless_stalled(_rewind(consumer))
        counts = [await self._step_through(consumer, place, end) for place, end in ends.items()]
        return any(counts)

    async def _step_through(self, consumer: AIOKafkaConsumer, place: TopicPartition, end: int) -> int:
        """Processes one partition record by record, up to `end` or BATCH records. Returns how many there were."""
        for count in range(BATCH):
            offset = await unless_stalled(consumer.position(place))
            if offset >= end or self._stopping.is_set():
                return count
            try:
                batches = await _fetch(consumer, place, max_records=1)
            except UNREADABLE as error:
                if not await self._skip_unreadable(consumer, place, offset, error):
                    return count
                continue
            if not batches:
                return count
            await self._process(consumer, batches)
        return BATCH

    async def _skip_unreadable(
        self, consumer: AIOKafkaConsumer, place: TopicPartition, offset: int, error: Exception
    ) -> bool:
        """Sets a record aside and goes on after it. Returns False when the loop is told to stop before."""
        try:
            await self._processor.set_aside(_unreadable(place, offset), "unreadable", type(error).__name__, 1)
        except ShuttingDown:
            return False
        consumer.seek(place, offset + 1)
        await self._commit(consumer, {place: offset + 1})
        return True

    async def _process(self, consumer: AIOKafkaConsumer, batches: Batches) -> None:
        """Processes partitions concurrently, each in order. Offsets are committed after the effects."""
        partitions = (self._partition(consumer, place, messages) for place, messages in batches.items())
        done = await asyncio.gather(*partitions, return_exceptions=True)
        offsets = {place: offset for place, offset in zip(batches, done, strict=True) if isinstance(offset, int)}
        if offsets:
            await self._commit(consumer, offsets)
        for failure in done:
            if isinstance(failure, BaseException):
                raise failure

    async def _partition(
        self, consumer: AIOKafkaConsumer, place: TopicPartition, messages: Sequence[ConsumerRecord]
    ) -> int | None:
        """Returns the offset after the last message that was finished."""
        offset = None
        end = monotonic() + BATCH_SECONDS
        try:
            done = alone_until = 0
            while done < len(messages) and not self._stopping.is_set():
                message = messages[done]
                if offset is not None and monotonic() > end:
                    with suppress(IllegalStateError):  # the partition belongs to another instance
                        consumer.seek(place, message.offset)
                    break
                self._in_progress[place] = message.offset
                if done >= alone_until:
                    together = messages[done : done + TOGETHER]
                    count = await self._processor.process_together(together)
                    if count:
                        done += count
                        offset = messages[done - 1].offset + 1
                        continue
                    alone_until = done + len(together)
                became_dead_letter = await self._processor.process(message)
                done += 1
                offset = message.offset + 1
                # At once, so that a restart does not repeat the dead letter: no inbox recognises it.
                if became_dead_letter and not await self._commit(consumer, {place: offset}):
                    return None
        except ShuttingDown:
            pass
        finally:
            self._in_progress.pop(place, None)
        return offset

    async def _commit(self, consumer: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> bool:
        """Returns whether the offsets were committed: not when a partition was assigned to another instance.

        That one gets these events again, and its inbox shows that they are done.
        """
        try:
            await unless_stalled(consumer.commit(offsets))
        except (CommitFailedError, IllegalStateError):
            logger(__name__).info("offsets_not_committed", consumer=self._name)
            return False
        return True


async def _fetch(consumer: AIOKafkaConsumer, *places: TopicPartition, max_records: int) -> Batches:
    fetched: Batches = await unless_stalled(
        consumer.getmany(*places, timeout_ms=POLL_MILLISECONDS, max_records=max_records)
    )
    return fetched


async def _rewind(consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
    """Goes back to the committed offsets: messages that were fetched beside an unreadable one are lost otherwise.

    Returns where the partitions end.
    """
    places = consumer.assignment()
    for place in places:
        committed = await consumer.committed(place)
        if committed is None:
            await consumer.seek_to_beginning(place)
        else:
            consumer.seek(place, committed)
    ends: dict[TopicPartition, int] = await consumer.end_offsets(places)
    return ends


def _unreadable(place: TopicPartition, offset: int) -> ConsumerRecord:
    """Stands for a record of which only the place is known."""
    return ConsumerRecord(place.topic, place.partition, offset, -1, 0, None, None, None, -1, -1, ())
