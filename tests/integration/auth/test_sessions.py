"""Sign-in, refresh and sign-out, and attacks on them."""

from __future__ import annotations

import asyncio
import math
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import jwt
import pytest

from services.auth.composition import session_service
from services.auth.config import AuthSettings
from services.auth.main import app
from services.auth.passwords import PasswordHasher
from services.auth.tokens import AccessTokenIssuer
from services.contracts.jwk import jwk_of
from services.contracts.roles import scopes_of
from tests.integration.auth.conftest import paused
from tests.support import aws
from tests.support.application import running

Register = Callable[..., Awaitable[Any]]


async def login(client: httpx.AsyncClient, username: str, password: str, address: str | None = None) -> httpx.Response:
    """`address` is the client's, as the gateway reports it."""
    headers = {} if address is None else {"X-Forwarded-For": address}
    return await client.post("/auth/login", json={"username": username, "password": password}, headers=headers)


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/auth/refresh", json={"refresh_token": token})


async def test_the_claims_of_an_access_token(
    client: httpx.AsyncClient, admin: Any, register: Register, settings: AuthSettings
) -> None:
    staff = await register(admin, roles=["STAFF"])
    token = staff.tokens["access_token"]
    der = aws.client("kms").get_public_key(KeyId=settings.signing_key_alias)["PublicKey"]
    jwk = jwk_of(der)
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "at+jwt", "kid": jwk["kid"]}
    key = jwt.PyJWK(jwk, "RS256").key
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="pms", issuer=settings.jwt_issuer)
    assert claims["sub"] == staff.account["id"]
    assert claims["roles"] == ["STAFF"]
    assert claims["scope"] == staff.tokens["scope"] == " ".join(scopes_of(["STAFF"]))
    assert claims["exp"] - claims["iat"] == staff.tokens["expires_in"] == 900
    assert {"jti", "client_id", "iss", "aud"} <= claims.keys()
    assert not {"email", "username", "name"} & claims.keys()


async def test_each_refresh_token_is_a_new_one(client: httpx.AsyncClient, register: Register) -> None:
    person = await register()
    first = person.tokens["refresh_token"]
    second = (await refresh(client, first)).json()["refresh_token"]
    third = (await refresh(client, second)).json()["refresh_token"]
    assert len({first, second, third}) == 3


@pytest.mark.attack(14)
async def test_reuse_ends_the_whole_session(client: httpx.AsyncClient, register: Register, sql: Any) -> None:
    person = await register()
    stolen = person.tokens["refresh_token"]
    current = (await refresh(client, stolen)).json()["refresh_token"]
    assert (await refresh(client, stolen)).status_code == 401
    assert (await refresh(client, current)).status_code == 401
    assert await sql.fetchval("SELECT revoked_because FROM session") == "reuse"
    await person.sign_in()
    assert (await refresh(client, person.tokens["refresh_token"])).status_code == 200


@pytest.mark.attack(14)
async def test_of_fifty_simultaneous_refreshes_one_succeeds(client: httpx.AsyncClient, register: Register) -> None:
    person = await register()
    answers = await asyncio.gather(*(refresh(client, person.tokens["refresh_token"]) for _ in range(50)))
    winners = [answer for answer in answers if answer.status_code == 200]
    assert len(winners) == 1
    assert {answer.status_code for answer in answers} == {200, 401}
    assert (await refresh(client, winners[0].json()["refresh_token"])).status_code == 401


async def test_a_refresh_applies_new_roles(client: httpx.AsyncClient, admin: Any, register: Register) -> None:
    person = await register()
    path = f"/auth/users/{person.account['id']}"
    await client.patch(path, json={"roles": ["DOCTOR"]}, headers=admin.headers)
    answer = await refresh(client, person.tokens["refresh_token"])
    assert answer.json()["scope"] == " ".join(scopes_of(["DOCTOR"]))


