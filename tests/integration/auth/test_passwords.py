"""Somebody changes their own password, and signs out everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from services.auth.config import AuthSettings
from services.auth.passwords import PasswordHasher
from tests.integration.auth.conftest import Person, paused

Register = Callable[..., Awaitable[Person]]
NEW = "another long one"


async def change(person: Person, present: str, new: str = NEW, address: str = "203.0.113.1") -> httpx.Response:
    body = {"present_password": present, "new_password": new}
    headers = {**person.headers, "X-Forwarded-For": address}
    return await person.client.post("/auth/password", json=body, headers=headers)


async def sign_out_everywhere(person: Person, *, keep_present: bool) -> int:
    body = {"keep_present": keep_present}
    return (await person.client.post("/auth/logout-all", json=body, headers=person.headers)).status_code


async def second_session(person: Person) -> Person:
    return await Person(person.client, person.account, person.password).sign_in()


async def is_over(session: Person) -> bool:
    """Returns whether the session has ended, for its access token and for its refresh token alike."""
    body = {"refresh_token": session.tokens["refresh_token"]}
    me = await session.client.get("/auth/me", headers=session.headers)
    refreshed = await session.client.post("/auth/refresh", json=body)
    assert {me.status_code, refreshed.status_code} in ({200}, {401})
    return me.status_code == 401


@pytest.mark.attack(13)
async def test_a_new_password_replaces_the_old_one_and_ends_the_other_sessions(register: Register, sql: Any) -> None:
    person, bystander = await register(), await register()
    other = await second_session(person)
    assert (await change(person, person.password)).status_code == 204
    assert await is_over(other)
    assert not await is_over(person)
    assert not await is_over(bystander)
    credentials = {"username": person.account["username"], "password": person.password}
    assert (await person.client.post("/auth/login", json=credentials)).status_code == 401
    person.password = NEW
    await person.sign_in()
    audit = await sql.fetch("SELECT actor, outcome FROM audit_log WHERE action = 'password.change'")
    assert [tuple(row) for row in audit] == [(person.account["id"], "allowed")]


@pytest.mark.parametrize("new", ["password123", "short", "{username}", "12345678"])
async def test_a_new_password_that_is_guessed_first_is_refused(register: Register, new: str) -> None:
    person = await register()
    answer = await change(person, person.password, new.format(**person.account))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/body/new_password"
    assert (await second_session(person)).tokens


@pytest.mark.attack(15)
async def test_a_stolen_access_token_is_no_place_to_guess(register: Register, settings: AuthSettings, sql: Any) -> None:
    person = await register()
    answers = [await change(person, f"guess number {n}") for n in range(settings.free_failures + 1)]
    assert [answer.status_code for answer in answers] == [403] * settings.free_failures + [429]
    assert answers[0].json()["type"] == "urn:pms:problem:wrong-password"
    assert (await change(person, person.password)).status_code == 429
    denied = await sql.fetchval(
        "SELECT count(*) FROM audit_log WHERE action = 'password.change' AND outcome = 'denied'"
    )
    assert denied == settings.free_failures
    assert not await is_over(person)


@pytest.mark.attack(13)
async def test_a_sign_in_in_flight_does_not_survive_the_change(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever signs in with the old password gets no session after it was replaced."""
    person = await register()
    credentials = {"username": person.account["username"], "password": person.password}
    verify = PasswordHasher.verify
    with paused(monkeypatch, PasswordHasher, "verify") as pause:
        signing_in = asyncio.create_task(person.client.post("/auth/login", json=credentials))
        await pause.reached.wait()
        monkeypatch.setattr(PasswordHasher, "verify", verify)
        assert (await change(person, person.password)).status_code == 204
        pause.over.set()
        assert (await signing_in).status_code in (401, 503)


@pytest.mark.attack(13)
@pytest.mark.parametrize("keep_present", [True, False])
async def test_signing_out_everywhere_ends_the_sessions_of_the_account(register: Register, keep_present: bool) -> None:
    person, bystander = await register(), await register()
    other = await second_session(person)
    assert await sign_out_everywhere(person, keep_present=keep_present) == 204
    assert await is_over(other)
    assert await is_over(person) is not keep_present
    assert not await is_over(bystander)
    assert (await second_session(person)).tokens


@pytest.mark.attack(13)
async def test_an_ended_session_changes_nothing_any_more(register: Register) -> None:
    person = await register()
    assert await sign_out_everywhere(person, keep_present=False) == 204
    assert (await change(person, person.password)).status_code == 401
    assert await sign_out_everywhere(person, keep_present=False) == 401
    assert (await second_session(person)).tokens


async def test_the_way_of_the_sessions_to_end_must_be_given(register: Register) -> None:
    person = await register()
    answer = await person.client.post("/auth/logout-all", json={}, headers=person.headers)
    assert answer.status_code == 422
    assert not await is_over(person)
