"""Access tokens signed by KMS, and opaque refresh tokens."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services.auth.config import AuthSettings
from services.common.aws import Aws, AwsError
from services.common.errors import Unavailable
from services.common.identifiers import uuid7
from services.common.logs import describe, logger
from services.contracts.jwk import jwk_of
from services.contracts.roles import Role, scopes_of

REFRESH_TOKEN_BYTES = 32


class SigningKey:
    """The asymmetric KMS key. Its private half never leaves KMS; its public half verifies tokens here as elsewhere."""

    def __init__(self, settings: AuthSettings) -> None:
        self._key = settings.signing_key_id
        self._aws = Aws(settings.aws_region)
        self._public: RSAPublicKey | None = None
        self._id = ""
        self._lock = asyncio.Lock()

    async def sign(self, message: bytes) -> bytes:
        """An RS256 signature (RFC 7518, section 3.3)."""
        answer = await self._ask(
            "sign", Message=message, MessageType="RAW", SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256"
        )
        return bytes(answer["Signature"])

    async def key_id(self) -> str:
        """The key's name in tokens and in the published key set (RFC 7638 thumbprint)."""
        await self._load()
        return self._id

    async def get(self, key_id: str) -> RSAPublicKey | None:
        """As services.common.security.keys.KeySource."""
        await self._load()
        return self._public if key_id == self._id else None

    async def _load(self) -> None:
        async with self._lock:
            if self._public is None:
                der = bytes((await self._ask("get_public_key"))["PublicKey"])
                public = load_der_public_key(der)
                if not isinstance(public, RSAPublicKey):
                    raise TypeError("the signing key is not an RSA key")
                self._id, self._public = jwk_of(der)["kid"], public

    async def warm_up(self) -> None:
        """Makes the first sign-in as fast as the others; a KMS that is away now may be there by then."""
        with suppress(Unavailable):
            await self._load()

    async def _ask(self, operation: str, **parameters: Any) -> dict[str, Any]:
        try:
            return await self._aws.call("kms", operation, KeyId=self._key, **parameters)
        except AwsError as error:
            logger(__name__).error("signing_key_unavailable", **describe(error))
            raise Unavailable("Tokens cannot be signed at the moment.") from error


class AccessTokens:
    """Issues JWTs in the profile of RFC 9068."""

    def __init__(self, settings: AuthSettings, key: SigningKey) -> None:
        self._settings = settings
        self._key = key

    async def issue(self, user_id: UUID, roles: list[str], now: datetime) -> str:
        """A signed token for 15 minutes (access_token_seconds)."""
        header = {"alg": "RS256", "typ": "at+jwt", "kid": await self._key.key_id()}
        claims = {
            "iss": self._settings.jwt_issuer,
            "aud": self._settings.jwt_audience,
            "sub": str(user_id),
            "client_id": "pms",
            "roles": sorted(roles),
            "scope": self.scope(roles),
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(seconds=self._settings.access_token_seconds)).timestamp()),
            "jti": str(uuid7()),
        }
        message = f"{_segment(header)}.{_segment(claims)}".encode()
        return f"{message.decode()}.{_base64url(await self._key.sign(message))}"

    @staticmethod
    def scope(roles: list[str]) -> str:
        """The space-separated scopes of the roles."""
        return " ".join(scopes_of(Role(role) for role in roles))


def new_refresh_token() -> tuple[str, bytes]:
    """A token and what is stored of it."""
    token = secrets.token_urlsafe(REFRESH_TOKEN_BYTES)
    return token, refresh_token_hash(token)


def refresh_token_hash(token: str) -> bytes:
    """A plain hash suffices: the token has 256 random bits, nothing to guess."""
    return hashlib.sha256(token.encode()).digest()


def _segment(document: Mapping[str, object]) -> str:
    return _base64url(json.dumps(document, separators=(",", ":")).encode())


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
