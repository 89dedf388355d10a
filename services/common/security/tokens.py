"""Verification of access tokens (RFC 9068 profile, RS256 only).

The API gateway has verified the token already. The service does it again, because requests may bypass the gateway.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt

from services.common.errors import Unauthorized
from services.common.security.keys import KeySource
from services.common.security.principal import Principal
from services.contracts.roles import Role

MAX_TOKEN_LENGTH = 8192
CLOCK_SKEW_SECONDS = 5
MAX_REMEMBERED = 10_000
"""How many verified tokens a process remembers: about 10 MB."""
_TYPES = ("at+jwt", "application/at+jwt")
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
# Headers that make a verifier fetch or trust a key of the sender's choice (RFC 7515, 4.1), or that need an extension
# which this one does not implement (`crit`).
_FORBIDDEN_HEADERS = ("jku", "jwk", "x5u", "x5c", "x5t", "crit", "zip", "b64")
_REQUIRED_CLAIMS = ["exp", "iat", "iss", "aud", "sub", "jti"]


@dataclass(frozen=True, slots=True)
class _Remembered:
    principal: Principal
    key_id: str
    ends_at: float


class TokenVerifier:
    """Turns a bearer token into a principal. The error for a bad token does not reveal the reason.

    A verified token is remembered, by its hash, until it expires or its key is withdrawn.
    """

    def __init__(self, *, issuer: str, audience: str, keys: KeySource) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._remembered: OrderedDict[bytes, _Remembered] = OrderedDict()

    async def verify(self, token: str) -> Principal:
        """Checks header, signature and claims. Raises Unauthorized, and Unavailable without keys."""
        if len(token) > MAX_TOKEN_LENGTH:
            raise _invalid()
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        remembered = self._remembered.get(digest)
        if remembered and self._keys.knows(remembered.key_id) and time.time() < remembered.ends_at:
            return remembered.principal
        key_id = _key_id(token)
        key = await self._keys.get(key_id)
        if key is None:
            raise _invalid()
        principal = self._decode(token, key)
        self._remember(digest, _Remembered(principal, key_id, principal.expires_at.timestamp() + CLOCK_SKEW_SECONDS))
        return principal

    def _decode(self, token: str, key: Any) -> Principal:
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=self._audience,
                issuer=self._issuer,
                leeway=CLOCK_SKEW_SECONDS,
                options={"require": _REQUIRED_CLAIMS},
            )
            return _principal(claims)
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            raise _invalid() from error

    def _remember(self, digest: bytes, verified: _Remembered) -> None:
        self._remembered[digest] = verified
        self._remembered.move_to_end(digest)
        if len(self._remembered) > MAX_REMEMBERED:
            self._remembered.popitem(last=False)


def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise _invalid() from error
    key_id = header.get("kid")
    acceptable = (
        header.get("alg") == "RS256"
        and str(header.get("typ", "")).lower() in _TYPES
        and not any(name in header for name in _FORBIDDEN_HEADERS)
        and isinstance(key_id, str)
        and _KEY_ID.fullmatch(key_id)
    )
    if not acceptable:
        raise _invalid()
    return str(key_id)


def _principal(claims: dict[str, Any]) -> Principal:
    roles, scope, session = claims.get("roles", []), claims.get("scope", ""), claims.get("sid")
    if not isinstance(roles, list) or not isinstance(scope, str):
        raise ValueError("claims have the wrong shape")
    return Principal(
        subject=UUID(claims["sub"]),
        roles=frozenset(Role(role) for role in roles),
        scopes=frozenset(scope.split()),
        token_id=str(claims["jti"]),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        session_id=None if session is None else UUID(session),
    )


def _invalid() -> Unauthorized:
    return Unauthorized("invalid_token", "The access token is missing, expired or not valid here.")
