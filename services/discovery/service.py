"""The issuer's metadata and keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.contracts.jwk import jwk_of
from services.contracts.roles import Scope

PublicKeySource = Callable[[], bytes]
"""Returns the public half of the signing key as DER SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7)."""


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


class KeySet:
    """The JWK set of the signing key. It is read once, because an asymmetric KMS key never changes under its id."""

    def __init__(self, public_key: PublicKeySource) -> None:
        self._public_key = public_key
        self._keys: list[dict[str, str]] = []

    def document(self) -> dict[str, Any]:
        """Returns the set (RFC 7517, section 5). Reads the key, unless an earlier call has done so without an error."""
        if not self._keys:
            self._keys = [jwk_of(self._public_key())]
        return {"keys": self._keys}


def kms_public_key(key_id: str) -> PublicKeySource:
    """Returns a function that reads the key from KMS. boto3 is imported only then, so that a cold start is faster."""

    def read() -> bytes:
        import boto3

        answer = boto3.client("kms").get_public_key(KeyId=key_id)
        key: bytes = answer["PublicKey"]
        return key

    return read
