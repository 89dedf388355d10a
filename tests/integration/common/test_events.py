"""From a commit to an effect elsewhere: nothing lost, nothing twice, in order."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from sqlalchemy import text

from lab.waiting import eventually
from services.common.clock import utc_now
from services.common.database import Database
from services.common.errors import PoisonMessage
from services.common.identifiers import uuid7
from services.common.messaging import message_processor
from services.common.messaging.consumer_loop import ConsumerLoop
from services.common.messaging.consumers import EventContext, Handlers
from services.common.messaging.dead_letters import DeadLetterQueue
from services.common.messaging.kafka import Kafka
from services.common.messaging.relay import Relay
from services.common.settings import ServiceSettings
from services.contracts import topics
from services.contracts.events import Event, UserRegistered, UserUpdated, decode
from services.contracts.roles import Role
from tests.support.application import running
from tests.support.issuer import TestIssuer

TOPIC = topics.USER


def registered(user_id: uuid.UUID, version: int = 1, username: str = "u") -> Event[Any]:
    about = {"username": username, "email": "u@example.org", "roles": (Role.DOCTOR,), "version": version}
    if version == 1:
        return Event.of(UserRegistered(user_id=user_id, registered_at=utc_now(), **about), id=uuid7())
    return Event.of(UserUpdated(user_id=user_id, updated_at=utc_now(), **about), id=uuid7())


async def send(kafka: Kafka, *events: Event[Any], raw: bytes | None = None, key: bytes = b"k") -> None:
    await kafka.ensure_topics([TOPIC])
    producer = await kafka.producer()
    for event in events:
        await producer.send_and_wait(TOPIC.name, event.encode(), key=event.key)
    if raw is not None:
        await producer.send_and_wait(TOPIC.name, raw, key=key)
    await producer.stop()


async def ends(kafka: Kafka, topic: str = TOPIC.name) -> dict[TopicPartition, int]:
    """Where the topic ends now, to read only what a test adds."""
    await kafka.ensure_topics([TOPIC])
    consumer = await kafka.consumer(topic, group=None)
    places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
    found = await consumer.end_offsets(places)
    await consumer.stop()
    return dict(found)


async def read(kafka: Kafka, since: dict[TopicPartition, int], count: int, seconds: float = 60) -> list[ConsumerRecord]:
    consumer = await kafka.consumer(group=None)
    consumer.assign(list(since))
    for place, offset in since.items():
        consumer.seek(place, offset)
    found: list[ConsumerRecord] = []
    async with asyncio.timeout(seconds):
        while len(found) < count:
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                found += batch
    await consumer.stop()
    return found


# --- the outbox -------------------------------------------------------------------------------------------------------


async def test_a_commit_is_published_soon_with_its_trace(client: httpx.AsyncClient, kafka: Kafka, sql: Any) -> None:
    since = await ends(kafka)
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    made = (await client.post("/counters", json={"name": "a"}, headers={"traceparent": parent})).json()
    (message,) = await read(kafka, since, 1)
    event = decode(message.value)
    assert event.subject == made["id"] == message.key.decode()
    assert event.traceparent is not None
    assert event.traceparent.split("-")[1] == parent.split("-")[1]
    assert dict(message.headers)["traceparent"].decode() == event.traceparent

    async def marked() -> bool:
        return bool(await sql.fetchval("SELECT published_at IS NOT NULL FROM outbox"))

    await eventually("the mark", marked)


async def test_a_rolled_back_event_is_never_sent(client: httpx.AsyncClient, kafka: Kafka) -> None:
    since = await ends(kafka)
    await client.post("/counters", json={"name": "conflict"})
    made = (await client.post("/counters", json={"name": "after"})).json()
    (message,) = await read(kafka, since, 1)
    assert message.key.decode() == made["id"]


async def test_rows_that_become_visible_out_of_order_are_all_sent(
    settings: ServiceSettings, kafka: Kafka, sql: Any
) -> None:
    """A lower id that commits later is what "id > the last one sent" would miss."""
    since = await ends(kafka)
    database = Database(settings)
    stopping = asyncio.Event()
    relay = asyncio.create_task(Relay(settings, kafka, [TOPIC]).run(stopping))
    early, late = uuid.uuid4(), uuid.uuid4()
    async with database.unit_of_work() as first:
        first.publish(registered(early).data)
        await first.write_pending()  # has the lower id, and is not committed yet
        async with database.unit_of_work() as second:
            second.publish(registered(late).data)
        (message,) = await read(kafka, since, 1)
        assert message.key.decode() == str(late)
    messages = await read(kafka, since, 2)
    assert {message.key.decode() for message in messages} == {str(early), str(late)}
    stopping.set()
    await relay
    await database.close()


async def test_one_of_three_relays_sends_each_event_once_and_in_order(
    settings: ServiceSettings, kafka: Kafka, sql: Any
) -> None:
    since = await ends(kafka)
    database = Database(settings)
    stops = [asyncio.Event() for _ in range(3)]
    relays = [asyncio.create_task(Relay(settings, kafka, [TOPIC]).run(stop)) for stop in stops]
    users = [uuid.uuid4() for _ in range(5)]
    for version in range(1, 41):
        async with database.unit_of_work() as uow:
            for user in users:
                uow.publish(registered(user, version).data)
    messages = await read(kafka, since, 200)
    for user in users:
        versions = [decode(m.value).data.version for m in messages if m.key.decode() == str(user)]
        assert versions == list(range(1, 41))
    for stop in stops:
        stop.set()
    await asyncio.gather(*relays)
    now = await ends(kafka)
    assert sum(now[place] - since[place] for place in since) == 200  # nothing came twice
    await database.close()


async def test_another_relay_takes_over_from_one_that_died(client: httpx.AsyncClient, kafka: Kafka, sql: Any) -> None:
    """Ten times: the leader's connection is killed, which frees its lock."""
    since = await ends(kafka)
    made = []
    for number in range(10):
        made.append((await client.post("/counters", json={"name": f"n{number}"})).json()["id"])
        await sql.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%-relay'"
        )
    messages = await read(kafka, since, 10, seconds=60)
    assert {message.key.decode() for message in messages} == set(made)


