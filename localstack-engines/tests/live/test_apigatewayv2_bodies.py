"""Bodies without a stated length: who may send one, how slowly and how many at once, and how the answers look."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import httpx
import pytest

from lab import functions
from lab.gateway import HttpApi, Issuer, Upstream, host_address
from lab.localstack import ACCOUNT
from lab.waiting import until

CHUNKED = {"Transfer-Encoding": "chunked"}
BODY_SECONDS = 20
AT_ONCE = 32

DENY = """
def handler(event, context):
    return {"isAuthorized": False}
"""
ECHO = """
def handler(event, context):
    return {"statusCode": 200, "body": event.get("body") or ""}
"""


@pytest.fixture(scope="module")
def address(plugin: dict[str, Any]) -> str:
    return host_address(plugin["owner"])


@pytest.fixture(scope="module")
def upstream(address: str) -> Iterator[Upstream]:
    with closing(Upstream(address)) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def issuer(address: str) -> Iterator[Issuer]:
    with closing(Issuer(address)) as issuer:
        yield issuer


@pytest.fixture
def api(aws: Callable[..., Any], endpoint: str, upstream: Upstream, issuer: Issuer) -> Iterator[HttpApi]:
    """POST /open goes to the upstream, and POST /jwt does with a token."""
    api = HttpApi(aws("apigatewayv2"), endpoint)
    api.stage()
    integration = api.proxy(upstream.url)
    api.route("POST /open", integration)
    api.route("POST /jwt", integration, AuthorizationType="JWT", AuthorizerId=api.jwt_authorizer(issuer.url))
    yield api
    api.delete()


@pytest.fixture
def function(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> Callable[[str], str]:
    """Creates a function and returns its ARN."""

    def create(source: str) -> str:
        client = aws("lambda")
        cleanup(client.delete_function, FunctionName=unique)
        return functions.create(client, unique, source)

    return create


class Call:
    """A POST whose body is sent by and by, on a connection of its own."""

    def __init__(self, api: HttpApi, path: str, headers: dict[str, str], body: str = "", seconds: float = 60) -> None:
        url = httpx.URL(api.url)
        self.started = time.monotonic()
        self.connection = socket.create_connection((url.host, url.port or 80), timeout=seconds)
        lines = [f"POST {url.path}{path} HTTP/1.1", "Host: x", *(f"{name}: {text}" for name, text in headers.items())]
        self.send("\r\n".join(lines) + "\r\n\r\n" + body)

    def send(self, text: str) -> None:
        self.connection.sendall(text.encode())

    def answer(self) -> tuple[int, dict[str, str], str]:
        """Returns the status, the headers and the body."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more(data)
        head, _, body = data.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += self._more(body)
        return int(status.split()[1]), headers, body.decode()

    def _more(self, before: bytes) -> bytes:
        data = self.connection.recv(65536)
        assert data, f"closed after {before!r}"
        return data

    def close(self) -> None:
        self.connection.close()


@pytest.fixture
def call(api: HttpApi) -> Iterator[Callable[..., Call]]:
    """Begins a request: `call("/path", headers)`."""
    with ExitStack() as calls:
        yield lambda path, headers, **options: calls.enter_context(closing(Call(api, path, headers, **options)))


@pytest.mark.attack(20)
@pytest.mark.parametrize(("path", "status"), [("/jwt", 401), ("/unknown", 404), ("/limited", 429), ("/function", 403)])
def test_attack_20_a_request_is_refused_before_its_body_is_read(
    api: HttpApi, call: Callable[..., Call], function: Callable[[str], str], path: str, status: int
) -> None:
    integration = api.client.get_integrations(ApiId=api.id)["Items"][0]["IntegrationId"]
    if path == "/limited":
        api.route("POST /limited", integration)
        limits = {"POST /limited": {"ThrottlingBurstLimit": 0, "ThrottlingRateLimit": 0}}
        api.client.update_stage(ApiId=api.id, StageName="$default", RouteSettings=limits)
    if path == "/function":
        authorizer = api.client.create_authorizer(
            ApiId=api.id,
            Name="lambda",
            AuthorizerType="REQUEST",
            AuthorizerUri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function(DENY)}/invocations",
            AuthorizerPayloadFormatVersion="2.0",
            EnableSimpleResponses=True,
            IdentitySource=["$request.header.x-key"],
        )["AuthorizerId"]
        api.route("POST /function", integration, AuthorizationType="CUSTOM", AuthorizerId=authorizer)
    request = call(path, {**CHUNKED, "x-key": "a"}, seconds=10)
    request.send("5\r\nhello\r\n")
    assert request.answer()[0] == status


