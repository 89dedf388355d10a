"""A rotation of the signing keys, while the service runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import jwt
import pytest

from ops.rotation.signing_keys import SigningKeys
from services.auth.main import app
from services.common.runtime import Runtime
from services.contracts.signing_keys import SigningAliases
from tests.integration.auth.conftest import Person
from tests.integration.conftest import signing_aliases
from tests.support import aws


@pytest.fixture
def aliases() -> Iterator[SigningAliases]:
    """Aliases for one test, because it moves them."""
    with signing_aliases() as aliases:
        yield aliases


@pytest.fixture
def signing_alias(aliases: SigningAliases) -> str:
    """The alias that the service under test signs with."""
    return aliases.current


@pytest.fixture
def keys(aliases: SigningAliases) -> SigningKeys:
    return SigningKeys(aws.client("kms"), aliases)


def key_id(person: Person) -> str:
    return str(jwt.get_unverified_header(person.tokens["access_token"])["kid"])


async def status(person: Person) -> int:
    return (await person.client.get("/auth/me", headers=person.headers)).status_code


@pytest.mark.attack(6)
async def test_tokens_of_the_old_and_the_new_key_are_valid_until_the_old_one_is_withdrawn(
    client: httpx.AsyncClient,
    keys: SigningKeys,
    register: Callable[..., Awaitable[Person]],
) -> None:
    runtime: Runtime[Any, Any] = app.state.runtime
    before = await register()
    keys.publish()
    published = await register()
    assert key_id(published) == key_id(before)

    new = keys.next_key_id()
    keys.promote()
    after = await register()
    assert key_id(after) == new != key_id(before)
    assert [await status(person) for person in (before, published, after)] == [200, 200, 200]

    keys.withdraw()
    await runtime.keys.warm_up()  # stands for the age at which the service reads the keys again
    assert [await status(person) for person in (before, published, after)] == [401, 401, 200]
    assert not runtime.keys.knows(key_id(before))
    assert runtime.keys.knows(new)
    assert await status(await before.sign_in()) == 200
