"""The issuer's metadata and keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from services.contracts.jwk import jwk_of
from services.contracts.roles import Scope
from services.contracts.signing_keys import KEY_SET_REREAD_SECONDS, SigningAliases

PublicKeySource = Callable[[], Iterable[bytes]]
"""Returns the public halves of the signing keys as DER SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7)."""

logger = Logger(child=True)


def provider_metadata(issuer: str) -> dict[str, Any]:
    """Returns the metadata of the issuer (OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2).

    API Gateway's JWT authorizer reads `issuer` and `jwks_uri`. There is no authorization endpoint, because clients get
    tokens from the token endpoint directly.
    """
    return {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "token_endpoint": f"{issuer}/auth/login",
        "registration_endpoint": f"{issuer}/auth/register",
        "revocation_endpoint": f"{issuer}/auth/logout",
        "userinfo_endpoint": f"{issuer}/auth/me",
        "service_documentation": f"{issuer}/docs",
        "scopes_supported": [scope.value for scope in Scope],
        "response_types_supported": ["token"],
        "grant_types_supported": ["password", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["iss", "aud", "sub", "roles", "scope", "iat", "exp", "jti"],
    }


class KeysUnavailable(Exception):
    """The keys cannot be read at the moment."""


class KeySet:
    """The JWK set of the signing keys. A copy older than `KEY_SET_REREAD_SECONDS` is read again.

    While the keys cannot be read it publishes the copy: a set that lacked a key would end the tokens of that key.
    """

    def __init__(self, public_keys: PublicKeySource, clock: Callable[[], float] = time.monotonic) -> None:
        self._public_keys, self._clock = public_keys, clock
        self._keys: list[dict[str, str]] = []
        self._due = clock()

    def document(self) -> dict[str, Any]:
        """Returns the set (RFC 7517, section 5). Raises KeysUnavailable if the keys were never read."""
        if self._clock() >= self._due:
            self._read()
        return {"keys": self._keys}

    def _read(self) -> None:
        try:
            keys = {key["kid"]: key for key in map(jwk_of, self._public_keys())}
        except KeysUnavailable:
            if not self._keys:
                raise
            logger.warning("keys_unavailable", exc_info=True)
        else:
            self._keys = list(keys.values())
        self._due = self._clock() + KEY_SET_REREAD_SECONDS


def kms_public_keys(aliases: SigningAliases) -> PublicKeySource:
    """Returns a function that reads the keys from KMS. It raises KeysUnavailable.

    boto3 is imported at its first call, so that a cold start is faster.
    """

    @cache
    def client() -> Any:
        import boto3

        return boto3.client("kms")

    def read() -> list[bytes]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return [client().get_public_key(KeyId=alias)["PublicKey"] for alias in aliases]
        except (BotoCoreError, ClientError) as error:
            raise KeysUnavailable(str(error)) from error

    return read
