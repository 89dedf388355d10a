"""The keys that a service reads from KMS, which a rotation replaces."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ops.rotation import signing_keys as rotation
from services.common.aws import AwsError
from services.common.errors import Unavailable
from services.common.security.kms_keys import KmsKeys
from services.common.settings import ServiceSettings
from services.contracts.signing_keys import SigningAliases
from tests.support.kms import Kms

ALIASES = SigningAliases("alias/test-signing")
SETTINGS = ServiceSettings(signing_key_alias=ALIASES.current)


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Kms:
    made = Kms(ALIASES)

    async def call(_: Any, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        assert (service, operation) == ("kms", "get_public_key")
        return made.get_public_key(**parameters)

    monkeypatch.setattr("services.common.aws.Aws.call", call)
    return made


def test_tokens_of_both_keys_are_verified_during_a_rotation_and_of_the_new_one_afterwards(kms: Kms) -> None:
    async def rotate() -> None:
        keys, change = KmsKeys(SETTINGS, cooldown=0.0), rotation.SigningKeys(kms, ALIASES)
        old = kms.behind(ALIASES.current).token_id
        assert await keys.get(old)
        change.publish()
        new = change.next_key_id()
        assert await keys.get(new)  # unknown, so the keys are read again
        change.promote()
        assert await keys.get(old)
        change.withdraw()
        await keys.warm_up()
        assert await keys.get(new)
        assert await keys.get(old) is None

    asyncio.run(rotate())


@pytest.mark.attack(6)
def test_many_unknown_key_ids_read_the_keys_once(kms: Kms) -> None:
    async def flood() -> None:
        keys = KmsKeys(SETTINGS)
        await keys.warm_up()
        found = await asyncio.gather(*(keys.get(f"unknown-{number}") for number in range(200)))
        assert set(found) == {None}

    asyncio.run(flood())
    assert kms.calls == ["get_public_key"] * 3  # one for each alias


def test_kms_being_away_matters_only_before_the_first_keys(kms: Kms, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise AwsError("EndpointConnectionError")

    async def outage() -> None:
        keys, known = KmsKeys(SETTINGS, cooldown=0.0, max_age=0.0), kms.behind(ALIASES.current).token_id
        assert await keys.get(known)
        monkeypatch.setattr("services.common.aws.Aws.call", away)
        assert await keys.get(known)
        with pytest.raises(Unavailable):
            await KmsKeys(SETTINGS).get(known)

    asyncio.run(outage())
