"""The lags under `/metrics` are right while something is stuck."""

from __future__ import annotations

import asyncio
import re
import uuid
from typing import Any

import pytest

from lab.waiting import eventually
from services.common import metrics
from services.common.messaging import housekeeping, lag_monitor
from services.common.messaging.consumers import EventContext, Handlers
from services.common.messaging.kafka import Kafka
from services.common.settings import ServiceSettings
from services.contracts.events import Event, UserRegistered
from services.contracts.roles import Role
from tests.integration.common.messages import TOPIC, consuming, user_event
from tests.integration.events import send
from tests.support.application import running
from tests.support.issuer import TestIssuer


def value_of(exposition: str, series: str) -> float | None:
    """Returns the value of a series in Prometheus' text format."""
    found = re.search(rf"^{re.escape(series)} (\S+)$", exposition, re.MULTILINE)
    return float(found[1]) if found else None


async def test_the_outbox_lag_grows_while_the_broker_is_away(
    settings: ServiceSettings, app: Any, issuer: TestIssuer, sql: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "MEASURE_SECONDS", 0.1)
    away = settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})
    async with running(app, away, issuer=issuer) as client:
        client.headers.update(issuer.bearer(Role.STAFF))

        async def shown(waiting: int, least: float, most: float) -> bool:
            text = (await client.get("/metrics")).text
            age = value_of(text, "outbox_lag_seconds")
            return value_of(text, "outbox_unpublished") == waiting and age is not None and least <= age <= most

        await eventually("the outbox lag", lambda: shown(0, 0, 0))
        for number in range(3):
            assert (await client.post("/counters", json={"name": f"n{number}"})).status_code == 201
        await eventually("the outbox lag", lambda: shown(3, 0.1, 30))
        await sql.execute(
            "UPDATE outbox SET created_at = now() - interval '100 s' WHERE id = (SELECT min(id) FROM outbox)"
        )
        await eventually("the outbox lag", lambda: shown(3, 100, 130))
        await sql.execute("UPDATE outbox SET published_at = now()")
        await eventually("the outbox lag", lambda: shown(0, 0, 0))


async def test_the_consumer_lag_grows_while_an_event_blocks_its_partition(
    settings: ServiceSettings, kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The events after the blocked one were fetched, but they are not done."""
    monkeypatch.setattr(lag_monitor, "MEASURE_SECONDS", 0.1)
    user, group = uuid.uuid4(), f"lag-{uuid.uuid4().hex[:12]}"
    handlers, stuck, go_on = Handlers(), asyncio.Event(), asyncio.Event()

    @handlers.on(UserRegistered)
    async def wait(event: Event[Any], context: EventContext) -> None:
        if event.subject == str(user):
            stuck.set()
            await go_on.wait()

    def events(count: int) -> list[Event[Any]]:
        return [user_event(user) for _ in range(count)]

    async def lags(count: int) -> bool:
        samples = [
            sample.value
            for metric in metrics.CONSUMER_LAG.collect()
            for sample in metric.samples
            if sample.labels["topic"] == TOPIC.name
        ]
        return len(samples) == TOPIC.partitions and sum(samples) == count

    await kafka.ensure_topics([TOPIC])
    metrics.CONSUMER_LAG.clear()
    async with consuming(settings, handlers, group):
        try:
            # First the consumer processes what earlier tests left on the topic.
            await eventually("the consumer lag", lambda: lags(0))
            await send(kafka, *events(4))
            await asyncio.wait_for(stuck.wait(), 60)
            await eventually("the consumer lag", lambda: lags(4))
            await send(kafka, *events(3))
            await eventually("the consumer lag", lambda: lags(7))
            go_on.set()
            await eventually("the consumer lag", lambda: lags(0))
        finally:
            go_on.set()
