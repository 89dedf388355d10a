"""Registration and administration of accounts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import argon2
import httpx
import pytest

from services.auth.config import AuthSettings
from services.auth.main import app
from services.auth.passwords import PasswordHasher
from tests.integration.auth.conftest import paused
from tests.integration.callers import items_of_all_pages
from tests.support.application import running

Register = Callable[..., Awaitable[Any]]
BODY = {"username": "ann", "password": "long enough", "email": "Ann@Example.org", "full_name": "Ann Example"}


async def post(client: httpx.AsyncClient, body: Any, **headers: str) -> httpx.Response:
    return await client.post("/auth/register", json=body, headers=headers)


async def events(sql: Any) -> list[dict[str, Any]]:
    rows = await sql.fetch("SELECT payload FROM outbox ORDER BY id")
    return [json.loads(row["payload"]) for row in rows]


async def test_anybody_can_register_as_a_patient(client: httpx.AsyncClient, sql: Any) -> None:
    answer = await post(client, BODY)
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    account = answer.json()
    assert account["roles"] == ["PATIENT"]
    assert account["email"] == "ann@example.org"
    assert "password" not in answer.text
    event = (await events(sql))[-1]
    assert event["type"] == "user.registered"
    assert event["subject"] == account["id"]
    assert event["data"]["version"] == 1
    assert "password" not in json.dumps(event)
    stored = await sql.fetchval('SELECT password_hash FROM "user" WHERE username = $1', "ann")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    ("change", "code"),
    [({"username": "ANN", "email": "b@example.org"}, "username-taken"), ({"username": "bob"}, "email-taken")],
)
async def test_usernames_and_addresses_are_unique(client: httpx.AsyncClient, change: dict[str, str], code: str) -> None:
    await post(client, BODY)
    again = await post(client, BODY | change)
    assert again.status_code == 409
    assert again.json()["type"] == f"urn:pms:problem:{code}"


async def test_fifty_simultaneous_registrations_create_one_account(client: httpx.AsyncClient, sql: Any) -> None:
    answers = await asyncio.gather(*(post(client, BODY) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    assert await sql.fetchval('SELECT count(*) FROM "user" WHERE username = $1', "ann") == 1


async def test_a_repeated_registration_has_the_same_response(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(post(client, BODY, **{"Idempotency-Key": "k"}) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.attack(11)
async def test_only_an_admin_sets_roles(client: httpx.AsyncClient, admin: Any, register: Register) -> None:
    body = BODY | {"roles": ["ADMIN"]}
    assert (await post(client, body)).status_code == 403
    patient, staff = await register(), await register(admin, roles=["STAFF"])
    for person in (patient, staff):
        assert (await post(client, body, **person.headers)).status_code == 403
    made = await post(client, BODY | {"roles": ["DOCTOR", "STAFF"]}, **admin.headers)
    assert made.status_code == 201
    assert made.json()["roles"] == ["DOCTOR", "STAFF"]


@pytest.mark.attack(11, 16)
@pytest.mark.parametrize(
    "change",
    [
        {"role": "ADMIN"},
        {"id": "x"},
        {"disabled": False},
        {"roles": []},
        {"roles": ["ROOT"]},
        {"password": "short"},
        {"password": "x" * 129},
        {"password": "x" * 10_000_000},
        {"username": "a"},
        {"username": "with space"},
        {"username": "-x-y"},
        {"email": "no-address"},
        {"email": f"{'a' * 250}@example.org"},
        {"full_name": ""},
        {"full_name": "a\nb"},
        {"username": None},
        {"username": 5},
    ],
)
async def test_invalid_values_are_422_and_not_in_the_response(
    client: httpx.AsyncClient, change: dict[str, Any]
) -> None:
    canary = "Canary-8891"
    answer = await post(client, {**BODY, "password": f"{canary}-password", **change})
    assert answer.status_code in (403, 422)
    if answer.status_code == 403:
        assert "roles" in change
    assert answer.headers["content-type"] == "application/problem+json"
    assert canary not in answer.text
    assert len(answer.content) < 2000


@pytest.mark.parametrize(
    "name", ["Zoë 😀 O'Brien", '\'; DROP TABLE "user"; --', "{{7*7}} ${x}", "名前", "\u0645\u0631\u064a\u0645"]
)
async def test_names_are_returned_unchanged(client: httpx.AsyncClient, name: str) -> None:
    answer = await post(client, BODY | {"full_name": name})
    assert answer.status_code == 201
    assert answer.json()["full_name"] == name


async def test_passwords_keep_their_spaces(client: httpx.AsyncClient) -> None:
    await post(client, BODY | {"password": "  spaces around  "})
    right = {"username": "ann", "password": "  spaces around  "}
    assert (await client.post("/auth/login", json=right)).status_code == 200
    assert (await client.post("/auth/login", json=right | {"password": "spaces around"})).status_code == 401


async def test_the_list_is_paged_and_filtered(client: httpx.AsyncClient, admin: Any, register: Register) -> None:
    for _ in range(5):
        await register()
    doctors = [(await register(admin, roles=["DOCTOR"])).account["id"] for _ in range(3)]
    users = await items_of_all_pages(
        lambda query: client.get("/auth/users", params=query, headers=admin.headers), limit=2
    )
    seen = [user["id"] for user in users]
    assert len(seen) == len(set(seen)) == 9
    found = await client.get("/auth/users", params={"role": "DOCTOR"}, headers=admin.headers)
    assert [user["id"] for user in found.json()["items"]] == doctors


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=1000000000", "cursor=x", "cursor=WyJ4Il0", "role=ROOT", "foreign=1"]
)
async def test_an_invalid_query_is_422(client: httpx.AsyncClient, admin: Any, query: str) -> None:
    assert (await client.get(f"/auth/users?{query}", headers=admin.headers)).status_code == 422


async def test_a_change_has_a_version_and_an_event(
    client: httpx.AsyncClient, admin: Any, register: Register, sql: Any
) -> None:
    person = await register()
    path = f"/auth/users/{person.account['id']}"
    stale = await client.patch(path, json={"roles": ["STAFF"]}, headers={**admin.headers, "If-Match": '"7"'})
    assert stale.status_code == 412
    weak = await client.patch(path, json={"roles": ["STAFF"]}, headers={**admin.headers, "If-Match": 'W/"1"'})
    assert weak.status_code == 412
    done = await client.patch(path, json={"roles": ["STAFF"]}, headers={**admin.headers, "If-Match": '"1"'})
    assert done.status_code == 200
    assert done.headers["etag"] == '"2"'
    event = (await events(sql))[-1]
    assert (event["type"], event["data"]["version"], event["data"]["roles"]) == ("user.updated", 2, ["STAFF"])
    same = await client.patch(path, json={"roles": ["STAFF"]}, headers=admin.headers)
    assert same.headers["etag"] == '"2"'
    assert len(await events(sql)) == 3  # admin and person registered, one change
    missing = await client.patch("/auth/users/01940000-0000-7000-8000-000000000000", json={}, headers=admin.headers)
    assert missing.status_code == 404


@pytest.mark.attack(13)
async def test_a_disabled_account_has_no_access(client: httpx.AsyncClient, admin: Any, register: Register) -> None:
    person = await register()
    path = f"/auth/users/{person.account['id']}"
    await client.patch(path, json={"disabled": True}, headers=admin.headers)
    refreshed = await client.post("/auth/refresh", json={"refresh_token": person.tokens["refresh_token"]})
    assert refreshed.status_code == 401
    assert (await client.get("/auth/me", headers=person.headers)).status_code == 401
    credentials = {"username": person.account["username"], "password": person.password}
    assert (await client.post("/auth/login", json=credentials)).status_code == 401
    await client.patch(path, json={"disabled": False}, headers=admin.headers)
    assert (await client.post("/auth/login", json=credentials)).status_code == 200


@pytest.mark.attack(13)
async def test_a_downgraded_admin_cannot_use_the_old_token(
    client: httpx.AsyncClient, admin: Any, register: Register
) -> None:
    other = await register(admin, roles=["ADMIN"])
    mine = f"/auth/users/{other.account['id']}"
    assert (await client.patch(mine, json={"roles": ["STAFF"]}, headers=admin.headers)).status_code == 200
    back = await client.patch(mine, json={"roles": ["ADMIN"]}, headers=other.headers)
    assert back.status_code == 403


@pytest.mark.attack(13)
@pytest.mark.parametrize(("change", "status"), [({"disabled": True}, 401), ({"roles": ["PATIENT"]}, 403)])
async def test_a_former_admin_does_nothing_with_the_old_token(
    client: httpx.AsyncClient, admin: Any, register: Register, change: dict[str, Any], status: int
) -> None:
    """Not even by repeating a request that was once allowed: the stored response is not replayed."""
    other, target = await register(admin, roles=["ADMIN"]), await register()
    body, key = BODY | {"roles": ["ADMIN"]}, {"Idempotency-Key": "k"}
    assert (await post(client, body, **other.headers, **key)).status_code == 201
    await client.patch(f"/auth/users/{other.account['id']}", json=change, headers=admin.headers)
    again = BODY | {"username": "bob", "email": "bob@example.org", "roles": ["ADMIN"]}
    statuses = [
        (await post(client, body, **other.headers, **key)).status_code,
        (await post(client, again, **other.headers)).status_code,
        (await client.get("/auth/users", headers=other.headers)).status_code,
        (
            await client.patch(f"/auth/users/{target.account['id']}", json={"disabled": True}, headers=other.headers)
        ).status_code,
    ]
    assert statuses == [status] * 4
    assert (await client.get("/auth/me", headers=other.headers)).status_code == (401 if status == 401 else 200)


@pytest.mark.attack(13)
async def test_denials_of_former_admins_are_on_record(
    client: httpx.AsyncClient, admin: Any, register: Register, sql: Any
) -> None:
    other = await register(admin, roles=["ADMIN"])
    path = f"/auth/users/{other.account['id']}"
    await client.patch(path, json={"roles": ["PATIENT"]}, headers=admin.headers)
    await client.get("/auth/users", headers=other.headers)
    await client.patch(path, json={"roles": ["ADMIN"]}, headers=other.headers)
    await post(client, BODY | {"roles": ["ADMIN"]}, **other.headers)
    denied = "SELECT action FROM audit_log WHERE outcome = 'denied' AND actor = $1 ORDER BY id"
    actions = [row["action"] for row in await sql.fetch(denied, other.account["id"])]
    assert actions == ["GET /auth/users", "PATCH /auth/users/{id}", "POST /auth/register"]


@pytest.mark.attack(13)
async def test_a_registration_in_flight_does_not_survive_the_downgrade(
    client: httpx.AsyncClient, admin: Any, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await register(admin, roles=["ADMIN"])
    with paused(monkeypatch, PasswordHasher, "hash") as pause:
        registering = asyncio.create_task(post(client, BODY | {"roles": ["ADMIN"]}, **other.headers))
        await pause.reached.wait()
        path = f"/auth/users/{other.account['id']}"
        assert (await client.patch(path, json={"roles": ["PATIENT"]}, headers=admin.headers)).status_code == 200
        pause.over.set()
        assert (await registering).status_code == 403


async def test_two_admins_cannot_remove_each_other(
    client: httpx.AsyncClient, admin: Any, register: Register, sql: Any
) -> None:
    other = await register(admin, roles=["ADMIN"])
    answers = await asyncio.gather(
        client.patch(f"/auth/users/{other.account['id']}", json={"disabled": True}, headers=admin.headers),
        client.patch(f"/auth/users/{admin.account['id']}", json={"disabled": True}, headers=other.headers),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 403]
    assert await sql.fetchval("""SELECT count(*) FROM "user" WHERE 'ADMIN' = ANY(roles) AND NOT disabled""") == 1


async def test_the_last_admin_cannot_be_removed(client: httpx.AsyncClient, admin: Any) -> None:
    path = f"/auth/users/{admin.account['id']}"
    for change in ({"disabled": True}, {"roles": ["STAFF"]}):
        answer = await client.patch(path, json=change, headers=admin.headers)
        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:pms:problem:last-admin"


async def test_the_first_admin_is_created_once(client: httpx.AsyncClient, settings: AuthSettings, sql: Any) -> None:
    changed = settings.model_copy(update={"admin_password": type(settings.admin_password)("another password")})
    async with running(app, changed) as again:
        old = {"username": settings.admin_username, "password": settings.admin_password.get_secret_value()}
        assert (await again.post("/auth/login", json=old)).status_code == 200
    assert await sql.fetchval('SELECT count(*) FROM "user"') == 1


@pytest.mark.parametrize(
    "change",
    [
        {"password": "password"},
        {"password": "12345678"},
        {"username": "somebody", "password": "Somebody"},
        {"email": "somebody@example.org", "password": "somebody1"},
        {"full_name": "Ann Somebody", "password": "ann somebody"},
    ],
)
async def test_a_password_that_is_guessed_first_is_422_with_the_reason(
    client: httpx.AsyncClient, change: dict[str, str]
) -> None:
    answer = await post(client, BODY | change)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"] == "urn:pms:problem:weak-password"
    assert problem["detail"].startswith("The password is ")
    assert problem["errors"] == [{"pointer": "/body/password", "code": "weak-password", "detail": problem["detail"]}]


async def test_a_password_is_right_in_every_form_of_its_characters(client: httpx.AsyncClient, sql: Any) -> None:
    """Also when its hash was made before passwords were normalised."""
    composed, decomposed = "caf\u00e9 au lait", "cafe\u0301 au lait"
    assert (await post(client, BODY | {"password": decomposed})).status_code == 201
    for password in (composed, decomposed):
        assert (await client.post("/auth/login", json={"username": "ann", "password": password})).status_code == 200
    earlier = argon2.PasswordHasher(2, 19 * 1024, 1).hash(decomposed)
    await sql.execute('UPDATE "user" SET password_hash = $1 WHERE username = $2', earlier, "ann")
    assert (await client.post("/auth/login", json={"username": "ann", "password": composed})).status_code == 401
    for password in (decomposed, composed):  # the first sign-in replaces the hash
        assert (await client.post("/auth/login", json={"username": "ann", "password": password})).status_code == 200
