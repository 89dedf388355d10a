"""Password hashes: what is accepted, and with which parameters they are made."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.auth.config import AuthSettings
from services.auth.hashing_queue import Lane, Turn
from services.auth.passwords import PasswordHasher, Verification

CHEAP: dict[str, Any] = {"argon2_memory_kib": 64, "argon2_passes": 1}
TURN = Turn(Lane.SIGN_IN)


def test_only_the_right_password_is_accepted() -> None:
    async def check() -> None:
        passwords = PasswordHasher(AuthSettings(**CHEAP))
        made = await passwords.hash(TURN, "correct horse")
        assert made.startswith("$argon2id$")
        assert (await passwords.verify(TURN, made, "correct horse")).matches
        for wrong in ("correct horse ", "Correct horse", "", "x" * 1000):
            assert not (await passwords.verify(TURN, made, wrong)).matches
        assert not (await passwords.verify(TURN, "no hash at all", "correct horse")).matches

    asyncio.run(check())


def test_without_a_hash_no_password_is_accepted() -> None:
    """Not even the password of the dummy hash."""

    async def check() -> None:
        passwords = PasswordHasher(AuthSettings(**CHEAP))
        assert not (await passwords.verify(TURN, None, "no account has this password")).matches

    asyncio.run(check())


def test_a_weaker_hash_is_replaced() -> None:
    async def check() -> None:
        weak, strong = PasswordHasher(AuthSettings(**CHEAP)), PasswordHasher(AuthSettings())
        made = await weak.hash(TURN, "correct horse")
        assert (await weak.verify(TURN, made, "correct horse")).new_hash is None
        assert (await strong.verify(TURN, made, "wrong")).new_hash is None
        replacement = (await strong.verify(TURN, made, "correct horse")).new_hash
        assert replacement is not None
        assert await strong.verify(TURN, replacement, "correct horse") == Verification(True)

    asyncio.run(check())


@pytest.mark.parametrize("name", ["argon2_memory_kib", "argon2_passes"])
def test_the_parameters_are_at_least_owasps(name: str) -> None:
    assert getattr(AuthSettings(), name) >= {"argon2_memory_kib": 19 * 1024, "argon2_passes": 2}[name]