async def test_writes_are_taken_while_the_broker_is_away(
    settings: ServiceSettings, toy: Any, issuer: TestIssuer, sql: Any
) -> None:
    away = settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})
    async with running(toy, away, issuer=issuer) as client:
        client.headers.update(issuer.bearer(Role.STAFF))
        assert (await client.post("/counters", json={"name": "a"})).status_code == 201
        assert await sql.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 1
        ready = await client.get("/health/ready")
        assert ready.json()["checks"] == {"database": "up", "broker": "down"}


# --- consumers --------------------------------------------------------------------------------------------------------


@pytest.fixture
def group() -> str:
    return f"test-{uuid.uuid4().hex[:8]}"


@pytest.fixture
async def effects(sql: Any) -> Any:
    await sql.execute("CREATE TABLE effect (user_id text, version integer)")
    return sql


@asynccontextmanager
async def consuming(
    settings: ServiceSettings, handlers: Handlers, group: str, instances: int = 1
) -> AsyncIterator[Any]:
    """Consumer loops of one group, as in so many instances of a service."""
    runtime: Any = SimpleNamespace(settings=settings, kafka=Kafka(settings), database=Database(settings))
    stopping = asyncio.Event()
    loops = [ConsumerLoop(runtime, handlers, group) for _ in range(instances)]
    tasks = [asyncio.create_task(loop.run(stopping)) for loop in loops]
    try:
        yield runtime
    finally:
        stopping.set()
        await asyncio.gather(*tasks)
        await runtime.database.close()


def recording(mine: set[str], fail: Callable[[Event[Any]], None] = lambda _: None) -> Handlers:
    """Handlers that write a row for each event of the test's own users."""
    handlers = Handlers()

    @handlers.on(UserRegistered, UserUpdated)
    async def record(event: Event[Any], context: EventContext) -> None:
        if event.subject not in mine:
            return
        fail(event)
        row = {"user": event.subject, "version": event.data.version}
        await context.uow.session.execute(text("INSERT INTO effect VALUES (:user, :version)"), row)

    return handlers


def counted(sql: Any, mine: set[str], expected: int) -> Callable[[], Any]:
    async def check() -> bool:
        found = await sql.fetchval("SELECT count(*) FROM effect WHERE user_id = ANY($1)", list(mine))
        return bool(found >= expected)

    return check


@pytest.mark.attack(26)
async def test_three_deliveries_out_of_order_have_one_effect_each(
    settings: ServiceSettings, kafka: Kafka, group: str, effects: Any
) -> None:
    users = [uuid.uuid4() for _ in range(10)]
    mine = {str(user) for user in users}
    events = [registered(user, version) for user in users for version in (1, 2, 3)]
    await send(kafka, *events, *reversed(events), *events)
    async with consuming(settings, recording(mine), group, instances=2):
        await eventually("the effects", counted(effects, mine, 30))
        marker = uuid.uuid4()
        mine.add(str(marker))
        await send(kafka, *(registered(marker, version) for version in (1, 2)))
        await eventually("the effects", counted(effects, {str(marker)}, 2))
    rows = await effects.fetch("SELECT user_id, version, count(*) AS n FROM effect GROUP BY 1, 2")
    assert len(rows) == 32
    assert {row["n"] for row in rows} == {1}


@pytest.mark.attack(26)
async def test_newest_only_skips_older_versions(
    settings: ServiceSettings, kafka: Kafka, group: str, effects: Any
) -> None:
    user = uuid.uuid4()
    handlers = Handlers()

    @handlers.on(UserUpdated, newest_only=True)
    async def record(event: Event[Any], context: EventContext) -> None:
        if event.subject == str(user):
            row = {"user": event.subject, "version": event.data.version}
            await context.uow.session.execute(text("INSERT INTO effect VALUES (:user, :version)"), row)

    await send(kafka, *(registered(user, version) for version in (3, 2, 5, 4)))
    async with consuming(settings, handlers, group):
        await eventually("the effects", counted(effects, {str(user)}, 2))
    assert [row["version"] for row in await effects.fetch("SELECT version FROM effect")] == [3, 5]


