"""Processes one message: runs the handler of its event, tries again, and sets aside what cannot be processed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError
from opentelemetry.trace import Span, SpanKind

from services.common import metrics, telemetry
from services.common.backoff import Backoff, jittered
from services.common.clock import utc_now
from services.common.database import NoConnectionLeft, is_disconnect, sqlstate
from services.common.errors import PoisonMessage, Unavailable
from services.common.logs import describe, logger
from services.common.messaging import inbox
from services.common.messaging.consumers import EventContext, Handlers, R, Registration
from services.common.messaging.dead_letters import DeadLetterPublisher
from services.common.unit_of_work import UnitOfWork
from services.common.waiting import wait_for
from services.contracts.events import Event, InvalidEvent, UnknownEventType, decode

T = TypeVar("T")
Work = tuple[ConsumerRecord, Event[Any], Registration[R]]
RETRY_SECONDS = (0.1, 0.5, 2.0, 5.0)
"""Pauses before the further tries, 8 s in all. After the last try the message becomes a dead letter."""
HANDLER_SECONDS = 30.0
"""A try that takes longer has failed. It is twice the time that one SQL statement may take."""
DEAD_LETTER_TRIES = 6
"""How often a dead letter is sent before the consumer starts again with new clients: about 10 s."""


class ShuttingDown(Exception):
    """The loop was told to stop during a pause. The offset stays uncommitted, so the next instance gets the message."""


class HandlerCancelled(Exception):
    """A handler ended as if it had been cancelled, as gRPC's client does when its channel is closed."""


