"""Password hashes: what is accepted, how many are computed at once, and with which parameters."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.auth.config import AuthSettings
from services.auth.passwords import PasswordHasher
from services.common.errors import Unavailable

CHEAP: dict[str, Any] = {"argon2_memory_kib": 64, "argon2_passes": 1}


def test_only_the_right_password_is_accepted() -> None:
    async def check() -> None:
        passwords = PasswordHasher(AuthSettings(**CHEAP))
        made = await passwords.hash("correct horse")
        assert made.startswith("$argon2id$")
        assert await passwords.verify(made, "correct horse")
        for wrong in ("correct horse ", "Correct horse", "", "x" * 1000):
            assert not await passwords.verify(made, wrong)
        assert not await passwords.verify("no hash at all", "correct horse")

    asyncio.run(check())


def test_without_a_hash_no_password_is_accepted() -> None:
    """Not even the password of the dummy hash."""

    async def check() -> None:
        passwords = PasswordHasher(AuthSettings(**CHEAP))
        assert not await passwords.verify(None, "no account has this password")

    asyncio.run(check())


def test_a_weaker_hash_needs_a_rehash() -> None:
    async def check() -> None:
        weak, strong = PasswordHasher(AuthSettings(**CHEAP)), PasswordHasher(AuthSettings())
        assert strong.needs_rehash(await weak.hash("p"))
        assert not weak.needs_rehash(await weak.hash("p"))

    asyncio.run(check())


def test_slots_limit_how_many_hash_and_how_many_wait() -> None:
    async def check() -> None:
        passwords = PasswordHasher(AuthSettings(**CHEAP, hashing_slots=2, hashing_queue=3))
        inside, most, release = 0, 0, asyncio.Event()

        async def work() -> str:
            nonlocal inside, most
            async with passwords.slot():
                inside += 1
                most = max(most, inside)
                await release.wait()
                inside -= 1
            return "done"

        tasks = [asyncio.create_task(work()) for _ in range(8)]
        for _ in range(5):
            await asyncio.sleep(0)
        release.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert most == 2
        assert outcomes.count("done") == 5
        assert sum(isinstance(outcome, Unavailable) for outcome in outcomes) == 3

    asyncio.run(check())


@pytest.mark.parametrize("name", ["argon2_memory_kib", "argon2_passes"])
def test_the_parameters_are_at_least_owasps(name: str) -> None:
    assert getattr(AuthSettings(), name) >= {"argon2_memory_kib": 19 * 1024, "argon2_passes": 2}[name]
