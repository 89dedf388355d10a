"""Forgotten passwords: the code that is sent, what it allows, and attacks on it."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from services.auth.config import AuthSettings
from services.auth.main import app
from services.common.sealed_secrets import SecretSealer
from services.contracts.events import sealing_context
from tests.integration.auth.conftest import Person, paused
from tests.support import aws
from tests.support.application import running

Register = Callable[..., Awaitable[Person]]
NEW = "another long one"
EVENT = "user.password_reset_requested"


async def ask(client: httpx.AsyncClient, account: str, address: str = "203.0.113.1") -> httpx.Response:
    headers = {"X-Forwarded-For": address}
    return await client.post("/auth/password-reset", json={"account": account}, headers=headers)


async def confirm(
    client: httpx.AsyncClient, account: str, code: str, new: str = NEW, address: str = "203.0.113.1"
) -> httpx.Response:
    body = {"account": account, "code": code, "new_password": new}
    return await client.post("/auth/password-reset/confirm", json=body, headers={"X-Forwarded-For": address})


async def login(person: Person, password: str) -> httpx.Response:
    credentials = {"username": person.account["username"], "password": password}
    return await person.client.post("/auth/login", json=credentials)


async def events(sql: Any) -> list[dict[str, Any]]:
    """Returns the events that have codes sent, the oldest first."""
    sent = [json.loads(row["payload"]) for row in await sql.fetch("SELECT payload FROM outbox ORDER BY id")]
    return [event for event in sent if event["type"] == EVENT]


def code_of(event: dict[str, Any]) -> str:
    """Decrypts the code in an event, as the service does that sends it."""
    context = sealing_context(event["data"]["user_id"])
    sealed = b64decode(event["data"]["sealed_code"])
    return str(aws.client("kms").decrypt(CiphertextBlob=sealed, EncryptionContext=context)["Plaintext"].decode())


async def code(sql: Any) -> str:
    return code_of((await events(sql))[-1])


async def end_pause(sql: Any) -> None:
    """Lets the minute pass in which nobody gets a second code."""
    await sql.execute("UPDATE password_reset SET requested_at = requested_at - interval '1 minute'")


@pytest.mark.parametrize("name", ["username", "email"])
async def test_a_code_sets_a_new_password_and_ends_all_sessions(register: Register, sql: Any, name: str) -> None:
    person = await register()
    account = person.account[name].upper()
    assert (await ask(person.client, account)).status_code == 202
    event = (await events(sql))[-1]
    assert event["data"]["email"] == person.account["email"]
    assert (await confirm(person.client, account, code_of(event).lower().replace("-", " "))).status_code == 204
    assert (await login(person, person.password)).status_code == 401
    assert (await login(person, NEW)).status_code == 200
    assert (await person.client.get("/auth/me", headers=person.headers)).status_code == 401
    body = {"refresh_token": person.tokens["refresh_token"]}
    assert (await person.client.post("/auth/refresh", json=body)).status_code == 401


@pytest.mark.attack(29)
async def test_the_answer_is_the_same_for_everybody_and_comes_before_the_look_up(
    client: httpx.AsyncClient, admin: Person, register: Register, sql: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, disabled = await register(), await register()
    await client.patch(f"/auth/users/{disabled.account['id']}", json={"disabled": True}, headers=admin.headers)
    names = [known.account["username"], disabled.account["username"], "nobody-here", "nobody@example.org"]
    answers = [await ask(client, name) for name in names]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"")}
    assert [event["subject"] for event in await events(sql)] == [known.account["id"]]

    answered = asyncio.Event()
    transport: Any = client._transport

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def watch(message: Any) -> None:
            await send(message)
            if message["type"] == "http.response.body":
                answered.set()

        await transport.app(scope, receive, watch)

    await end_pause(sql)
    with paused(monkeypatch, SecretSealer, "seal") as pause:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(watched), base_url="http://service.test") as other:
            asking = asyncio.create_task(ask(other, known.account["username"]))
            await asyncio.wait_for(pause.reached.wait(), 10)
            assert answered.is_set()
            pause.over.set()
            await asking
    assert len(await events(sql)) == 2


@pytest.mark.attack(29)
async def test_only_a_hash_of_the_code_is_stored_and_nothing_shows_it(
    client: httpx.AsyncClient, register: Register, sql: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    person = await register()
    await ask(client, person.account["username"])
    secret = await code(sql)
    await confirm(client, "nobody-here", secret)
    await confirm(client, person.account["username"], secret)
    tables = [
        row["tablename"] for row in await sql.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    for table in tables:
        for row in await sql.fetch(f'SELECT row_to_json(t)::text AS row FROM "{table}" t'):
            for form in (secret, secret.replace("-", "")):
                assert form not in row["row"], table
                assert form.encode().hex() not in row["row"], table
    written = capsys.readouterr()
    assert '"event": "request"' in written.out
    assert secret not in written.out + written.err


@pytest.mark.attack(29)
async def test_a_code_is_used_once(register: Register, sql: Any) -> None:
    person = await register()
    name = person.account["username"]
    await ask(person.client, name)
    secret = await code(sql)
    answers = await asyncio.gather(*(confirm(person.client, name, secret, f"{NEW} {n}") for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 422, 422, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert refused.json()["type"] == "urn:pms:problem:invalid-code"


@pytest.mark.attack(29)
async def test_a_newer_code_replaces_the_older_one_after_a_minute(register: Register, sql: Any) -> None:
    person = await register()
    name = person.account["username"]
    await ask(person.client, name)
    await ask(person.client, name)
    assert len(await events(sql)) == 1  # nobody's mailbox is flooded
    await end_pause(sql)
    await ask(person.client, name)
    older, newer = [code_of(event) for event in await events(sql)]
    assert (await confirm(person.client, name, older)).status_code == 422
    assert (await confirm(person.client, name, newer)).status_code == 204


@pytest.mark.attack(29)
async def test_a_code_expires(settings: AuthSettings, sql: Any) -> None:
    async with running(app, settings.model_copy(update={"reset_code_seconds": 0})) as client:
        body = {"username": "ann", "password": "long enough", "email": "ann@example.org"}
        await client.post("/auth/register", json=body)
        await ask(client, "ann")
        assert (await confirm(client, "ann", await code(sql))).status_code == 422


@pytest.mark.attack(29)
async def test_a_code_is_for_its_account_only(register: Register, sql: Any) -> None:
    person, other = await register(), await register()
    await ask(person.client, person.account["username"])
    assert (await confirm(person.client, other.account["username"], await code(sql))).status_code == 422
    assert (await login(other, other.password)).status_code == 200


@pytest.mark.attack(29)
async def test_a_username_in_the_form_of_somebody_elses_address_gets_nothing_of_theirs(
    register: Register, sql: Any
) -> None:
    """Each account gets a code of its own, at its own address."""
    victim = await register()
    thief = await register(username=victim.account["email"])
    await ask(victim.client, victim.account["email"])
    sent = {event["subject"]: event for event in await events(sql)}
    assert {event["data"]["email"] for event in sent.values()} == {victim.account["email"], thief.account["email"]}
    assert (
        await confirm(victim.client, victim.account["email"], code_of(sent[thief.account["id"]]))
    ).status_code == 204
    assert (await login(victim, victim.password)).status_code == 200


@pytest.mark.attack(15)
@pytest.mark.parametrize("account", ["known", "unknown"])
async def test_requests_and_guesses_are_slowed_down_for_everybody_alike(
    settings: AuthSettings, client: httpx.AsyncClient, account: str
) -> None:
    body = {"username": "known", "password": "long enough", "email": "known@example.org"}
    await client.post("/auth/register", json=body)
    free = settings.free_failures
    asked = [(await ask(client, account)).status_code for _ in range(free + 1)]
    assert asked == [202] * free + [429]
    assert (await ask(client, account, "203.0.113.2")).status_code == 202
    guesses = [await confirm(client, account, f"0000-0000-0000-000{n}") for n in range(free + 1)]
    assert [answer.status_code for answer in guesses] == [422] * free + [429]
    assert 1 <= int(guesses[-1].headers["retry-after"]) <= settings.longest_backoff_seconds
    credentials = {"username": "known", "password": "long enough"}
    assert (await client.post("/auth/login", json=credentials)).status_code == 200


async def test_a_weak_password_leaves_the_code_valid(register: Register, sql: Any) -> None:
    person = await register()
    name = person.account["username"]
    await ask(person.client, name)
    weak = await confirm(person.client, name, await code(sql), "password123")
    assert (weak.status_code, weak.json()["type"]) == (422, "urn:pms:problem:weak-password")
    assert (await confirm(person.client, name, await code(sql))).status_code == 204


async def test_a_new_password_ends_the_pause_after_guesses(
    register: Register, settings: AuthSettings, sql: Any
) -> None:
    person = await register()
    for n in range(settings.free_failures + 1):
        blocked = await login(person, f"guess number {n}")
    assert blocked.status_code == 429
    await ask(person.client, person.account["username"])
    await confirm(person.client, person.account["username"], await code(sql))
    assert (await login(person, NEW)).status_code == 200


async def test_a_changed_password_makes_the_code_void(register: Register, sql: Any) -> None:
    person = await register()
    name = person.account["username"]
    await ask(person.client, name)
    body = {"present_password": person.password, "new_password": NEW}
    assert (await person.client.post("/auth/password", json=body, headers=person.headers)).status_code == 204
    assert (await confirm(person.client, name, await code(sql), "yet another one")).status_code == 422


async def test_an_admin_has_a_code_sent_and_does_not_see_it(
    client: httpx.AsyncClient, admin: Person, register: Register, sql: Any
) -> None:
    person = await register()
    path = f"/auth/users/{person.account['id']}"
    for _ in range(2):  # an ADMIN does not wait for a minute
        answer = await client.post(f"{path}/password-reset", headers=admin.headers)
        assert (answer.status_code, answer.content) == (202, b"")
    assert (await login(person, person.password)).status_code == 200
    assert (await confirm(client, person.account["username"], await code(sql))).status_code == 204
    audit = await sql.fetch("SELECT actor FROM audit_log WHERE action = 'password.request-reset'")
    assert {row["actor"] for row in audit} == {admin.account["id"]}
    await client.patch(path, json={"disabled": True}, headers=admin.headers)
    assert (await client.post(f"{path}/password-reset", headers=admin.headers)).status_code == 409
    unknown = "/auth/users/01940000-0000-7000-8000-000000000000/password-reset"
    assert (await client.post(unknown, headers=admin.headers)).status_code == 404


@pytest.mark.attack(13)
async def test_a_code_is_of_no_use_for_a_disabled_account(
    client: httpx.AsyncClient, admin: Person, register: Register, sql: Any
) -> None:
    person = await register()
    await ask(client, person.account["username"])
    await client.patch(f"/auth/users/{person.account['id']}", json={"disabled": True}, headers=admin.headers)
    assert (await confirm(client, person.account["username"], await code(sql))).status_code == 422


async def test_without_the_key_nothing_is_stored_and_the_answer_is_the_same(
    client: httpx.AsyncClient, admin: Person, register: Register, sql: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await register()
    monkeypatch.setattr(app.state.runtime.components.sealer, "_key", "alias/no-such-key")
    assert (await ask(client, person.account["username"])).status_code == 202
    path = f"/auth/users/{person.account['id']}/password-reset"
    assert (await client.post(path, headers=admin.headers)).status_code == 503
    assert await events(sql) == []
    assert await sql.fetchval("SELECT count(*) FROM password_reset") == 0