@pytest.mark.attack(26)
async def test_poison_goes_aside_and_the_partition_goes_on(
    settings: ServiceSettings, kafka: Kafka, group: str, effects: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_processor, "RETRY_SECONDS", (0.01, 0.01))
    bad, good, poison = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    mine = {str(bad), str(good), str(poison)}
    broken = True

    def fail(event: Event[Any]) -> None:
        if event.subject == str(bad) and broken:
            raise RuntimeError("canary-5512")
        if event.subject == str(poison) and broken:
            raise PoisonMessage("cannot be")

    forged = registered(good)
    await send(kafka, registered(bad), registered(poison), raw=b"{not json", key=b"x")
    await send(kafka, raw=forged.encode(), key=b"another-key")
    await send(kafka, registered(good))
    async with consuming(settings, recording(mine, fail), group) as runtime:
        await eventually("the effects", counted(effects, mine, 1))

        async def waiting() -> list[Any]:
            queue = DeadLetterQueue(runtime.database, runtime.kafka, group)
            return [letter for letter in await queue.pending([TOPIC]) if letter.about["consumer"] == group]

        async def all_kinds() -> bool:
            return {letter.about["reason"] for letter in await waiting()} == {"invalid", "failed", "poison"}

        await eventually("all kinds", all_kinds)
        letters = await waiting()
        (failed,) = [letter.about for letter in letters if letter.about["reason"] == "failed"]
        assert failed["error"] == "RuntimeError"
        assert failed["attempts"] == "3"
        # The broken JSON and the event under another's key; earlier tests may have left more on the topic.
        assert len([letter for letter in letters if letter.about["reason"] == "invalid"]) >= 2
        assert "canary" not in str([letter.about for letter in letters])

        broken = False
        queue = DeadLetterQueue(runtime.database, runtime.kafka, group)
        replayed = [letter for letter in await waiting() if letter.about["reason"] in ("failed", "poison")]
        await queue.replay(replayed)
        await eventually("the effects", counted(effects, mine, 3))
        await queue.discard(await waiting())
        assert await waiting() == []
    rows = await effects.fetch("SELECT user_id, count(*) AS n FROM effect GROUP BY 1")
    assert {row["user_id"]: row["n"] for row in rows} == dict.fromkeys(mine, 1)


async def test_a_crash_between_effect_and_offset_repeats_nothing(
    settings: ServiceSettings, kafka: Kafka, group: str, effects: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = [uuid.uuid4() for _ in range(20)]
    mine = {str(user) for user in users}
    await send(kafka, *(registered(user) for user in users))

    handled: set[str] = set()
    commit = AIOKafkaConsumer.commit

    async def crash(consumer: AIOKafkaConsumer, offsets: Any) -> None:
        if handled == mine:  # until then it works off what earlier tests left on the topic
            raise RuntimeError("killed before the offsets were committed")
        await commit(consumer, offsets)

    with monkeypatch.context() as patched:
        patched.setattr(AIOKafkaConsumer, "commit", crash)
        with pytest.raises(RuntimeError, match="killed"):
            async with consuming(settings, recording(mine, lambda event: handled.add(event.subject)), group):
                await eventually("the effects", counted(effects, mine, 20))
    marker = uuid.uuid4()
    after = {*mine, str(marker)}
    async with consuming(settings, recording(after), group):
        await send(kafka, registered(marker))
        await eventually("the effects", counted(effects, after, 21))
    assert await effects.fetchval("SELECT count(*) FROM effect") == 21


async def test_an_event_that_was_interrupted_comes_again(
    settings: ServiceSettings, kafka: Kafka, group: str, effects: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its offset is not committed because it was read, nor because the consumer stops."""
    monkeypatch.setattr(message_processor, "RETRY_SECONDS", (60.0,))
    user = uuid.uuid4()
    tried = asyncio.Event()

    def fail(event: Event[Any]) -> None:
        tried.set()
        raise RuntimeError("not now")

    await send(kafka, registered(user))
    async with consuming(settings, recording({str(user)}, fail), group):
        await asyncio.wait_for(tried.wait(), 60)
    async with consuming(settings, recording({str(user)}), group):
        await eventually("the effects", counted(effects, {str(user)}, 1))


async def test_an_absent_database_is_waited_for(
    settings: ServiceSettings, kafka: Kafka, group: str, effects: Any, proxy: Any
) -> None:
    user = uuid.uuid4()
    async with proxy(settings.database_host, settings.database_port) as relay:
        behind = settings.model_copy(update={"database_host": "127.0.0.1", "database_port": relay.port})
        async with consuming(behind, recording({str(user)}), group):
            await relay.close()
            await send(kafka, registered(user))
            await asyncio.sleep(2)  # longer than all retries of a poison message would be with this back-off
            await relay.open()
            await eventually("the effects", counted(effects, {str(user)}, 1))
