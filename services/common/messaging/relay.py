"""Sends the events of the outbox: at least once, in order per aggregate, and by one process at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError
from opentelemetry.trace import SpanKind

from services.common import database, metrics, telemetry
from services.common.database_locks import OUTBOX_RELAY
from services.common.logs import logger
from services.common.messaging.kafka import Kafka
from services.common.settings import ServiceSettings
from services.common.telemetry import HEADER
from services.common.waiting import wait_for
from services.contracts.topics import Topic

BATCH = 500
POLL_SECONDS = 2.0
"""How often the table is read without a notification, which may be lost with its connection."""
STAND_BY_SECONDS = 0.5

_WAITING = """
    SELECT id, event_id, topic, key, payload, traceparent FROM outbox
    WHERE published_at IS NULL AND refused IS NULL ORDER BY id LIMIT $1"""


class Relay:
    """The leader holds an advisory lock on the connection that it works with, so leadership ends with the connection.

    It selects rows that are not published, not rows with an id above the last one sent: ids are assigned before the
    commit, so a row may become visible after one with a higher id.
    """

    def __init__(self, settings: ServiceSettings, kafka: Kafka, topics: Sequence[Topic]) -> None:
        self._settings = settings
        self._kafka = kafka
        self._topics = topics
        self._wake = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        """Runs until `stopping` is set. Committed events that it cannot send any more are left to the next leader."""
        await self._kafka.ensure_topics(self._topics)
        connection = await database.listen(self._settings, "relay", "outbox", self._wake.set)
        try:
            while not stopping.is_set():
                if await connection.fetchval("SELECT pg_try_advisory_lock($1)", OUTBOX_RELAY):
                    await self._lead(connection, stopping)
                    return
                await wait_for(stopping, STAND_BY_SECONDS)
        finally:
            await connection.close(timeout=2)

    async def _lead(self, connection: Any, stopping: asyncio.Event) -> None:
        logger(__name__).info("outbox_leader")
        metrics.OUTBOX_LEADER.set(1)
        producer = await self._kafka.producer()
        stopped = asyncio.create_task(stopping.wait())
        try:
            while True:
                self._wake.clear()
                if await self._send_batch(connection, producer) == BATCH:
                    continue
                if stopping.is_set():  # requests have ended before: this batch had their last events
                    return
                await self._sleep(stopped)
        finally:
            stopped.cancel()
            metrics.OUTBOX_LEADER.set(0)
            await producer.stop()

    async def _sleep(self, stopped: asyncio.Task[Any]) -> None:
        woken = asyncio.create_task(self._wake.wait())
        try:
            await asyncio.wait({woken, stopped}, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()

    async def _send_batch(self, connection: Any, producer: AIOKafkaProducer) -> int:
        rows = await connection.fetch(_WAITING, BATCH)
        if not rows:
            return 0
        outcomes = [await self._hand_over(connection, producer, row) for row in rows]
        results = await asyncio.gather(*(o for o in outcomes if o is not None), return_exceptions=True)
        answers = iter(results)
        sent, failure, blocked = [], None, set()
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome is None:
                continue
            answer = next(answers)
            if isinstance(answer, BaseException):
                failure = answer
                blocked.add(row["key"])
            elif row["key"] not in blocked:  # after a failure, the aggregate's later events are sent again too
                sent.append(row)
        await self._mark(connection, sent)
        if failure is not None:
            raise failure  # the loop starts again with a new producer: this one may not recover
        return len(rows)

    async def _hand_over(self, connection: Any, producer: AIOKafkaProducer, row: Any) -> Any:
        headers = [(HEADER, row["traceparent"].encode())] if row["traceparent"] else []
        headers += [("event-id", str(row["event_id"]).encode()), ("content-type", b"application/cloudevents+json")]
        try:
            with telemetry.event_span("send", row["topic"], SpanKind.PRODUCER, row["traceparent"]):
                return await producer.send(row["topic"], row["payload"], key=row["key"].encode(), headers=headers)
        except MessageSizeTooLargeError:
            await connection.execute("UPDATE outbox SET refused = 'too large' WHERE id = $1", row["id"])
            metrics.OUTBOX_REFUSED.labels(row["topic"]).inc()
            logger(__name__).error("event_refused", topic=row["topic"], event_id=row["event_id"], reason="too large")
            return None

    async def _mark(self, connection: Any, rows: Sequence[Any]) -> None:
        if rows:
            ids = [row["id"] for row in rows]
            await connection.execute("UPDATE outbox SET published_at = now() WHERE id = ANY($1::bigint[])", ids)
            for row in rows:
                metrics.OUTBOX_PUBLISHED.labels(row["topic"]).inc()
