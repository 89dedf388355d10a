"""What passwords cost, and what tokens are."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.auth.config import AuthSettings
from services.auth.passwords import Passwords
from services.auth.tokens import AccessTokens, new_refresh_token, refresh_token_hash
from services.common.clock import utc_now
from services.common.errors import Unavailable
from services.common.identifiers import uuid7
from services.common.security.tokens import TokenVerifier
from services.contracts.roles import Role, scopes_of
from tests.support.issuer import AUDIENCE, ISSUER, TestIssuer

CHEAP: dict[str, Any] = {"argon2_memory_kib": 64, "argon2_passes": 1}


def test_the_right_password_and_no_other() -> None:
    async def check() -> None:
        passwords = Passwords(AuthSettings(**CHEAP))
        made = await passwords.hash("correct horse")
        assert made.startswith("$argon2id$")
        assert await passwords.verify(made, "correct horse")
        for wrong in ("correct horse ", "Correct horse", "", "x" * 1000):
            assert not await passwords.verify(made, wrong)
        assert not await passwords.verify("no hash at all", "correct horse")

    asyncio.run(check())


def test_without_an_account_nothing_is_right_not_even_the_dummy() -> None:
    async def check() -> None:
        passwords = Passwords(AuthSettings(**CHEAP))
        assert not await passwords.verify(None, "no account has this password")

    asyncio.run(check())


def test_a_weaker_hash_is_outdated() -> None:
    async def check() -> None:
        weak, strong = Passwords(AuthSettings(**CHEAP)), Passwords(AuthSettings())
        assert strong.outdated(await weak.hash("p"))
        assert not weak.outdated(await weak.hash("p"))

    asyncio.run(check())


def test_few_hash_at_once_some_wait_and_the_rest_are_refused() -> None:
    async def check() -> None:
        passwords = Passwords(AuthSettings(**CHEAP, hashing_slots=2, hashing_queue=3))
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


def test_what_is_issued_is_accepted() -> None:
    issuer = TestIssuer()

    class Key:
        async def key_id(self) -> str:
            return issuer.key_id

        async def sign(self, message: bytes) -> bytes:
            from cryptography.hazmat.primitives import hashes
            from cryptography.hazmat.primitives.asymmetric import padding

            return issuer.key.sign(message, padding.PKCS1v15(), hashes.SHA256())

    async def check() -> None:
        key: Any = Key()
        issued = AccessTokens(AuthSettings(jwt_issuer=ISSUER, jwt_audience=AUDIENCE), key)
        user = uuid7()
        token = await issued.issue(user, ["STAFF", "DOCTOR"], utc_now())
        principal = await TokenVerifier(issuer=ISSUER, audience=AUDIENCE, keys=issuer).verify(token)
        assert principal.subject == user
        assert principal.roles == {Role.DOCTOR, Role.STAFF}
        assert principal.scopes == set(scopes_of(["DOCTOR", "STAFF"]))

    asyncio.run(check())


def test_refresh_tokens_are_unguessable_and_stored_as_a_hash() -> None:
    made = [new_refresh_token() for _ in range(100)]
    assert len({token for token, _ in made}) == 100
    for token, stored in made:
        assert len(token) == 43
        assert refresh_token_hash(token) == stored
        assert len(stored) == 32


@pytest.mark.parametrize("name", ["argon2_memory_kib", "argon2_passes"])
def test_the_parameters_are_owasps_or_above(name: str) -> None:
    assert getattr(AuthSettings(), name) >= {"argon2_memory_kib": 19 * 1024, "argon2_passes": 2}[name]
