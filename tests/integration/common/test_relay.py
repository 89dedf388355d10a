"""The relay sends every committed event, in order for each aggregate."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import httpx

from lab.waiting import eventually
from services.common.database import Database
from services.common.messaging.kafka import Kafka
from services.common.messaging.relay import Relay
from services.common.settings import ServiceSettings
from services.contracts.events import decode
from services.contracts.roles import Role
from tests.integration.common.messages import TOPIC, ends, read, read_until, user_event
from tests.support.application import running
from tests.support.issuer import TestIssuer


async def test_a_committed_event_is_sent_with_its_trace(client: httpx.AsyncClient, kafka: Kafka, sql: Any) -> None:
    since = await ends(kafka)
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    made = (await client.post("/counters", json={"name": "a"}, headers={"traceparent": parent})).json()
    (message,) = await read(kafka, since, 1)
    event = decode(message.value)
    assert event.subject == made["id"] == message.key.decode()
    assert event.traceparent is not None
    assert event.traceparent.split("-")[1] == parent.split("-")[1]
    assert dict(message.headers)["traceparent"].decode() == event.traceparent

    async def published() -> bool:
        return bool(await sql.fetchval("SELECT published_at IS NOT NULL FROM outbox"))

    await eventually("the row to be marked as published", published)


async def test_a_rolled_back_event_is_never_sent(client: httpx.AsyncClient, kafka: Kafka) -> None:
    since = await ends(kafka)
    await client.post("/counters", json={"name": "conflict"})
    made = (await client.post("/counters", json={"name": "after"})).json()
    (message,) = await read(kafka, since, 1)
    assert message.key.decode() == made["id"]


async def test_rows_that_become_visible_out_of_order_are_all_sent(
    settings: ServiceSettings, kafka: Kafka, sql: Any
) -> None:
    """A relay that reads only ids above the last one sent would miss a lower id that is committed later."""
    since = await ends(kafka)
    database = Database(settings)
    stopping = asyncio.Event()
    relay = asyncio.create_task(Relay(settings, kafka, [TOPIC]).run(stopping))
    early, late = uuid.uuid4(), uuid.uuid4()
    async with database.unit_of_work() as first:
        first.publish(user_event(early).data)
        await first.flush()  # this row has the lower id and is not committed yet
        async with database.unit_of_work() as second:
            second.publish(user_event(late).data)
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
                uow.publish(user_event(user, version).data)
    messages = await read(kafka, since, 200)
    for user in users:
        versions = [decode(m.value).data.version for m in messages if m.key.decode() == str(user)]
        assert versions == list(range(1, 41))
    for stop in stops:
        stop.set()
    await asyncio.gather(*relays)
    now = await ends(kafka)
    assert sum(now[place] - since[place] for place in since) == 200  # no event was sent twice
    await database.close()


async def test_another_relay_takes_over_from_one_that_died(client: httpx.AsyncClient, kafka: Kafka, sql: Any) -> None:
    """The leader's connection is killed ten times. This frees the leader's lock."""
    since = await ends(kafka)
    made = []
    for number in range(10):
        made.append((await client.post("/counters", json={"name": f"n{number}"})).json()["id"])
        await sql.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%-relay'"
        )
    # A relay that dies between sending and noting it leaves an event that is sent again.
    messages = await read_until(kafka, since, lambda found: len({message.key for message in found}) >= 10)
    assert {message.key.decode() for message in messages} == set(made)


async def test_writes_succeed_while_the_broker_is_away(
    settings: ServiceSettings, app: Any, issuer: TestIssuer, sql: Any
) -> None:
    away = settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})
    async with running(app, away, issuer=issuer) as client:
        client.headers.update(issuer.bearer(Role.STAFF))
        assert (await client.post("/counters", json={"name": "a"})).status_code == 201
        assert await sql.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 1
        ready = await client.get("/health/ready")
        assert ready.json()["checks"] == {"database": "up", "broker": "down"}
