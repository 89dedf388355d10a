"""A request is one transaction: retried as a whole, committed before the response, repeatable with a key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from lab.waiting import eventually
from services.common.errors import NotFound
from services.common.identifiers import uuid7
from services.common.settings import ServiceSettings
from services.contracts.roles import Role
from tests.integration.common.conftest import COUNTER, Counter, event_of
from tests.support.application import running
from tests.support.issuer import TestIssuer

Proxy = Callable[[str, int], Any]
SLEEPING = "FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"


async def count(sql: Any, table: str = "counter") -> int:
    found: int = await sql.fetchval(f"SELECT count(*) FROM {table}")
    return found


async def create(client: httpx.AsyncClient, name: str = "a", **headers: str) -> httpx.Response:
    return await client.post("/counters", json={"name": name}, headers=headers)


async def test_twenty_parallel_retries_have_one_effect_and_one_response(client: httpx.AsyncClient, sql: Any) -> None:
    answers = await asyncio.gather(*(create(client, **{"Idempotency-Key": "k1"}) for _ in range(20)))
    assert [answer.status_code for answer in answers] == [201] * 20
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 19
    assert await count(sql) == 1
    assert await count(sql, "outbox") == 1


async def test_another_body_with_the_same_key_is_rejected(client: httpx.AsyncClient, sql: Any) -> None:
    await create(client, "a", **{"Idempotency-Key": "k"})
    other = await create(client, "b", **{"Idempotency-Key": "k"})
    assert other.status_code == 422
    assert other.json()["type"] == "urn:pms:problem:idempotency-key-reused"
    assert await count(sql) == 1


async def test_two_callers_may_use_the_same_key(client: httpx.AsyncClient, issuer: Any, sql: Any) -> None:
    await create(client, "a", **{"Idempotency-Key": "k"})
    other = await create(client, "b", **{"Idempotency-Key": "k"}, **issuer.bearer(Role.STAFF))
    assert other.status_code == 201
    assert await count(sql) == 2


async def test_a_repeated_request_waits_for_the_first_one_and_is_409_after_a_while(
    client: httpx.AsyncClient, app: FastAPI, sql: Any
) -> None:
    impatient = app.state.runtime.settings.model_copy(update={"idempotency_wait_seconds": 0.5})
    app.state.runtime.settings = impatient
    await sql.execute(
        """CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN PERFORM pg_sleep(4); RETURN NEW; END $$"""
    )
    await sql.execute("CREATE TRIGGER slow BEFORE INSERT ON counter FOR EACH ROW EXECUTE FUNCTION slow()")
    first = asyncio.create_task(create(client, **{"Idempotency-Key": "k"}))
    await _sleeping(sql)
    second = await create(client, **{"Idempotency-Key": "k"})
    assert second.status_code == 409
    assert second.json()["type"] == "urn:pms:problem:request-in-flight"
    assert (await first).status_code == 201


async def test_a_rejected_request_stores_nothing_and_its_key_can_be_used_again(
    client: httpx.AsyncClient, sql: Any
) -> None:
    refused = await create(client, "conflict", **{"Idempotency-Key": "k"})
    assert refused.status_code == 409
    assert await count(sql) == await count(sql, "outbox") == await count(sql, "idempotency_key") == 0
    assert (await create(client, "conflict", **{"Idempotency-Key": "k"})).status_code == 409


async def test_a_commit_that_fails_is_500(client: httpx.AsyncClient, sql: Any) -> None:
    """With FastAPI's default scope of dependencies, 201 would have been sent before the commit."""
    await sql.execute(
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'at commit' USING ERRCODE = 'check_violation'; END $$"""
    )
    await sql.execute(
        "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON counter DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
    assert (await create(client)).status_code == 500
    assert await count(sql) == 0


async def test_a_request_that_ends_in_a_deadlock_is_retried(client: httpx.AsyncClient, sql: Any) -> None:
    one, two = [(await create(client, name)).json()["id"] for name in ("a", "b")]
    answers = await asyncio.gather(
        client.post(f"/counters/{one}/move/{two}"), client.post(f"/counters/{two}/move/{one}")
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert await sql.fetchval("SELECT sum(value) FROM counter") == 4


async def test_a_connection_killed_between_requests_is_replaced(
    client: httpx.AsyncClient, settings: ServiceSettings, sql: Any
) -> None:
    for _ in range(5):
        await create(client)
        await sql.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert (await create(client)).status_code == 201
    assert await count(sql) == 10


async def test_a_connection_killed_during_the_transaction_is_retried(client: httpx.AsyncClient, sql: Any) -> None:
    slow = asyncio.create_task(create(client, "slow"))
    await _sleeping(sql)
    await sql.execute(f"SELECT pg_terminate_backend(pid) {SLEEPING}")
    assert (await slow).status_code == 201
    assert await count(sql) == await count(sql, "outbox") == 1


async def test_no_update_of_fifty_writers_is_lost(client: httpx.AsyncClient, sql: Any) -> None:
    """Each writer adds one to the value that it has read."""
    path = (await create(client)).headers["location"]
    before = await sql.fetchval("SELECT value FROM counter")

    async def add_one() -> int:
        read = next(item for item in (await client.get("/counters")).json()["items"] if path.endswith(item["id"]))
        new = {"name": "a", "value": read["value"] + 1}
        answer = await client.put(path, json=new, headers={"If-Match": f'"{read["version"]}"'})
        assert answer.status_code in (200, 412)
        return answer.status_code

    statuses = await asyncio.gather(*(add_one() for _ in range(50)))
    successes = statuses.count(200)
    assert successes >= 1
    after = await sql.fetchrow("SELECT value, version FROM counter")
    assert (after["value"] - before, after["version"] - 1) == (successes, successes)


async def test_requests_are_503_while_the_database_is_away(
    settings: ServiceSettings, app: FastAPI, issuer: TestIssuer, proxy: Proxy
) -> None:
    async with proxy(settings.database_host, settings.database_port) as relay:
        behind = settings.model_copy(update={"database_host": "127.0.0.1", "database_port": relay.port})
        async with running(app, behind, issuer=issuer) as client:
            client.headers.update(issuer.bearer(Role.STAFF))
            assert (await create(client)).status_code == 201
            await relay.close()
            away = await create(client)
            assert away.status_code == 503
            assert away.headers["retry-after"]
            assert (await client.get("/health/ready")).status_code == 503
            assert (await client.get("/health/live")).status_code == 200
            await relay.open()
            assert (await create(client)).status_code == 201
            assert (await client.get("/health/ready")).status_code == 200


async def _sleeping(sql: Any) -> None:
    """Waits until a statement of the service is in `pg_sleep`."""
    await eventually("a sleeping statement", lambda: sql.fetchval(f"SELECT count(*) {SLEEPING}"))


async def test_one_of_many_rows_with_the_same_key_is_written_with_its_event_and_audit_record(
    client: httpx.AsyncClient, app: FastAPI, sql: Any
) -> None:
    await sql.execute("CREATE UNIQUE INDEX counter_name_key ON counter (name)")

    async def add() -> UUID | None:
        counter = Counter(id=uuid7(), name="only", value=0, version=1)
        async with app.state.runtime.database.unit_of_work() as uow:
            uow.publish(event_of(counter))
            uow.record("counter.create", "counter", counter.id)
            return counter.id if await uow.add_if_absent(COUNTER, counter, "name") else None

    (written,) = [id for id in await asyncio.gather(*(add() for _ in range(12))) if id is not None]
    assert await sql.fetchval("SELECT id FROM counter") == written
    assert await sql.fetchval("SELECT key FROM outbox") == str(written)
    assert await sql.fetchval("SELECT resource_id FROM audit_log") == str(written)


async def test_a_row_that_is_added_if_absent_is_rolled_back_with_its_transaction(
    client: httpx.AsyncClient, app: FastAPI, sql: Any
) -> None:
    counter = Counter(id=uuid7(), name="only", value=0, version=1)

    async def add_and_fail() -> None:
        async with app.state.runtime.database.unit_of_work() as uow:
            await uow.begin()
            uow.publish(event_of(counter))
            assert await uow.add_if_absent(COUNTER, counter, "id")
            raise NotFound("counter")

    with pytest.raises(NotFound):
        await add_and_fail()
    assert await count(sql) == await count(sql, "outbox") == 0
