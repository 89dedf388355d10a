"""The issuer's metadata and keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.contracts.jwk import jwk_of
from services.contracts.roles import Scope

PublicKeySource = Callable[[], bytes]
"""Returns the signing key's public half, DER SubjectPublicKeyInfo."""


def provider_metadata(issuer: str) -> dict[str, Any]:
    """Metadata of the issuer (OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2).

    API Gateway's JWT authorizer reads `issuer` and `jwks_uri`. There is no authorization endpoint: tokens are had from
    the token endpoint directly.
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


class KeySet:
    """The JWK set of the signing key. An asymmetric KMS key never changes under its id, so one call serves for ever."""

    def __init__(self, public_key: PublicKeySource) -> None:
        self._public_key = public_key
        self._keys: list[dict[str, str]] = []

    def document(self) -> dict[str, Any]:
        """The set (RFC 7517, section 5). Asks KMS the first time; what KMS raises is not remembered."""
        if not self._keys:
            self._keys = [jwk_of(self._public_key())]
        return {"keys": self._keys}


def kms_public_key(key_id: str) -> PublicKeySource:
    """Reads the key from KMS. boto3 is the runtime's own, imported only when a key is asked for (cold start)."""

    def read() -> bytes:
        import boto3

        answer = boto3.client("kms").get_public_key(KeyId=key_id)
        key: bytes = answer["PublicKey"]
        return key

    return read
