"""The whole auth service on a database of its own, with signing keys in KMS."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest

from services.auth.config import AuthSettings
from services.auth.main import app
from tests.integration.conftest import MakeSettings
from tests.support.application import running

ADMIN, PASSWORD = "admin", "an-admin's-password"


class Person:
    """A user who is signed in."""

    def __init__(self, client: httpx.AsyncClient, account: dict[str, Any], password: str) -> None:
        self.client = client
        self.account = account
        self.password = password
        self.tokens: dict[str, Any] = {}

    async def sign_in(self) -> Person:
        credentials = {"username": self.account["username"], "password": self.password}
        answer = await self.client.post("/auth/login", json=credentials)
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return self

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}


@dataclass
class Pause:
    """`reached` is set when the method is called. It continues when `over` is set."""

    reached: asyncio.Event
    over: asyncio.Event


@contextmanager
def paused(monkeypatch: pytest.MonkeyPatch, kind: type[Any], method: str) -> Iterator[Pause]:
    """Lets the calls of an asynchronous method wait before they begin."""
    pause, original = Pause(asyncio.Event(), asyncio.Event()), getattr(kind, method)

    async def wait(*arguments: Any) -> Any:
        pause.reached.set()
        await pause.over.wait()
        return await original(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(kind, method, wait)
        yield pause


@pytest.fixture
async def settings(settings_without_broker: MakeSettings, signing_alias: str, sealing_key: str) -> AuthSettings:
    made: AuthSettings = await settings_without_broker(
        "auth",
        AuthSettings,
        signing_key_alias=signing_alias,
        sealing_key_id=sealing_key,
        admin_username=ADMIN,
        admin_password=PASSWORD,
    )
    return made


@pytest.fixture
async def client(settings: AuthSettings) -> AsyncIterator[httpx.AsyncClient]:
    """The running application. It verifies tokens with its own signing keys, so the tests' issuer is of no use."""
    async with running(app, settings) as client:
        yield client


@pytest.fixture
async def sql(settings: AuthSettings) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


@pytest.fixture
async def admin(client: httpx.AsyncClient) -> Person:
    person = Person(client, {"username": ADMIN}, PASSWORD)
    await person.sign_in()
    person.account = (await client.get("/auth/me", headers=person.headers)).json()
    return person


@pytest.fixture
def register(client: httpx.AsyncClient) -> Callable[..., Awaitable[Person]]:
    """`await register(admin, roles=["STAFF"])` creates an account and signs its user in."""

    async def make(by: Person | None = None, **more: Any) -> Person:
        name = f"user-{uuid.uuid4().hex[:10]}"
        body = {"username": name, "password": "long enough", "email": f"{name}@example.org", **more}
        answer = await client.post("/auth/register", json=body, headers=by.headers if by else {})
        assert answer.status_code == 201, answer.text
        return await Person(client, answer.json(), body["password"]).sign_in()

    return make
