"""Measures how many messages wait for a consumer, and notices when it does not get them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from time import monotonic
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.common import metrics
from services.common.logs import describe, logger

MEASURE_SECONDS = 5.0
MEASURE_TIMEOUT_SECONDS = 10.0
STALL_SECONDS = 30.0
"""How long messages may wait without one being fetched. A broker that was killed is back within 6 s."""

T = TypeVar("T")


class ConsumerStalled(Exception):
    """The consumer makes no progress, and has to be replaced. `reason` is `lag`, `lag-unknown` or `hung`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def unless_stalled(call: Awaitable[T]) -> T:
    """Waits for a call of the consumer. Raises ConsumerStalled when it takes longer than STALL_SECONDS."""
    try:
        async with asyncio.timeout(STALL_SECONDS):
            return await call
    except TimeoutError:
        raise ConsumerStalled("hung") from None


class LagMonitor:
    """Watches one consumer. `in_progress` holds the offsets of the messages that are being processed."""

    def __init__(self, consumer: AIOKafkaConsumer, name: str, in_progress: Mapping[TopicPartition, int]) -> None:
        self._consumer = consumer
        self._name = name
        self._in_progress = in_progress
        self._reason: str | None = None
        self._since = 0.0

    async def run(self) -> None:
        """Measures until it is cancelled, also while an event blocks its partition: the lag has to rise then."""
        while True:
            try:
                async with asyncio.timeout(MEASURE_TIMEOUT_SECONDS):
                    waiting = await self._waiting()
            except Exception as error:
                logger(__name__).warning("lag_unknown", consumer=self._name, **describe(error))
                self._note("lag-unknown")
            else:
                metrics.CONSUMER_LAG.clear()  # drops partitions that now belong to another instance
                for place, count in waiting.items():
                    metrics.CONSUMER_LAG.labels(place.topic, place.partition).set(count)
                self._note("lag" if any(waiting.values()) else None)
            await asyncio.sleep(MEASURE_SECONDS)

    def check(self, *, progress: bool) -> None:
        """Raises ConsumerStalled when nothing was fetched for STALL_SECONDS although messages waited, or may have."""
        if progress:
            self._reason = None
        elif self._reason and monotonic() - self._since > STALL_SECONDS:
            raise ConsumerStalled(self._reason)

    def _note(self, reason: str | None) -> None:
        if self._reason is None:
            self._since = monotonic()
        self._reason = reason

    async def _waiting(self) -> dict[TopicPartition, int]:
        """Returns how many messages of each assigned partition are not done, whether or not they were fetched."""
        places = self._consumer.assignment()
        ends = await self._consumer.end_offsets(places) if places else {}
        return {place: max(end - await self._next(place), 0) for place, end in ends.items()}

    async def _next(self, place: TopicPartition) -> int:
        """Returns the offset of the message in progress, else the position, which is past everything fetched."""
        return self._in_progress[place] if place in self._in_progress else await self._consumer.position(place)
