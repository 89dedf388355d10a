"""Access tokens that must not be believed (guarantees.md, attacks 1 to 6)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import http.server
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from services.common.clock import utc_now
from services.common.errors import Unauthorized, Unavailable
from services.common.security.keys import KeySet
from services.common.security.tokens import TokenVerifier
from services.contracts.jwk import jwk_of
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
    """The token with another header, rightly signed for it."""
    payload = token.split(".")[1]
    old = jwt.get_unverified_header(token)
    head = {name: value for name, value in {**old, **header}.items() if value is not None}
    message = f"{segment(head)}.{payload}"
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(message.encode(), issuer.key)
    return f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_a_good_token_is_a_principal(issuer: TestIssuer) -> None:
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
def test_headers_that_are_refused(issuer: TestIssuer, header: dict[str, Any]) -> None:
    with pytest.raises(Unauthorized) as refused:
        verify(issuer, resigned(issuer, issuer.token(Role.ADMIN), **header))
    assert refused.value.headers["WWW-Authenticate"].startswith("Bearer")


def test_typ_is_read_without_regard_to_case(issuer: TestIssuer) -> None:
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
def test_claims_that_are_refused(issuer: TestIssuer, claims: dict[str, Any]) -> None:
    with pytest.raises(Unauthorized):
        verify(issuer, issuer.token(Role.ADMIN, **claims))


@pytest.mark.attack(2)
def test_an_unsigned_token_is_refused(issuer: TestIssuer) -> None:
    header, payload, _ = issuer.token(Role.ADMIN).split(".")
    for unsigned in (
        f"{segment({'alg': 'none', 'typ': 'at+jwt', 'kid': issuer.key_id})}.{payload}.",
        f"{header}.{payload}.",
    ):
        with pytest.raises(Unauthorized):
            verify(issuer, unsigned)


@pytest.mark.attack(2)
def test_the_public_key_is_no_hmac_secret(issuer: TestIssuer) -> None:
    """The classic confusion of algorithms."""
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
def test_another_key_and_a_damaged_signature_are_refused(issuer: TestIssuer) -> None:
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


class _KeyServer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Any = self.server
        server.asked += 1
        body = json.dumps({"keys": server.keys}).encode()
        self.send_response(server.status)
        if server.status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def key_server(issuer: TestIssuer) -> Iterator[Any]:
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _KeyServer)
    server.asked, server.status, server.keys = 0, 200, [jwk_of(issuer.public_der)]
    server.url = f"http://127.0.0.1:{server.server_port}/jwks.json"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.mark.attack(6)
def test_a_flood_of_unknown_keys_is_one_request(issuer: TestIssuer, key_server: Any) -> None:
    async def flood() -> None:
        keys = KeySet(key_server.url)
        assert await keys.get(issuer.key_id)
        found = await asyncio.gather(*(keys.get(f"unknown-{number}") for number in range(200)))
        assert set(found) == {None}

    asyncio.run(flood())
    assert key_server.asked == 1


@pytest.mark.attack(6)
def test_a_new_key_is_found_and_a_retired_one_forgotten(issuer: TestIssuer, key_server: Any) -> None:
    other = TestIssuer()

    async def rotate() -> None:
        keys = KeySet(key_server.url, cooldown=0.0)
        assert await keys.get(issuer.key_id)
        key_server.keys = [jwk_of(other.public_der)]
        assert await keys.get(other.key_id)
        assert await keys.get(issuer.key_id) is None

    asyncio.run(rotate())


def test_an_absent_issuer_is_503_at_first_and_harmless_later(issuer: TestIssuer, key_server: Any) -> None:
    async def outage() -> None:
        keys = KeySet(key_server.url, cooldown=0.0, max_age=0.0)
        assert await keys.get(issuer.key_id)
        key_server.status = 500
        assert await keys.get(issuer.key_id)
        fresh = KeySet(key_server.url)
        with pytest.raises(Unavailable):
            await fresh.get(issuer.key_id)

    asyncio.run(outage())


def test_a_service_waits_for_its_issuer_before_it_listens(issuer: TestIssuer, key_server: Any) -> None:
    async def start() -> None:
        keys = KeySet(key_server.url)
        key_server.status = 503
        waiting = asyncio.create_task(keys.warm_up())
        while key_server.asked < 2:  # noqa: ASYNC110 - another thread counts
            await asyncio.sleep(0.01)
        assert not waiting.done()
        key_server.status = 200
        await waiting
        assert await keys.get(issuer.key_id)

    asyncio.run(start())


@pytest.mark.attack(3)
@pytest.mark.parametrize("status", [302, 404])
def test_redirects_are_not_followed(issuer: TestIssuer, key_server: Any, status: int) -> None:
    key_server.status = status
    with pytest.raises(Unavailable):
        asyncio.run(KeySet(key_server.url).get(issuer.key_id))