@pytest.mark.attack(20)
def test_attack_20_a_slow_body_times_out(
    api: HttpApi, call: Callable[..., Call], function: Callable[[str], str], upstream: Upstream
) -> None:
    """A byte every second keeps no connection open: the limit is for the whole body."""
    options = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0", "IntegrationMethod": "POST"}
    api.route("POST /function", api.proxy(function(ECHO), **options))
    before = len(upstream.requests)
    slow = [
        call("/open", CHUNKED),
        call("/function", CHUNKED),
        call("/function", {"Content-Length": "100"}),
    ]
    byte = ["1\r\nx\r\n", "1\r\nx\r\n", "x"]
    while time.monotonic() < slow[0].started + BODY_SECONDS - 1:
        for request, piece in zip(slow, byte, strict=True):
            request.send(piece)
        time.sleep(1)
    for request in slow:
        request.connection.settimeout(10)
        status, _, body = request.answer()
        assert (status, body) == (408, '{"message":"Request Timeout"}')
        assert time.monotonic() - request.started > BODY_SECONDS - 1
    assert len(upstream.requests) == before


@pytest.mark.attack(20)
def test_attack_20_few_bodies_are_read_at_once(api: HttpApi, call: Callable[..., Call]) -> None:
    held = [call("/open", CHUNKED) for _ in range(AT_ONCE)]
    time.sleep(0.5)
    request = call("/open", CHUNKED, seconds=10)
    request.send("1\r\nx\r\n0\r\n\r\n")
    status, _, body = request.answer()
    assert (status, body) == (503, '{"message":"Service Unavailable"}')
    assert api.http.post("/open", content=b"x").status_code == 200
    for one in held:
        one.send("1\r\nx\r\n0\r\n\r\n")
    assert {one.answer()[0] for one in held} == {200}
    assert api.http.post("/open", content=iter([b"x"])).status_code == 200


def test_a_client_that_leaves_makes_room(api: HttpApi, call: Callable[..., Call]) -> None:
    for one in [call("/open", CHUNKED) for _ in range(AT_ONCE)]:
        one.close()
    until("room for a body", lambda: api.http.post("/open", content=iter([b"x"])).status_code == 200, 5)


def test_trailers_are_dropped(call: Callable[..., Call], upstream: Upstream) -> None:
    """RFC 9112, section 7.1.2."""
    request = call("/open", {**CHUNKED, "Trailer": "X-Sum", "TE": "trailers"})
    request.send("5;name=value\r\nhello\r\n0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n")
    assert request.answer()[0] == 200
    seen = upstream.requests[-1]
    assert seen["body"] == "hello"
    assert not {"trailer", "te", "transfer-encoding", "x-sum", "x-other"} & dict(seen["headers"]).keys()


