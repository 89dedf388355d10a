"""Whatever a record holds and whatever its handler raises: one dead letter or one effect, and the partition goes on."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka.errors import CommitFailedError, KafkaConnectionError
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common import metrics
from services.common.background import Background
from services.common.errors import PoisonMessage
from services.common.identifiers import uuid7
from services.common.messaging import consumer_loop, inbox, lag_monitor, message_processor
from services.common.messaging.consumer_loop import ConsumerLoop
from services.common.messaging.consumers import EventContext, Handlers
from services.common.messaging.lag_monitor import ConsumerStalled
from services.contracts import topics
from services.contracts.events import Event, PatientDeleted
from tests.support.kafka_records import NotUtf8
from tests.unit.services.common.messaging.broker import Broker, Consumer, Database, Kafka, Producer, encoded

TOPIC = topics.PATIENT.name
NOW = datetime(2026, 5, 4, tzinfo=UTC)
LIMIT = 1_048_450


def event(patient_id: uuid.UUID | None = None) -> Event[PatientDeleted]:
    return Event.of(PatientDeleted(version=1, patient_id=patient_id or uuid.uuid4(), deleted_at=NOW), id=uuid7())


def valid(sent: Event[Any] | None = None, **changes: Any) -> bytes:
    """A record with an event, of which some attributes are replaced."""
    sent = sent or event()
    return encoded(sent.key, json.dumps({**json.loads(sent.encode()), **changes}).encode())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    async def first_times(_: Any, __: str, event_ids: list[uuid.UUID]) -> set[uuid.UUID]:
        return set(event_ids)

    monkeypatch.setattr(inbox, "first_times", first_times)
    monkeypatch.setattr(message_processor, "RETRY_SECONDS", (0.0, 0.0))


async def consume(
    kafka: Kafka, fail: Callable[[Event[Any]], None] = lambda _: None, *, together: bool = False
) -> list[str]:
    """Consumes until everything is committed; returns the subjects of the events whose transaction was committed."""
    database = Database()
    handlers = Handlers()

    @handlers.on(PatientDeleted, together=together)
    async def handle(event: Event[Any], context: EventContext) -> None:
        fail(event)
        cast(Any, context.uow).effects.append(event.subject)

    runtime: Any = SimpleNamespace(kafka=kafka, database=database)
    background = Background()
    background.start("consumers", ConsumerLoop(runtime, handlers, "group").run)
    try:
        async with asyncio.timeout(20):
            await kafka.broker.all_committed(TOPIC)
    finally:
        await background.stop(5)
    return database.effects


def letters(broker: Broker) -> list[dict[str, str]]:
    """The headers of the dead letters."""
    return [
        {name.removeprefix("dlq-"): value.decode() for name, value in record.headers if name.startswith("dlq-")}
        for record in broker.records(f"{TOPIC}.dlq")
    ]


def offsets(broker: Broker) -> list[int]:
    return [int(letter["offset"]) for letter in letters(broker)]


OVERFLOW = "9999-12-31T23:59:59-14:00"
NASTY = {
    "a time that overflows": lambda: valid(time=OVERFLOW),
    "data with a time that overflows": lambda: valid(
        data={"version": 1, "patient_id": str(uuid.uuid4()), "deleted_at": OVERFLOW}
    ),
    "deep nesting": lambda: encoded(b"k", b'{"data":' + b"[" * 50_000),
    "neither key nor value": lambda: encoded(None, None),
    "a null value": lambda: encoded(b"k", None, [("h", None)]),
    "near Kafka's limit": lambda: encoded(b"k", b"x" * LIMIT),
    "a large key": lambda: encoded(b"k" * LIMIT, b"x"),
    "large headers": lambda: encoded(b"k", b"x", [("h", b"x" * LIMIT)]),
    "a header whose name is not UTF-8": lambda: encoded(b"k", b"x", [(NotUtf8(), b"x")]),
    "a header named like a dead letter's": lambda: encoded(b"k", b"x", [("dlq-topic", b"elsewhere")]),
    "a strange timestamp": lambda: encoded(b"k", b"x", timestamp=-(2**63)),
}


@pytest.mark.parametrize("record", NASTY.values(), ids=NASTY)
async def test_a_record_that_cannot_be_processed_becomes_one_dead_letter(record: Callable[[], bytes]) -> None:
    broker, before, after = Broker(), event(), event()
    broker.logs[TOPIC] += [valid(before), record(), valid(after)]
    assert await consume(Kafka(broker)) == [before.subject, after.subject]
    assert offsets(broker) == [1]
    assert letters(broker)[0]["topic"] == TOPIC


async def test_a_message_too_large_to_copy_becomes_a_reference() -> None:
    broker = Broker()
    broker.logs[TOPIC].append(encoded(b"k", b"x" * LIMIT, [("h", b"v")], timestamp=77))
    await consume(Kafka(broker))
    [letter] = broker.records(f"{TOPIC}.dlq")
    [about] = letters(broker)
    assert (letter.key, letter.value) == (None, b"")
    assert about["left-out"] == "MessageSizeTooLargeError"
    assert int(about["size"]) == LIMIT + 3
    assert (about["topic"], about["partition"], about["offset"], about["timestamp"]) == (TOPIC, "0", "0", "77")
    assert about["reason"] == "invalid"
    assert len(about["key-sha256"]) == 64


RAISED: dict[str, Callable[[], BaseException]] = {
    "an error": lambda: RuntimeError("canary"),
    "a cancellation that is not the loop's": asyncio.CancelledError,
    "a lost connection to something else than the database": lambda: ConnectionResetError("canary"),
    "a timeout": TimeoutError,
    "a group": lambda: ExceptionGroup("canary", [ValueError("canary")]),
    "poison without an encoding": lambda: PoisonMessage("\ud800"),
    "an error of Kafka": KafkaConnectionError,
    "a recursion": RecursionError,
}


@pytest.mark.parametrize("raised", RAISED.values(), ids=RAISED)
async def test_a_handler_that_always_fails_ends_in_one_dead_letter(raised: Callable[[], BaseException]) -> None:
    broker, bad, after = Broker(), event(), event()
    broker.logs[TOPIC] += [valid(bad), valid(after)]

    def fail(handled: Event[Any]) -> None:
        if handled.subject == bad.subject:
            raise raised()

    assert await consume(Kafka(broker), fail) == [after.subject]
    assert offsets(broker) == [0]
    assert "canary" not in str(letters(broker))


async def test_a_handler_that_hangs_ends_in_one_dead_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_processor, "HANDLER_SECONDS", 0.01)
    broker, handlers = Broker(), Handlers()
    broker.logs[TOPIC].append(valid())

    @handlers.on(PatientDeleted)
    async def hang(event: Event[Any], _: EventContext) -> None:
        await asyncio.Event().wait()

    runtime: Any = SimpleNamespace(kafka=Kafka(broker), database=Database())
    background = Background()
    background.start("consumers", ConsumerLoop(runtime, handlers, "group").run)
    async with asyncio.timeout(5):
        await broker.all_committed(TOPIC)
    await background.stop(5)
    assert [letter["error"] for letter in letters(broker)] == ["TimeoutError"]


# --- offsets and restarts ---------------------------------------------------------------------------------------------


async def test_a_restart_repeats_no_dead_letter() -> None:
    """The offset is committed with each dead letter, and not only when the whole batch is done."""

    class CommitsOnce(Consumer):
        async def commit(self, offsets: Any) -> None:
            if any(self._broker.committed.get(place, 0) >= 3 for place in offsets):
                raise asyncio.CancelledError  # the process dies here
            await super().commit(offsets)

    broker = Broker()
    broker.logs[TOPIC] += [encoded(b"k", b"no event") for _ in range(6)]
    kafka = Kafka(broker)
    kafka.consumer_type = CommitsOnce
    runtime: Any = SimpleNamespace(kafka=kafka, database=Database())
    handlers = Handlers()
    handlers.on(PatientDeleted)(_ignore)
    with pytest.raises(asyncio.CancelledError):
        await ConsumerLoop(runtime, handlers, "group").run(asyncio.Event())
    assert offsets(broker) == [0, 1, 2, 3]
    await consume(Kafka(broker))
    assert offsets(broker) == [0, 1, 2, 3, 3, 4, 5]  # only the one whose offset could not be committed


async def test_the_rest_of_a_batch_that_takes_long_is_fetched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer_loop, "BATCH_SECONDS", 0.0)
    broker, sent = Broker(), [event() for _ in range(5)]
    broker.logs[TOPIC] += map(valid, sent)
    assert await consume(Kafka(broker)) == [one.subject for one in sent]


async def _ignore(event: Event[Any], _: EventContext) -> None:
    """Handles an event."""


async def test_a_commit_that_fails_repeats_no_dead_letter_in_this_process() -> None:
    failures = iter([KafkaConnectionError(), KafkaConnectionError()])

    class Unsteady(Consumer):
        async def commit(self, offsets: Any) -> None:
            if failure := next(failures, None):
                raise failure
            await super().commit(offsets)

    broker, kafka = Broker(), Kafka(Broker())
    kafka.broker, kafka.consumer_type = broker, Unsteady
    broker.logs[TOPIC] += [encoded(b"k", b"no event"), encoded(b"k", b"nor this")]
    await consume(kafka)
    assert offsets(broker) == [0, 1]


async def test_a_partition_that_was_lost_is_not_worked_on() -> None:
    """The instance that has it now writes the dead letters that follow."""

    class Lost(Consumer):
        async def commit(self, offsets: Any) -> None:
            if len(kafka.consumers) == 1 and not lost:
                lost.append(True)
                self._position = 1  # as a rebalance sets it: this instance gets the partition again
                self._broker.committed |= {self._place: 1}
                raise CommitFailedError
            await super().commit(offsets)

    lost: list[bool] = []
    broker = Broker()
    kafka = Kafka(broker)
    kafka.consumer_type = Lost
    broker.logs[TOPIC] += [encoded(b"k", b"no event") for _ in range(4)]
    await consume(kafka)
    assert offsets(broker) == [0, 1, 2, 3]


async def test_a_dead_letter_that_the_broker_does_not_take_is_sent_again_by_another_producer() -> None:
    made: list[Any] = []

    class Unsteady(Producer):
        async def send_and_wait(self, *arguments: Any, **more: Any) -> None:
            made.append(self)
            if len(made) < 3:
                raise KafkaConnectionError
            await super().send_and_wait(*arguments, **more)

    broker = Broker()
    kafka = Kafka(broker)
    kafka.producer_type = Unsteady
    broker.logs[TOPIC].append(encoded(b"k", b"no event"))
    await consume(kafka)
    assert offsets(broker) == [0]
    assert len(set(map(id, made))) == 3


# --- a consumer that makes no progress --------------------------------------------------------------------------------


class FetchesNothing(Consumer):
    """Its task that fetches has died, which aiokafka does not report."""

    async def getmany(self, *_: Any, **__: Any) -> Any:
        await asyncio.sleep(0.01)
        return {}


class Hangs(Consumer):
    """It waits for an assignment that does not come."""

    async def getmany(self, *_: Any, **__: Any) -> Any:
        await asyncio.Event().wait()


class FetchesAndMeasuresNothing(FetchesNothing):
    async def end_offsets(self, _: Any) -> Any:
        await asyncio.Event().wait()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lag_monitor, "MEASURE_SECONDS", 0.01)
    monkeypatch.setattr(lag_monitor, "MEASURE_TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr(lag_monitor, "STALL_SECONDS", 0.2)


@pytest.mark.parametrize(
    ("kind", "reason"), [(FetchesNothing, "lag"), (Hangs, "hung"), (FetchesAndMeasuresNothing, "lag-unknown")]
)
async def test_a_consumer_without_progress_is_replaced(kind: type[Any], reason: str, impatient: None) -> None:
    class FirstIsBroken(Kafka):
        async def consumer(self, topic: str, group: str) -> Any:
            self.consumer_type = Consumer if self.consumers else kind
            return await super().consumer(topic, group)

    before = metrics.CONSUMER_REBUILT.labels(reason)._value.get()
    broker, sent = Broker(), event()
    broker.logs[TOPIC].append(valid(sent))
    kafka = FirstIsBroken(broker)
    assert await consume(kafka) == [sent.subject]
    assert len(kafka.consumers) == 2
    assert metrics.CONSUMER_REBUILT.labels(reason)._value.get() == before + 1


async def test_a_consumer_that_has_nothing_to_do_is_not_replaced(impatient: None) -> None:
    runtime: Any = SimpleNamespace(kafka=Kafka(Broker()), database=Database())
    handlers, stopping = Handlers(), asyncio.Event()
    handlers.on(PatientDeleted)(_ignore)
    running = asyncio.create_task(ConsumerLoop(runtime, handlers, "group").run(stopping))
    await asyncio.sleep(0.5)
    stopping.set()
    await running


async def test_a_commit_that_hangs_replaces_the_consumer(impatient: None) -> None:
    class Hanging(Consumer):
        async def commit(self, offsets: Any) -> None:
            await asyncio.Event().wait()

    kafka = Kafka(Broker())
    kafka.consumer_type = Hanging
    kafka.broker.logs[TOPIC].append(valid())
    runtime: Any = SimpleNamespace(kafka=kafka, database=Database())
    handlers = Handlers()
    handlers.on(PatientDeleted)(_ignore)
    with pytest.raises(ConsumerStalled, match="hung"):
        await ConsumerLoop(runtime, handlers, "group").run(asyncio.Event())


# --- arbitrary records ------------------------------------------------------------------------------------------------

TIMES = st.sampled_from(
    (OVERFLOW, "0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z", "9" * 400)
) | st.datetimes().map(lambda time: time.isoformat() + "Z")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | TIMES | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time", "traceparent", "dataschema", "data", "other")
ALMOST_EVENTS = st.dictionaries(st.sampled_from(ATTRIBUTES), JSON | TIMES, max_size=3).map(lambda made: valid(**made))
ALMOST_DATA = st.dictionaries(st.sampled_from(("version", "patient_id", "deleted_at")), JSON | TIMES).map(
    lambda made: valid(data={**json.loads(event().data.model_dump_json()), **made})
)
HEADER = st.tuples(st.text(st.characters(exclude_categories=("Cs",))) | st.builds(NotUtf8), st.none() | st.binary())
ANYTHING = st.builds(
    encoded,
    st.none() | st.binary(),
    st.none()
    | st.binary()
    | st.text().map(lambda text: text.encode("utf-8", "replace"))
    | JSON.map(json.dumps).map(str.encode),
    st.lists(HEADER, max_size=3),
    st.integers(-(2**63), 2**63 - 1),
)


@settings(deadline=None, max_examples=150)
@given(
    records=st.lists(ANYTHING | ALMOST_EVENTS | ALMOST_DATA, max_size=5),
    raised=st.none() | st.sampled_from(list(RAISED.values())),
    together=st.booleans(),
)
def test_whatever_comes_ends_as_one_dead_letter_or_one_effect(
    records: list[bytes], raised: Callable[[], BaseException] | None, together: bool
) -> None:
    broker, last = Broker(), event()
    broker.logs[TOPIC] += [*records, valid(last)]

    def fail(handled: Event[Any]) -> None:
        if raised is not None and handled.subject != last.subject:
            raise raised()

    handled = asyncio.run(consume(Kafka(broker), fail, together=together))
    assert handled[-1] == last.subject
    assert offsets(broker) == sorted(set(offsets(broker)))
    if raised is not None:
        assert handled == [last.subject]

    written, later = offsets(broker), event()
    broker.logs[TOPIC].append(valid(later))
    assert asyncio.run(consume(Kafka(broker))) == [later.subject]
    assert offsets(broker) == written
