"""Access tokens are accepted by the services; refresh tokens are random and stored as a hash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from services.auth.config import AuthSettings
from services.auth.tokens import AccessTokenIssuer, new_refresh_token, refresh_token_hash
from services.common.clock import utc_now
from services.common.identifiers import uuid7
from services.common.security.tokens import TokenVerifier
from services.contracts.roles import Role, scopes_of
from tests.support.issuer import AUDIENCE, ISSUER, TestIssuer


def test_an_issued_token_is_accepted() -> None:
    issuer = TestIssuer()

    class Keys:
        async def sign(self, message_for: Callable[[str], bytes]) -> tuple[bytes, bytes]:
            message = message_for(issuer.key_id)
            return message, issuer.key.sign(message, padding.PKCS1v15(), hashes.SHA256())

    async def check() -> None:
        keys: Any = Keys()
        issued = AccessTokenIssuer(AuthSettings(jwt_issuer=ISSUER, jwt_audience=AUDIENCE), keys)
        user, session = uuid7(), uuid7()
        token = await issued.issue(user, session, ["STAFF", "DOCTOR"], utc_now())
        principal = await TokenVerifier(issuer=ISSUER, audience=AUDIENCE, keys=issuer).verify(token)
        assert (principal.subject, principal.session_id) == (user, session)
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
