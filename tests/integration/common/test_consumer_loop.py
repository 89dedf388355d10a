"""A consumer applies each event once and in order. Messages that it cannot process become dead letters."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from lab.waiting import eventually
from services.common.errors import PoisonMessage
from services.common.messaging import message_processor
from services.common.messaging.consumers import EventContext, Handlers
from services.common.messaging.dead_letters import DeadLetterQueue
from services.common.messaging.kafka import Kafka
from services.common.settings import ServiceSettings
from services.contracts.events import Event, UserRegistered, UserUpdated
from tests.integration.common.messages import TOPIC, consuming, send_bytes, user_event
from tests.integration.events import send


@pytest.fixture
def group() -> str:
    return f"test-{uuid.uuid4().hex[:8]}"


@pytest.fixture
async def effects(sql: Any) -> Any:
    await sql.execute("CREATE TABLE effect (user_id text, version integer)")
    return sql


EFFECT = "INSERT INTO effect VALUES ($1, $2)"


def recording(
    mine: set[str], fail: Callable[[Event[Any]], None] = lambda _: None, *, together: bool = False
) -> Handlers:
    """Returns handlers that write a row for each event of the users in `mine`, after calling `fail`."""
    handlers = Handlers()

    @handlers.on(UserRegistered, UserUpdated, together=together)
    async def record(event: Event[Any], context: EventContext) -> None:
        if event.subject not in mine:
            return
        fail(event)
        await context.uow.fetch(EFFECT, event.subject, event.data.version, transactional=True)

    return handlers


def counted(sql: Any, mine: set[str], expected: int) -> Callable[[], Any]:
    async def check() -> bool:
        found = await sql.fetchval("SELECT count(*) FROM effect WHERE user_id = ANY($1)", list(mine))
        return bool(found >= expected)

    return check


@pytest.mark.attack(26)
@pytest.mark.parametrize("together", [False, True])
async def test_three_deliveries_out_of_order_have_one_effect_each(
    settings: ServiceSettings, kafka: Kafka, group: str, effects: Any, together: bool
) -> None:
    users = [uuid.uuid4() for _ in range(10)]
    mine = {str(user) for user in users}
    events = [user_event(user, version) for user in users for version in (1, 2, 3)]
    await send(kafka, *events, *reversed(events), *events)
    async with consuming(settings, recording(mine, together=together), group, instances=2):
        await eventually("the effects", counted(effects, mine, 30))
        marker = uuid.uuid4()
        mine.add(str(marker))
        await send(kafka, *(user_event(marker, version) for version in (1, 2)))
        await eventually("the effects", counted(effects, {str(marker)}, 2))
    rows = await effects.fetch("SELECT user_id, version, count(*) AS n FROM effect GROUP BY 1, 2")
    assert len(rows) == 32
    assert {row["n"] for row in rows} == {1}


@pytest.mark.attack(26)
@pytest.mark.parametrize("together", [False, True])
async def test_newest_only_skips_older_versions(
    settings: ServiceSettings, kafka: Kafka, group: str, effects: Any, together: bool
) -> None:
    user = uuid.uuid4()
    handlers = Handlers()

    @handlers.on(UserUpdated, newest_only=True, together=together)
    async def record(event: Event[Any], context: EventContext) -> None:
        if event.subject == str(user):
            await context.uow.fetch(EFFECT, event.subject, event.data.version, transactional=True)

    await send(kafka, *(user_event(user, version) for version in (3, 2, 5, 4)))
    async with consuming(settings, handlers, group):
        await eventually("the effects", counted(effects, {str(user)}, 2))
    assert [row["version"] for row in await effects.fetch("SELECT version FROM effect")] == [3, 5]


@pytest.mark.attack(26)
@pytest.mark.parametrize("together", [False, True])
async def test_messages_that_fail_become_dead_letters_and_the_consumer_continues(
    settings: ServiceSettings, kafka: Kafka, group: str, effects: Any, monkeypatch: pytest.MonkeyPatch, together: bool
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

    await send(kafka, user_event(bad), user_event(poison))
    await send_bytes(kafka, b"{not json", key=b"x")
    await send_bytes(kafka, user_event(good).encode(), key=b"another-key")
    await send(kafka, user_event(good))
    async with consuming(settings, recording(mine, fail, together=together), group) as runtime:
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
        # The invalid JSON, and the event with another key. Earlier tests may have left more on the topic.
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
    await send(kafka, *(user_event(user) for user in users))

    handled: set[str] = set()
    commit = AIOKafkaConsumer.commit

    async def crash(consumer: AIOKafkaConsumer, offsets: Any) -> None:
        if handled == mine:  # before, the consumer processes what earlier tests left on the topic
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
        await send(kafka, user_event(marker))
        await eventually("the effects", counted(effects, after, 21))
    assert await effects.fetchval("SELECT count(*) FROM effect") == 21


async def test_an_event_whose_handler_was_interrupted_is_processed_again(
    settings: ServiceSettings, kafka: Kafka, group: str, effects: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither reading an event nor stopping the consumer commits its offset."""
    monkeypatch.setattr(message_processor, "RETRY_SECONDS", (60.0,))
    user = uuid.uuid4()
    tried = asyncio.Event()

    def fail(event: Event[Any]) -> None:
        tried.set()
        raise RuntimeError("not now")

    await send(kafka, user_event(user))
    async with consuming(settings, recording({str(user)}, fail), group):
        await asyncio.wait_for(tried.wait(), 60)
    async with consuming(settings, recording({str(user)}), group):
        await eventually("the effects", counted(effects, {str(user)}, 1))


async def test_the_consumer_waits_while_the_database_is_away(
    settings: ServiceSettings, kafka: Kafka, group: str, effects: Any, proxy: Any
) -> None:
    user = uuid.uuid4()
    async with proxy(settings.database_host, settings.database_port) as relay:
        behind = settings.model_copy(update={"database_host": "127.0.0.1", "database_port": relay.port})
        async with consuming(behind, recording({str(user)}), group):
            await relay.close()
            await send(kafka, user_event(user))
            await asyncio.sleep(2)  # longer than all retries of a poison message take
            await relay.open()
            await eventually("the effects", counted(effects, {str(user)}, 1))