@pytest.mark.attack(13)
async def test_a_sign_in_in_flight_does_not_survive_the_disabling(
    client: httpx.AsyncClient, admin: Any, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await register()
    path = f"/auth/users/{person.account['id']}"
    with paused(monkeypatch, PasswordHasher, "verify") as pause:
        signing_in = asyncio.create_task(login(client, person.account["username"], person.password))
        await pause.reached.wait()
        assert (await client.patch(path, json={"disabled": True}, headers=admin.headers)).status_code == 200
        pause.over.set()
        assert (await signing_in).status_code == 401


@pytest.mark.attack(13)
async def test_a_sign_in_in_flight_gets_no_role_that_was_taken_away(
    client: httpx.AsyncClient, admin: Any, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await register(admin, roles=["ADMIN"])
    path = f"/auth/users/{person.account['id']}"
    with paused(monkeypatch, AccessTokenIssuer, "issue") as pause:
        signing_in = asyncio.create_task(login(client, person.account["username"], person.password))
        await pause.reached.wait()
        assert (await client.patch(path, json={"roles": ["PATIENT"]}, headers=admin.headers)).status_code == 200
        pause.over.set()
        answer = await signing_in
    assert answer.status_code == 503
    assert (await login(client, person.account["username"], person.password)).json()["scope"] == " ".join(
        scopes_of(["PATIENT"])
    )


@pytest.mark.attack(13)
@pytest.mark.parametrize("change", [{"disabled": True}, {"roles": ["PATIENT"]}])
async def test_a_change_waits_for_a_refresh_in_flight(
    client: httpx.AsyncClient,
    admin: Any,
    register: Register,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
) -> None:
    """So no tokens are issued after the change is answered that do not know of it."""
    person = await register(admin, roles=["ADMIN"])
    path = f"/auth/users/{person.account['id']}"
    with paused(monkeypatch, AccessTokenIssuer, "issue") as pause:
        refreshing = asyncio.create_task(refresh(client, person.tokens["refresh_token"]))
        await pause.reached.wait()
        changing = asyncio.create_task(client.patch(path, json=change, headers=admin.headers))
        await asyncio.sleep(0.5)
        assert not changing.done()
        pause.over.set()
        assert ((await refreshing).status_code, (await changing).status_code) == (200, 200)


@pytest.mark.attack(13)
async def test_signing_out_ends_the_session(client: httpx.AsyncClient, register: Register) -> None:
    person = await register()
    token = person.tokens["refresh_token"]
    for _ in range(2):  # a repeated sign-out succeeds
        assert (await client.post("/auth/logout", json={"refresh_token": token})).status_code == 204
    assert (await refresh(client, token)).status_code == 401
    unknown = await client.post("/auth/logout", json={"refresh_token": "x" * 43})
    assert unknown.status_code == 204


@pytest.mark.parametrize("lifetime", ["refresh_token_seconds", "session_seconds"])
async def test_refresh_tokens_and_sessions_expire(settings: AuthSettings, lifetime: str) -> None:
    short = settings.model_copy(update={lifetime: 0})
    async with running(app, short) as client:
        body = {"username": "ann", "password": "long enough", "email": "ann@example.org"}
        await client.post("/auth/register", json=body)
        tokens = (await login(client, "ann", "long enough")).json()
        assert (await refresh(client, tokens["refresh_token"])).status_code == 401


async def test_tokens_are_stored_hashed(client: httpx.AsyncClient, register: Register, sql: Any) -> None:
    token = (await register()).tokens["refresh_token"]
    rows = await sql.fetch("SELECT row_to_json(t)::text AS row FROM refresh_token t")
    assert rows
    assert all(token not in row["row"] and token.encode().hex() not in row["row"] for row in rows)


@pytest.mark.attack(15)
async def test_unknown_wrong_and_disabled_have_the_same_response(
    client: httpx.AsyncClient, admin: Any, register: Register
) -> None:
    person, disabled = await register(), await register()
    path = f"/auth/users/{disabled.account['id']}"
    await client.patch(path, json={"disabled": True}, headers=admin.headers)
    answers = [
        await login(client, "nobody-here", "some password"),
        await login(client, person.account["username"], "wrong password"),
        await login(client, disabled.account["username"], disabled.password),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.attack(15)
async def test_an_unknown_user_takes_as_long(client: httpx.AsyncClient, settings: AuthSettings) -> None:
    patient = settings.model_copy(update={"free_failures": 1000})
    async with running(app, patient) as client:
        body = {"username": "ann", "password": "long enough", "email": "ann@example.org"}
        await client.post("/auth/register", json=body)

        # Alternating, and the fastest of each, so that other load on the machine affects both alike.
        fastest = {"ann": float("inf"), "nobody-here": float("inf")}
        for _ in range(15):
            for username in fastest:
                started = time.perf_counter()
                assert (await login(client, username, "wrong password")).status_code == 401
                fastest[username] = min(fastest[username], time.perf_counter() - started)
        assert 0.7 < fastest["nobody-here"] / fastest["ann"] < 1.4


@pytest.mark.attack(15)
@pytest.mark.parametrize("username", ["known", "unknown"])
async def test_credential_stuffing_is_slowed_down_and_nobody_is_locked_out(
    client: httpx.AsyncClient, settings: AuthSettings, sql: Any, username: str
) -> None:
    """The same for known and unknown usernames."""
    body = {"username": "known", "password": "long enough", "email": "known@example.org"}
    await client.post("/auth/register", json=body)
    started = time.monotonic()
    answers = await asyncio.gather(*(login(client, username, f"guess number {n}") for n in range(30)))
    statuses = [answer.status_code for answer in answers]
    # The free failures, one more for each hashing slot, and as many again after each pause of 1, 2, 4, ... seconds.
    pauses = int(math.log2(1 + time.monotonic() - started))
    most = settings.free_failures + settings.hashing_slots * (1 + pauses)
    assert settings.free_failures <= statuses.count(401) <= most
    assert set(statuses) == {401, 429}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 1 <= int(refused.headers["retry-after"]) <= settings.longest_backoff_seconds
    if username == "known":
        assert (await login(client, "known", "long enough")).status_code == 429
        await sql.execute("UPDATE login_attempts SET blocked_until = now()")
        assert (await login(client, "known", "long enough")).status_code == 200
        assert await sql.fetchval("SELECT count(*) FROM login_attempts WHERE address_hash <> '' AND failures > 0") == 0


@pytest.mark.attack(15)
async def test_guesses_from_one_address_do_not_lock_out_another(
    client: httpx.AsyncClient, register: Register, settings: AuthSettings
) -> None:
    """Whatever addresses the guesser claims: only the last one is the gateway's."""
    username = (await register()).account["username"]
    answers = [
        await login(client, username, f"guess number {n}", f"203.0.113.{n}, 198.51.100.1")
        for n in range(settings.free_failures + 1)
    ]
    assert [answer.status_code for answer in answers] == [401] * settings.free_failures + [429]
    assert (await login(client, username, "long enough", "198.51.100.1")).status_code == 429
    assert (await login(client, username, "long enough", "203.0.113.1")).status_code == 200


@pytest.mark.attack(15)
@pytest.mark.parametrize("username", ["known", "unknown"])
async def test_guesses_from_many_addresses_are_slowed_down_except_for_known_ones(
    settings: AuthSettings, sql: Any, username: str
) -> None:
    """The owner signs in from where they signed in before, also while somebody guesses from everywhere."""
    few = settings.model_copy(update={"free_account_failures": 20})
    async with running(app, few) as client:
        body = {"username": "known", "password": "long enough", "email": "known@example.org"}
        await client.post("/auth/register", json=body)
        assert (await login(client, "known", "long enough", "203.0.113.1")).status_code == 200
        answers = [await login(client, username, f"guess number {n}", f"198.51.100.{n}") for n in range(21)]
        assert [answer.status_code for answer in answers] == [401] * 20 + [429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= settings.longest_backoff_seconds
        if username == "known":
            assert (await login(client, "known", "long enough", "203.0.113.2")).status_code == 429
            assert (await login(client, "known", "long enough", "203.0.113.1")).status_code == 200
            await sql.execute("UPDATE login_attempts SET blocked_until = now()")
            assert (await login(client, "known", "long enough", "203.0.113.2")).status_code == 200


async def test_old_attempts_are_deleted_and_known_addresses_kept_longer(
    client: httpx.AsyncClient, register: Register, sql: Any
) -> None:
    username = (await register()).account["username"]
    await login(client, "nobody-here", "a guess")
    await sql.execute("UPDATE login_attempts SET failed_at = failed_at - interval '2 days'")
    await delete_old()
    assert await sql.fetchval("SELECT count(*) FROM login_attempts") == 1
    assert (await login(client, username, "long enough")).status_code == 200
    await sql.execute("UPDATE login_attempts SET signed_in_at = signed_in_at - interval '31 days'")
    await delete_old()
    assert await sql.fetchval("SELECT count(*) FROM login_attempts") == 0


async def delete_old() -> None:
    runtime = app.state.runtime
    async with runtime.database.unit_of_work() as uow:
        await session_service(None, uow, runtime).delete_old()


async def test_the_event_loop_stays_free_while_hashing(settings: AuthSettings) -> None:
    """With slow hashes, so that a hash computed in the event loop would delay the other requests measurably."""
    expensive = settings.model_copy(update={"argon2_passes": 60})
    async with running(app, expensive) as client:
        body = {"username": "ann", "password": "long enough", "email": "ann@example.org"}
        started = time.perf_counter()
        await client.post("/auth/register", json=body)
        hash_seconds = time.perf_counter() - started
        logins = [asyncio.create_task(login(client, "ann", "long enough")) for _ in range(4)]
        waits = []
        while not all(task.done() for task in logins):
            started = time.perf_counter()
            assert (await client.get("/health/live")).status_code == 200
            await asyncio.sleep(0.005)  # the application runs in the same loop
            waits.append(time.perf_counter() - started)
        assert statistics.median(waits) < hash_seconds / 2
        assert {task.result().status_code for task in logins} == {200}


@pytest.mark.attack(16)
async def test_a_password_of_ten_megabytes_is_refused_before_hashing(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *args: hashed.append(args[-1]) or verify(*args))
    assert (await login(client, "ann", "x" * 10_000_000)).status_code == 422
    assert (await login(client, "ann", "x" * 10_500_000)).status_code == 413
    assert (await login(client, "ann", "wrong password")).status_code == 401
    assert hashed == ["wrong password"]


@pytest.mark.attack(4)
async def test_a_refresh_token_is_no_access_token(client: httpx.AsyncClient, register: Register) -> None:
    person = await register()
    headers = {"Authorization": f"Bearer {person.tokens['refresh_token']}"}
    answer = await client.get("/auth/me", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_nothing_secret_is_logged(
    capsys: pytest.CaptureFixture[str], client: httpx.AsyncClient, admin: Any, register: Register
) -> None:
    person = await register(full_name="Canary Fullname-4471", password="Canary-password-4471")
    await login(client, person.account["username"], "Canary-wrong-4471")
    await client.post("/auth/register", json={"username": "Canary-4471", "password": "x", "email": "Canary-4471"})
    await client.post(
        "/auth/login", content=b'{"username": "Canary-4471"', headers={"content-type": "application/json"}
    )
    await client.get("/auth/users?role=Canary-4471", headers=admin.headers)
    written = capsys.readouterr()
    logged = written.out + written.err
    assert '"event": "request"' in logged
    for secret in ("Canary", person.tokens["access_token"], person.tokens["refresh_token"], person.account["username"]):
        assert secret not in logged
