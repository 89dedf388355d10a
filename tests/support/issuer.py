"""An issuer of access tokens with its own key."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from services.common.clock import utc_now
from services.contracts.jwk import jwk_of
from services.contracts.roles import Role, scopes_of

ISSUER, AUDIENCE = "http://issuer.test", "pms"


class TestIssuer:
    """Signs tokens of any form. It is also the `KeySource` of their verifier."""

    __test__ = False

    def __init__(self, issuer: str = ISSUER, audience: str = AUDIENCE) -> None:
        self.issuer, self.audience = issuer, audience
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        self.public_der = self.key.public_key().public_bytes(serialization.Encoding.DER, form)
        self.key_id = jwk_of(self.public_der)["kid"]

    async def get(self, key_id: str) -> rsa.RSAPublicKey | None:
        """Returns the public key, or None if it has another id."""
        return self.key.public_key() if key_id == self.key_id else None

    def knows(self, key_id: str) -> bool:
        """Returns whether the public key has this id."""
        return key_id == self.key_id

    async def warm_up(self) -> None:
        """Does nothing, because the key is there."""

    def token(
        self,
        *roles: Role,
        subject: uuid.UUID | None = None,
        headers: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """Returns an access token. `claims` and `headers` replace the usual ones; None leaves one out."""
        now = utc_now()
        payload = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(subject or uuid.uuid4()),
            "roles": [role.value for role in roles],
            "scope": " ".join(scopes_of(roles)),
            "iat": now,
            "exp": now + timedelta(minutes=15),
            "jti": str(uuid.uuid4()),
            **claims,
        }
        header = {"typ": "at+jwt", "kid": self.key_id, **(headers or {})}
        present = {name: value for name, value in payload.items() if value is not None}
        return jwt.encode(present, self.key, algorithm="RS256", headers=header)

    def bearer(self, *roles: Role, subject: uuid.UUID | None = None, **claims: Any) -> dict[str, str]:
        """Returns the request header with such a token."""
        return {"Authorization": f"Bearer {self.token(*roles, subject=subject, **claims)}"}
