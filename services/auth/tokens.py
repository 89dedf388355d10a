"""Access tokens, which are signed JWTs, and refresh tokens, which are random text."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from services.auth.config import AuthSettings
from services.auth.signing_keys import SigningKeys
from services.common.identifiers import uuid7
from services.contracts.roles import Role, scopes_of

REFRESH_TOKEN_BYTES = 32


class AccessTokenIssuer:
    """Issues JWTs in the profile of RFC 9068."""

    def __init__(self, settings: AuthSettings, keys: SigningKeys) -> None:
        self._settings = settings
        self._keys = keys

    async def issue(self, user_id: UUID, session_id: UUID, roles: list[str], now: datetime) -> str:
        """Returns a signed token that is valid for `access_token_seconds`. Raises Unavailable.

        `sid` names the session (OpenID Connect Front-Channel Logout 1.0, section 3).
        """
        claims = {
            "iss": self._settings.jwt_issuer,
            "aud": self._settings.jwt_audience,
            "sub": str(user_id),
            "client_id": "pms",
            "sid": str(session_id),
            "roles": sorted(roles),
            "scope": self.scope(roles),
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(seconds=self._settings.access_token_seconds)).timestamp()),
            "jti": str(uuid7()),
        }
        payload = _segment(claims)
        message, signature = await self._keys.sign(lambda key_id: f"{_header(key_id)}.{payload}".encode())
        return f"{message.decode()}.{_base64url(signature)}"

    @staticmethod
    def scope(roles: list[str]) -> str:
        """Returns the scopes of the roles, separated by spaces."""
        return " ".join(scopes_of(Role(role) for role in roles))


def new_refresh_token() -> tuple[str, bytes]:
    """Returns a new token and its hash."""
    token = secrets.token_urlsafe(REFRESH_TOKEN_BYTES)
    return token, refresh_token_hash(token)


def refresh_token_hash(token: str) -> bytes:
    """Returns the hash that is stored. It needs no salt, because the token has 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


def _header(key_id: str) -> str:
    return _segment({"alg": "RS256", "typ": "at+jwt", "kid": key_id})


def _segment(document: Mapping[str, object]) -> str:
    return _base64url(json.dumps(document, separators=(",", ":")).encode())


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
