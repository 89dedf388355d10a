"""Access tokens that are rejected: attacks 2 to 6 of `docs/security.md`."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from services.common.clock import utc_now
from services.common.errors import Unauthorized
from services.common.security.tokens import TokenVerifier
from services.contracts.roles import Role
from tests.support.issuer import AUDIENCE, ISSUER, TestIssuer


@pytest.fixture(scope="module")
def issuer() -> TestIssuer:
    return TestIssuer()


def verify(issuer: TestIssuer, token: str) -> Any:
    return asyncio.run(TokenVerifier(issuer=ISSUER, audience=AUDIENCE, keys=issuer).verify(token))


def segment(document: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def resigned(issuer: TestIssuer, token: str, **header: Any) -> str:
    """Returns the token with another header, and a valid signature of it."""
    payload = token.split(".")[1]
    old = jwt.get_unverified_header(token)
    head = {name: value for name, value in {**old, **header}.items() if value is not None}
    message = f"{segment(head)}.{payload}"
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(message.encode(), issuer.key)
    return f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_a_valid_token_becomes_a_principal(issuer: TestIssuer) -> None:
    principal = verify(issuer, issuer.token(Role.DOCTOR, Role.STAFF))
    assert principal.has(Role.DOCTOR)
    assert not principal.has(Role.ADMIN)
    assert "patients:read" in principal.scopes


HEADERS: list[dict[str, Any]] = [
    {"alg": "none"},
    {"alg": "RS512"},
    {"alg": "PS256"},
    {"typ": "JWT"},
    {"typ": None},
    {"typ": "rt+jwt"},
    {"kid": None},
    {"kid": ""},
    {"kid": "../../etc/passwd"},
    {"kid": "http://evil.test/keys"},
    {"kid": "' OR 1=1 --"},
    {"kid": ["a"]},
    {"kid": "x" * 500},
    {"kid": "unknown"},
    {"jwk": {"kty": "RSA"}},
    {"jku": "http://evil.test/keys"},
    {"x5u": "http://evil.test/chain"},
    {"x5c": ["MIIB"]},
    {"crit": ["exp"], "exp": 1},
    {"b64": False},
]


@pytest.mark.attack(3, 4)
@pytest.mark.parametrize("header", HEADERS, ids=str)
def test_invalid_headers_are_rejected(issuer: TestIssuer, header: dict[str, Any]) -> None:
    with pytest.raises(Unauthorized) as refused:
        verify(issuer, resigned(issuer, issuer.token(Role.ADMIN), **header))
    assert refused.value.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_case_of_typ_is_ignored(issuer: TestIssuer) -> None:
    assert verify(issuer, resigned(issuer, issuer.token(Role.ADMIN), typ="AT+JWT"))


NOW = utc_now()
CLAIMS: list[dict[str, Any]] = [
    {"exp": NOW - timedelta(minutes=1)},
    {"exp": None},
    {"exp": "soon"},
    {"exp": 10**400},
    {"nbf": NOW + timedelta(hours=1)},
    {"iat": NOW + timedelta(hours=1)},
    {"iat": None},
    {"iss": "http://evil.test"},
    {"iss": None},
    {"aud": "other"},
    {"aud": None},
    {"aud": ["other", "another"]},
    {"sub": None},
    {"sub": "not-a-uuid"},
    {"jti": None},
    {"roles": "ADMIN"},
    {"roles": ["ROOT"]},
    {"scope": ["patients:read"]},
]


@pytest.mark.attack(5)
@pytest.mark.parametrize("claims", CLAIMS, ids=str)
def test_invalid_claims_are_rejected(issuer: TestIssuer, claims: dict[str, Any]) -> None:
    with pytest.raises(Unauthorized):
        verify(issuer, issuer.token(Role.ADMIN, **claims))


@pytest.mark.attack(2)
def test_an_unsigned_token_is_rejected(issuer: TestIssuer) -> None:
    header, payload, _ = issuer.token(Role.ADMIN).split(".")
    for unsigned in (
        f"{segment({'alg': 'none', 'typ': 'at+jwt', 'kid': issuer.key_id})}.{payload}.",
        f"{header}.{payload}.",
    ):
        with pytest.raises(Unauthorized):
            verify(issuer, unsigned)


@pytest.mark.attack(2)
def test_a_token_signed_with_the_public_key_as_an_hmac_secret_is_rejected(issuer: TestIssuer) -> None:
    """A verifier that trusts the header would use the public key as the secret of HS256."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = issuer.key.public_key().public_bytes(serialization.Encoding.PEM, form)
    payload = issuer.token(Role.ADMIN).split(".")[1]
    for secret in (pem, issuer.public_der):
        message = f"{segment({'alg': 'HS256', 'typ': 'at+jwt', 'kid': issuer.key_id})}.{payload}"
        mac = (
            base64.urlsafe_b64encode(hmac.new(secret, message.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
        )
        with pytest.raises(Unauthorized):
            verify(issuer, f"{message}.{mac}")


@pytest.mark.attack(6)
def test_another_key_and_a_damaged_signature_are_rejected(issuer: TestIssuer) -> None:
    stranger = TestIssuer()
    token = issuer.token(Role.ADMIN)
    forged = [
        stranger.token(Role.ADMIN, headers={"kid": issuer.key_id}),
        token[:-10],
        token + "AA",
        token[:-4] + "AAAA",
    ]
    for bad in (*forged, "", ".", "..", "a.b.c", "x" * 9000, "é.é.é", segment({"alg": "RS256"}) + "..", "[]" * 4000):
        with pytest.raises(Unauthorized):
            verify(issuer, bad)
