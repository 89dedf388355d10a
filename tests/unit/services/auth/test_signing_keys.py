"""The auth service signs with the current key, and verifies with every key that is published."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from ops.rotation import signing_keys as rotation
from services.auth.config import AuthSettings
from services.auth.signing_keys import SigningKeys
from services.common.aws import AwsError
from services.common.errors import Unavailable
from services.contracts.signing_keys import SigningAliases
from tests.support.kms import Kms

ALIASES = SigningAliases("alias/test-signing")


@pytest.fixture
def kms() -> Kms:
    return Kms(ALIASES)


@pytest.fixture
def keys(kms: Kms, monkeypatch: pytest.MonkeyPatch) -> SigningKeys:
    async def call(_: Any, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        assert service == "kms"
        await asyncio.sleep(0)
        answer: dict[str, Any] = getattr(kms, operation)(**parameters)
        return answer

    monkeypatch.setattr("services.common.aws.Aws.call", call)
    return SigningKeys(AuthSettings(signing_key_alias=ALIASES.current))


def test_the_message_names_the_key_that_signed_it_also_when_the_key_has_just_changed(
    kms: Kms, keys: SigningKeys
) -> None:
    async def check() -> None:
        await keys.warm_up()
        change = rotation.SigningKeys(kms, ALIASES)
        change.publish()
        change.promote()
        for signed in await asyncio.gather(*(keys.sign(str.encode) for _ in range(5))):
            message, signature = signed
            public = await keys.get(message.decode())
            assert public is not None
            public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
            assert message.decode() == kms.behind(ALIASES.current).token_id

    asyncio.run(check())
    assert kms.calls.count("get_public_key") == 2 * 3  # however many requests notice the change


def test_a_published_key_is_known_and_a_withdrawn_one_is_not(kms: Kms, keys: SigningKeys) -> None:
    async def check() -> None:
        change, old = rotation.SigningKeys(kms, ALIASES), kms.behind(ALIASES.current).token_id
        change.publish()
        await keys.warm_up()
        assert keys.knows(old)
        assert keys.knows(change.next_key_id())
        change.promote()
        change.withdraw()
        await keys.warm_up()
        assert not keys.knows(old)
        assert await keys.get(old) is None

    asyncio.run(check())


def test_without_kms_nothing_is_signed(keys: SigningKeys, monkeypatch: pytest.MonkeyPatch) -> None:
    async def call(*_: Any, **__: Any) -> None:
        raise AwsError("EndpointConnectionError")

    monkeypatch.setattr("services.common.aws.Aws.call", call)

    async def check() -> None:
        await keys.warm_up()
        with pytest.raises(Unavailable):
            await keys.sign(str.encode)

    asyncio.run(check())