class MessageProcessor(Generic[R]):
    """Processes the messages of one consumer."""

    def __init__(self, runtime: R, handlers: Handlers[R], name: str) -> None:
        self._runtime = runtime
        self._handlers = handlers
        self._name = name
        self._dead_letters = DeadLetterPublisher(runtime.kafka, consumer=name)
        self.stopping = asyncio.Event()

    async def process(self, message: ConsumerRecord) -> bool:
        """Returns when the message is done: whether it became a dead letter. Raises ShuttingDown and KafkaError."""
        try:
            event = _read(message)
        except UnknownEventType:
            metrics.CONSUMED.labels(message.topic, "unknown", "ignored").inc()
            return False
        except InvalidEvent as error:
            await self.set_aside(message, "invalid", str(error), 1)
            return True
        registration = self._handlers.find(event)
        if registration is None:
            return False
        with _span(message, event) as span:
            given_up = await self._until_done(message, event, registration)
            if given_up:
                telemetry.failed(span, given_up)
        return given_up is not None

    async def process_together(self, messages: Sequence[ConsumerRecord]) -> int:
        """Processes the first messages in one transaction, as far as their handlers allow it.

        Returns how many are done. After any failure none is: the caller then processes each by itself.
        """
        if len(messages) < 2:
            return 0
        work = self._work(messages)
        if len(work) < 2:
            return 0
        try:
            outcomes = await self._in_time(self._all(work))
        except Exception as error:
            logger(__name__).info("events_one_by_one", consumer=self._name, count=len(work), **describe(error))
            return 0
        for (message, event, _), outcome in zip(work, outcomes, strict=True):
            self._report(message, event, outcome)
        return len(work)

    def _work(self, messages: Sequence[ConsumerRecord]) -> list[Work[R]]:
        """Returns the first messages that may share a transaction, with their events and handlers."""
        work = []
        for message in messages:
            try:
                event = _read(message)
            except (UnknownEventType, InvalidEvent):
                break
            registration = self._handlers.find(event)
            if registration is None or not registration.together:
                break
            work.append((message, event, registration))
        return work

    async def _all(self, work: Sequence[Work[R]]) -> list[str]:
        """Runs the handlers in one transaction, each after what those before it wrote. Returns the outcomes."""
        async with self._runtime.database.unit_of_work() as uow:
            new = await inbox.first_times(uow, self._name, [event.id for _, event, _ in work])
            outcomes = []
            for message, event, registration in work:
                if event.id not in new:
                    outcomes.append("duplicate")
                    continue
                new.remove(event.id)  # the same event may come twice
                with _span(message, event):
                    outcomes.append(await self._handle(uow, message, event, registration))
                await uow.flush_changes()
        return outcomes

    async def set_aside(self, message: ConsumerRecord, reason: str, error: str, attempts: int) -> None:
        """Makes the message a dead letter. Raises KafkaError when the broker does not take it for a while."""
        backoff = Backoff(first=0.2, longest=5.0)
        for attempt in range(1, DEAD_LETTER_TRIES + 1):
            try:
                if not await self._dead_letters.put(message, reason=reason, error=error, attempts=attempts):
                    return
                break
            except (KafkaError, TimeoutError) as failure:
                if attempt == DEAD_LETTER_TRIES:
                    raise
                pause = backoff.next()
                logger(__name__).warning("dead_letter_failed", retry_in_s=round(pause, 2), **describe(failure))
                if await wait_for(self.stopping, pause):
                    raise ShuttingDown from None
        metrics.DEAD_LETTERS.labels(message.topic, reason).inc()
        place = {"topic": message.topic, "partition": message.partition, "offset": message.offset}
        logger(__name__).error("dead_letter", consumer=self._name, reason=reason, attempts=attempts, **place)

    async def close(self) -> None:
        """Closes the connection for dead letters."""
        await self._dead_letters.close()

    async def _until_done(
        self, message: ConsumerRecord, event: Event[Any], registration: Registration[R]
    ) -> str | None:
        """Tries until the event is done or set aside. Returns the reason if it was set aside."""
        failures, outage = 0, Backoff(first=0.4, longest=5.0)
        while True:
            try:
                self._report(message, event, await self._in_time(self._once(message, event, registration)))
                return None
            except PoisonMessage as error:
                await self.set_aside(message, "poison", error.reason, failures + 1)
                return "poison"
            except Exception as error:
                if await self._is_outage(error):  # not the event's fault: wait until the database is back
                    await self._pause(error, event, outage.next())
                    continue
                failures += 1
                if failures > len(RETRY_SECONDS):
                    await self.set_aside(message, "failed", type(error).__name__, failures)
                    return "failed"
                await self._pause(error, event, jittered(RETRY_SECONDS[failures - 1]))

    async def _in_time(self, work: Coroutine[Any, Any, T]) -> T:
        """Returns the result, or raises an Exception, within HANDLER_SECONDS and whatever the handlers do."""
        try:
            async with asyncio.timeout(HANDLER_SECONDS):
                return await work
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise HandlerCancelled from None

    async def _once(self, message: ConsumerRecord, event: Event[Any], registration: Registration[R]) -> str:
        """Runs the handler in one transaction. Returns the outcome: `done`, `duplicate` or `outdated`."""
        async with self._runtime.database.unit_of_work() as uow:
            if not await inbox.first_times(uow, self._name, [event.id]):
                return "duplicate"
            return await self._handle(uow, message, event, registration)

    async def _handle(
        self, uow: UnitOfWork, message: ConsumerRecord, event: Event[Any], registration: Registration[R]
    ) -> str:
        if registration.newest_only:
            key = (self._name, message.topic, event.subject)
            if not await inbox.is_newest(uow, *key, event.data.version):
                return "outdated"
        context = EventContext(uow, self._runtime, message.topic, message.partition, message.offset)
        await registration.handle(event, context)
        return "done"

    async def _is_outage(self, error: Exception) -> bool:
        """Returns whether the database is at fault. A connection that an event breaks is not: it answers then."""
        if _is_full(error):
            return True
        if not is_disconnect(error) and not (isinstance(error, Unavailable) and error.code == "outcome-unknown"):
            return False
        try:
            await self._runtime.database.ping()
        except Exception:
            return True
        return False

    async def _pause(self, error: Exception, event: Event[Any], seconds: float) -> None:
        fields = {"event_id": event.id, "event_type": event.type, "retry_in_s": round(seconds, 2)}
        logger(__name__).warning("event_failed", consumer=self._name, **fields, **describe(error))
        if await wait_for(self.stopping, seconds):
            raise ShuttingDown

    def _report(self, message: ConsumerRecord, event: Event[Any], outcome: str) -> None:
        metrics.CONSUMED.labels(message.topic, event.type, outcome).inc()
        delay = max((utc_now() - event.time).total_seconds(), 0.0)
        metrics.EVENT_SECONDS.labels(message.topic).observe(delay)
        fields = {"event_id": event.id, "event_type": event.type, "lag_seconds": round(delay, 3)}
        logger(__name__).info("event_consumed", consumer=self._name, outcome=outcome, **fields)


@contextmanager
def _span(message: ConsumerRecord, event: Event[Any]) -> Iterator[Span]:
    """A span around the processing of one event, in the trace of the one that sent it."""
    with telemetry.event_span("process", message.topic, SpanKind.CONSUMER, event.traceparent) as span:
        span.set_attribute("cloudevents.event_type", event.type)
        yield span


def _read(message: ConsumerRecord) -> Event[Any]:
    """Returns the event. Raises InvalidEvent also when it does not belong on this topic or under this key."""
    event = decode(message.value or b"")
    if event.topic != message.topic or (message.key or b"") != event.key:
        raise InvalidEvent("the topic or the key does not fit the event")
    return event


def _is_full(error: Exception) -> bool:
    """Returns whether the database or the pool has nothing left to give (class 53: connections, memory, disk)."""
    return isinstance(error, NoConnectionLeft) or sqlstate(error).startswith("53")
