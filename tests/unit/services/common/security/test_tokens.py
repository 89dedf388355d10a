"""Access tokens that are rejected: attacks 2 to 6 of `docs/security.md`."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from services.common.clock import utc_now
from services.common.errors import Unauthorized, Unavailable
from services.common.security import tokens
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
@pytest.mark.parametrize("claims", CLAIMS, ids="-".join)
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


class Keys:
    """The issuer's keys, which can be withdrawn or out of reach. Counts how often a key is used to verify."""

    def __init__(self, issuer: TestIssuer) -> None:
        self._issuer = issuer
        self.withdrawn = self.away = False

    async def get(self, key_id: str) -> Any:
        if self.away:
            raise Unavailable
        return None if self.withdrawn else await self._issuer.get(key_id)

    def knows(self, key_id: str) -> bool:
        return not self.withdrawn and self._issuer.knows(key_id)

    async def warm_up(self) -> None:
        """Does nothing."""


@pytest.fixture
def keys(issuer: TestIssuer) -> Keys:
    return Keys(issuer)


@pytest.fixture
def verifier(issuer: TestIssuer, keys: Keys) -> TokenVerifier:
    return TokenVerifier(issuer=issuer.issuer, audience=issuer.audience, keys=keys)


@pytest.fixture
def decodings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens that were decoded."""
    decoded: list[str] = []
    decode = jwt.decode

    def counted(token: str, *arguments: Any, **options: Any) -> Any:
        decoded.append(token)
        return decode(token, *arguments, **options)

    monkeypatch.setattr(jwt, "decode", counted)
    return decoded


async def test_a_verified_token_is_not_decoded_again(
    issuer: TestIssuer, verifier: TokenVerifier, decodings: list[str]
) -> None:
    first, second = issuer.token(Role.STAFF), issuer.token(Role.PATIENT)
    assert [await verifier.verify(token) for token in (first, second)] == [
        await verifier.verify(token) for token in (first, second)
    ]
    assert decodings == [first, second]


async def test_a_token_that_was_refused_is_not_remembered(issuer: TestIssuer, verifier: TokenVerifier) -> None:
    token = issuer.token(Role.STAFF)
    assert await verifier.verify(token)
    for forged in (token[:-4] + "AAAA", token + "A"):
        for _ in range(2):
            with pytest.raises(Unauthorized):
                await verifier.verify(forged)


async def test_a_remembered_token_ends_when_it_expires(
    issuer: TestIssuer, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = issuer.token(Role.STAFF, exp=int(time.time()) + 60)
    assert await verifier.verify(token)
    later = time.time() + 70
    monkeypatch.setattr(tokens.time, "time", lambda: later)
    monkeypatch.setattr(jwt, "decode", _expired)
    with pytest.raises(Unauthorized):
        await verifier.verify(token)


def _expired(*_: Any, **__: Any) -> Any:
    raise jwt.ExpiredSignatureError


async def test_a_remembered_token_ends_when_its_key_is_withdrawn(
    issuer: TestIssuer, verifier: TokenVerifier, keys: Keys
) -> None:
    token = issuer.token(Role.STAFF)
    assert await verifier.verify(token)
    keys.withdrawn = True
    with pytest.raises(Unauthorized):
        await verifier.verify(token)


async def test_a_bounded_number_of_tokens_is_remembered(
    issuer: TestIssuer, verifier: TokenVerifier, decodings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MAX_REMEMBERED", 2)
    made = [issuer.token(Role.STAFF) for _ in range(3)]
    for token in (*made, made[0], made[2]):
        assert await verifier.verify(token)
    assert decodings == [*made, made[0]]