def test_a_request_may_be_authorized_and_throttled_only_once(
    api: HttpApi, call: Callable[..., Call], issuer: Issuer, upstream: Upstream
) -> None:
    limits = {"POST /jwt": {"ThrottlingBurstLimit": 2, "ThrottlingRateLimit": 0.1}}
    api.client.update_stage(ApiId=api.id, StageName="$default", RouteSettings=limits)
    headers = {"authorization": f"Bearer {issuer.token()}"}
    answers = [api.http.post("/jwt", content=iter([b"x"]), headers=headers).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_answers_look_alike_with_and_without_a_length(api: HttpApi, upstream: Upstream) -> None:
    api.client.update_api(ApiId=api.id, CorsConfiguration={"AllowOrigins": ["https://a.example"]})
    for status in (200, 201, 404, 502):
        path, headers = f"/open?status={status}", {"origin": "https://a.example"}
        stated = api.http.post(path, content=b"hello", headers=headers)
        unknown = api.http.post(path, content=iter([b"hello"]), headers=headers)
        assert stated.status_code == unknown.status_code == status
        changing = {"apigw-requestid", "date", "content-length"}
        kept = [
            [pair for pair in answer.headers.multi_items() if pair[0] not in changing] for answer in (stated, unknown)
        ]
        assert sorted(kept[0]) == sorted(kept[1])
        assert stated.headers.keys() == unknown.headers.keys()


def test_requests_look_alike_with_and_without_a_length(api: HttpApi, upstream: Upstream, issuer: Issuer) -> None:
    mapping = {
        "append:header.x-sub": "$context.authorizer.claims.sub",
        "append:header.x-route": "$context.routeKey",
        "append:header.x-path": "$context.path",
        "append:header.x-source": "$context.identity.sourceIp",
        "append:header.x-id": "${request.path.id}",
    }
    protected = {
        "AuthorizationType": "JWT",
        "AuthorizerId": api.client.get_authorizers(ApiId=api.id)["Items"][0]["AuthorizerId"],
    }
    api.route("POST /mapped/{id}", api.proxy(upstream.url, RequestParameters=mapping), **protected)
    headers = {"authorization": f"Bearer {issuer.token()}", "cookie": "a=1"}
    seen = []
    for content in (b"hello", iter([b"he", b"llo"])):
        assert api.http.post("/mapped/7%20a?b=c%2F&d", content=content, headers=headers).status_code == 200
        seen.append(upstream.requests[-1])
    changing = {"x-amzn-trace-id"}
    kept = [sorted(pair for pair in one["headers"] if pair[0] not in changing) for one in seen]
    assert kept[0] == kept[1]
    assert dict(kept[0])["x-sub"] == "alice"
    assert {key: seen[0][key] for key in ("path", "body")} == {key: seen[1][key] for key in ("path", "body")}


def test_long_headers_and_a_large_body_fit_together(
    api: HttpApi, call: Callable[..., Call], function: Callable[[str], str], issuer: Issuer, upstream: Upstream
) -> None:
    """HAProxy adds headers about the request while its buffer is full of the body."""
    authorizer = api.client.get_authorizers(ApiId=api.id)["Items"][0]["AuthorizerId"]
    protected = {"AuthorizationType": "JWT", "AuthorizerId": authorizer}
    options = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0", "IntegrationMethod": "POST"}
    api.route("POST /upstream/{id}", api.proxy(upstream.url), **protected)
    api.route("POST /function/{id}", api.proxy(function(ECHO), **options), **protected)
    token = {"authorization": f"Bearer {issuer.token(roles=['A' * 1500])}"}
    size, long = 100_000, "i" * 2000
    bodies = [({"Content-Length": str(size)}, "b" * size), (CHUNKED, f"{size:x}\r\n{'b' * size}\r\n0\r\n\r\n")]
    for path in (f"/upstream/{long}", f"/function/{long}"):
        for framing, body in bodies:
            assert call(path, {**token, **framing, "content-type": "text/plain"}, body=body).answer()[0] == 200


def test_a_client_cannot_state_that_it_is_authorized(api: HttpApi, call: Callable[..., Call]) -> None:
    forged = {"x-engines-subrequest": "buffer", "x-engines-claims": "e30=", "x_engines_claims": "e30="}
    assert api.http.post("/jwt", content=b"x", headers=forged).status_code == 401
    assert api.http.post("/jwt", content=iter([b"x"]), headers=forged).status_code == 401
    # The route of another API does not replace the chosen one.
    forged = {"x-engines-route": "r|none|none|none|none|none|POST_/jwt", "x-engines-api": "other"}
    answer = api.http.post("/open", content=iter([b"x"]), headers=forged)
    assert answer.status_code == 200
    assert not [name for name, _ in answer.json()["headers"] if name.startswith("x-engines-")]


def test_no_answer_names_a_server_of_the_gateway(api: HttpApi, function: Callable[[str], str]) -> None:
    options = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0", "IntegrationMethod": "POST"}
    api.route("POST /echo", api.proxy(function(ECHO), **options))
    api.route("POST /gone", api.proxy(f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:gone", **options))
    too_large = (b"x" * 65536 for _ in range(161))
    answers = [
        api.http.post("/echo", content=b"x"),
        api.http.post("/echo", content=iter([b"x"])),
        api.http.post("/gone", content=b"x"),
        httpx.post(f"{api.url}/open", content=too_large),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 500, 413]
    for answer in answers:
        assert "server" not in answer.headers
        assert "apigw-requestid" in answer.headers
