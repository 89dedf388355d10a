"""JWT authorizers: an attack gets the answer that AWS gives, and no URL in a token is fetched."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import serialization

from lab.gateway import HttpApi, Issuer, Upstream, new_key
from lab.waiting import until

UNAUTHORIZED = {"message": "Unauthorized"}


@pytest.fixture(scope="module")
def issuer(address: str) -> Iterator[Issuer]:
    issuer = Issuer(address)
    yield issuer
    issuer.close()


@pytest.fixture(scope="module")
def api(aws: Callable[..., Any], endpoint: str, issuer: Issuer, upstream: Upstream) -> Iterator[HttpApi]:
    """/open needs no token, /me needs one, and /patients needs one with a scope."""
    api = HttpApi(aws("apigatewayv2"), endpoint)
    api.stage()
    integration = api.proxy(upstream.url + "/{proxy}")
    protected = {"AuthorizationType": "JWT", "AuthorizerId": api.jwt_authorizer(issuer.url, ("app", "other"))}
    api.route("GET /open/{proxy+}", integration)
    api.route("GET /me/{proxy+}", integration, **protected)
    api.route("GET /patients/{proxy+}", integration, AuthorizationScopes=["patients:read", "admin"], **protected)
    yield api
    api.delete()


def refused(api: HttpApi, token: str | None, **options: Any) -> str:
    response = api.get("/me/x", token, **options)
    assert (response.status_code, response.json()) == (401, UNAUTHORIZED)
    assert response.headers["apigw-requestid"]
    return response.headers["www-authenticate"]


@pytest.mark.parametrize("alg", ["RS256", "RS384", "RS512"])
def test_a_valid_token_passes(api: HttpApi, issuer: Issuer, alg: str) -> None:
    assert api.get("/me/x", issuer.token(alg=alg)).status_code == 200


def test_the_bearer_prefix_is_optional_and_its_case_does_not_matter(api: HttpApi, issuer: Issuer) -> None:
    for value in (issuer.token(), f"bearer {issuer.token()}", f"BEARER  {issuer.token()}"):
        assert api.get("/me/x", headers={"authorization": value}).status_code == 200


@pytest.mark.parametrize("claims", [{"aud": ["a", "other"]}, {"aud": None, "client_id": "app"}, {"nbf": 1}])
def test_valid_claims_pass(api: HttpApi, issuer: Issuer, claims: dict[str, Any]) -> None:
    assert api.get("/me/x", issuer.token(**claims)).status_code == 200


@pytest.mark.attack(1)
@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer x", "Bearer a.b.c", "Basic YTpi", "Bearer a.b", "Bearer ...."]
)
def test_attack_1_a_missing_or_malformed_token_is_refused(api: HttpApi, header: str | None) -> None:
    challenge = refused(api, None, headers={} if header is None else {"authorization": header})
    assert challenge.startswith("Bearer")


@pytest.mark.attack(1)
def test_attack_1_a_request_with_two_tokens_is_refused(api: HttpApi, issuer: Issuer) -> None:
    twice = [("authorization", f"Bearer {issuer.token()}"), ("authorization", "Bearer x")]
    for headers in (twice, twice[::-1]):
        assert api.http.get("/me/x", headers=headers).status_code == 401


@pytest.mark.attack(2)
def test_attack_2_no_signature_and_hmac_with_the_public_key_are_refused(api: HttpApi, issuer: Issuer) -> None:
    public = (
        issuer.keys["k1"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    good = issuer.token()
    payload = good.split(".")[1]
    for alg in ("none", "None", "nOnE", ""):
        header = encoded({"alg": alg, "kid": "k1"})
        refused(api, f"{header}.{payload}.")
        refused(api, f"{header}.{payload}.{good.split('.')[2]}")
    # PyJWT refuses to sign with a public key, so the token is made by hand.
    import hashlib
    import hmac

    signed = f"{encoded({'alg': 'HS256', 'kid': 'k1'})}.{payload}"
    refused(api, f"{signed}.{b64(hmac.new(public, signed.encode(), hashlib.sha256).digest())}")
    refused(api, issuer.token(alg="PS256"))


@pytest.mark.attack(3)
def test_attack_3_no_url_in_a_token_is_fetched(api: HttpApi, issuer: Issuer, address: str) -> None:
    visits: list[str] = []

    class Trap(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.path)
            self.send_error(404)

        def log_message(self, *args: Any) -> None:
            pass

    trap = ThreadingHTTPServer((address, 0), Trap)
    threading.Thread(target=trap.serve_forever, daemon=True).start()
    url = f"http://{address}:{trap.server_address[1]}/keys"
    mine = new_key()
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(mine.public_key()))
    try:
        for kid in ("../../../../etc/passwd", url, "' OR 1=1 --", "k1\x00", "k1 ", "", "%s", "k1\n"):
            refused(api, issuer.token(key=mine, headers={"kid": kid}))
        for extra in ({"jwk": {**jwk, "kid": "k1"}}, {"jku": url}, {"x5u": url}, {"x5c": ["x"]}):
            refused(api, issuer.token(key=mine, headers=extra))
            refused(api, issuer.token(key=mine, headers={"kid": "mine", **extra}))
        refused(api, issuer.token(headers={"kid": None}))
    finally:
        trap.shutdown()
    assert visits == []


@pytest.mark.attack(4)
def test_attack_4_critical_header_parameters_are_refused(api: HttpApi, issuer: Issuer) -> None:
    assert "crit" in refused(api, issuer.token(headers={"crit": ["b64"], "b64": True}))
    refused(api, issuer.token(headers={"crit": ["exp"]}))
    # An opaque refresh token is not a JWT.
    refused(api, base64.urlsafe_b64encode(b"refresh" * 8).decode())


@pytest.mark.attack(5)
@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"exp": 2**70},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "ap"},
        {"aud": ["app2", 'x","app"']},
        {"aud": []},
        {"aud": "elsewhere", "client_id": "app"},
        {"aud": None},
        {"aud": None, "client_id": "elsewhere"},
    ],
)
def test_attack_5_invalid_claims_are_refused(api: HttpApi, issuer: Issuer, claims: dict[str, Any]) -> None:
    assert 'error="invalid_token"' in refused(api, issuer.token(**claims))


@pytest.mark.attack(5)
@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_attack_5_a_token_that_is_not_valid_yet_is_refused(api: HttpApi, issuer: Issuer, claim: str) -> None:
    token = issuer.token(**{claim: int(time.time()) + 600})
    assert 'error="invalid_token"' in refused(api, token)


@pytest.mark.attack(6)
def test_attack_6_invalid_signatures_are_refused(api: HttpApi, issuer: Issuer) -> None:
    header, payload, signature = issuer.token().split(".")
    refused(api, f"{header}.{payload}.{signature[:-4]}")
    refused(api, f"{header}.{payload}.AAAA")
    changed = encoded({**json.loads(decoded(payload)), "sub": "mallory"})
    refused(api, f"{header}.{changed}.{signature}")
    refused(api, issuer.token(key=new_key()))


@pytest.mark.attack(6)
def test_attack_6_a_new_key_is_accepted_and_the_key_that_it_replaces_is_refused(
    aws: Callable[..., Any], endpoint: str, address: str, upstream: Upstream
) -> None:
    issuer = Issuer(address)
    api = HttpApi(aws("apigatewayv2"), endpoint)
    try:
        api.stage()
        authorizer = api.jwt_authorizer(issuer.url)
        api.route("GET /me", api.proxy(upstream.url), AuthorizationType="JWT", AuthorizerId=authorizer)
        old = issuer.token()
        assert api.get("/me", old).status_code == 200
        retired = issuer.keys.pop("k1")
        issuer.keys["k2"] = new_key()
        new = issuer.token(key=issuer.keys["k2"], headers={"kid": "k2"})
        # Keys were fetched when the authorizer was created: the cooldown may not be over yet.
        until("the new key", lambda: api.get("/me", new).status_code == 200)
        assert api.get("/me", new).status_code == 200
        assert api.get("/me", old).status_code == 401
        assert api.get("/me", issuer.token(key=retired)).status_code == 401
    finally:
        api.delete()
        issuer.close()


@pytest.mark.attack(6)
def test_attack_6_many_unknown_keys_cause_one_refresh_in_a_cooldown(api: HttpApi, issuer: Issuer) -> None:
    key = new_key()
    tokens = [issuer.token(key=key, headers={"kid": f"flood-{number}"}) for number in range(60)]
    before, started = issuer.fetched.get("/jwks", 0), time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        assert {response.status_code for response in pool.map(lambda t: api.get("/me/x", t), tokens)} == {401}
    allowed = 1 + int((time.monotonic() - started) / 5)
    assert issuer.fetched.get("/jwks", 0) - before <= allowed


@pytest.mark.attack(7)
def test_attack_7_forged_headers_of_the_gateway_are_replaced(
    aws: Callable[..., Any], endpoint: str, issuer: Issuer, upstream: Upstream
) -> None:
    api = HttpApi(aws("apigatewayv2"), endpoint)
    try:
        api.stage()
        mapping = {"overwrite:header.x-user": "$context.authorizer.claims.sub", "remove:header.x-roles": ""}
        integration = api.proxy(upstream.url + "/{proxy}", RequestParameters=mapping)
        authorizer = api.jwt_authorizer(issuer.url)
        api.route("GET /me/{proxy+}", integration, AuthorizationType="JWT", AuthorizerId=authorizer)
        forged = {"x-user": "root", "X-Roles": "ADMIN", "x-forwarded-for": "1.2.3.4", "x-engines-claims": "e30="}
        seen = api.get("/me/x", issuer.token(), headers=forged).json()
        headers = dict(map(tuple, seen["headers"]))
        assert headers["x-user"] == "alice"
        assert "x-roles" not in headers
        # The gateway appends the client's address to what the client sent.
        assert headers["x-forwarded-for"].startswith("1.2.3.4, ")
    finally:
        api.delete()


@pytest.mark.parametrize("claims", [
    {"scope": "patients:read"}, {"scope": "x patients:read y"}, {"scp": ["patients:read"]}, {"scope": "admin"},
    {"scp": "y admin"},
])  # fmt: skip
def test_one_of_the_scopes_is_enough(api: HttpApi, issuer: Issuer, claims: dict[str, Any]) -> None:
    assert api.get("/patients/1", issuer.token(**claims)).status_code == 200


@pytest.mark.parametrize("claims", [
    {}, {"scope": ""}, {"scope": "patients:rea"}, {"scope": "patients:read2"}, {"scope": "patientsxread"},
    {"scope": "PATIENTS:READ"}, {"scp": ["patients:reader", "administrator"]}, {"roles": ["admin"]},
])  # fmt: skip
def test_a_missing_scope_is_forbidden(api: HttpApi, issuer: Issuer, claims: dict[str, Any]) -> None:
    response = api.get("/patients/1", issuer.token(**claims))
    assert (response.status_code, response.json()) == (403, {"message": "Forbidden"})
    assert 'error="insufficient_scope"' in response.headers["www-authenticate"]


def test_an_encoded_path_does_not_bypass_the_authorizer(api: HttpApi) -> None:
    assert api.get("/%6de/x").status_code == 401
    assert api.get("/open/x").status_code == 200


def test_an_authorizer_whose_issuer_does_not_answer_is_refused(api: HttpApi) -> None:
    with pytest.raises(ClientError, match=r"openid-configuration for issuer http://127\.0\.0\.1:9") as refusal:
        api.jwt_authorizer("http://127.0.0.1:9")
    assert refusal.value.response["Error"]["Code"] == "BadRequestException"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def encoded(document: dict[str, Any]) -> str:
    return b64(json.dumps(document).encode())


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")
