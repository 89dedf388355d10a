"""A flood of anonymous requests: people sign in meanwhile, and the service stays alive."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.auth.config import AuthSettings

Register = Callable[..., Awaitable[Any]]
CLIENTS = 150
SIGN_IN_SECONDS = 5.0


@pytest.fixture
def settings(settings: AuthSettings) -> AuthSettings:
    """With few connections and one slot, so that requests compete for both."""
    return settings.model_copy(update={"database_pool_size": 3, "hashing_slots": 1})


def registration() -> dict[str, str]:
    name = f"flood-{uuid4().hex[:12]}"
    return {"username": name, "password": "long enough", "email": f"{name}@example.org"}


@asynccontextmanager
async def flood(client: httpx.AsyncClient) -> AsyncIterator[list[int]]:
    """Keeps anonymous requests in flight: registrations with an Idempotency-Key, and logins of unknown users.

    Yields the statuses of the answers so far.
    """
    statuses: list[int] = []

    async def register() -> httpx.Response:
        return await client.post("/auth/register", json=registration(), headers={"Idempotency-Key": uuid4().hex})

    async def sign_in() -> httpx.Response:
        return await client.post("/auth/login", json={"username": uuid4().hex, "password": "a guess"})

    async def repeat(send: Callable[[], Awaitable[httpx.Response]]) -> None:
        while True:
            answer = await send()
            statuses.append(answer.status_code)
            await asyncio.sleep(0.5)  # otherwise the clients, in this process, would use all of its processor time

    tasks = [asyncio.create_task(repeat((register, sign_in)[number % 2])) for number in range(CLIENTS)]
    try:
        yield statuses
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-For": "203.0.113.1"}], ids=["known address", "new address"])
async def test_people_sign_in_during_a_flood(
    client: httpx.AsyncClient, register: Register, headers: dict[str, str]
) -> None:
    """The person has signed in from the address of the flood before, or signs in from another one."""
    person = await register()
    credentials = {"username": person.account["username"], "password": person.password}
    async with flood(client) as statuses:
        await asyncio.sleep(1)
        for _ in range(3):
            started = time.monotonic()
            async with asyncio.timeout(SIGN_IN_SECONDS):
                answer = await client.post("/auth/login", json=credentials, headers=headers)
            assert answer.status_code == 200, (answer.text, time.monotonic() - started)
            async with asyncio.timeout(1):
                assert (await client.get("/health/live")).status_code == 200
    assert {201, 401} <= set(statuses) <= {201, 401, 503}
