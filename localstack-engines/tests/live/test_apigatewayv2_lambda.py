"""Lambda integrations and Lambda authorizers, in both formats."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.functions import create
from lab.gateway import HttpApi, Issuer, Upstream, host_address
from lab.localstack import ACCOUNT

ERROR = {"message": "Internal Server Error"}

ECHO = """
import json
def handler(event, context):
    kind = (event.get("queryStringParameters") or {}).get("answer")
    if kind == "raise":
        raise RuntimeError("no")
    if kind == "bare":
        return {"bare": True}
    if kind == "odd":
        return {"statusCode": "many"}
    if kind == "binary":
        return {"statusCode": 200, "body": "AAH/", "isBase64Encoded": True, "headers": {"Content-Type": "image/png"}}
    return {
        "statusCode": 201,
        "headers": {"X-Out": "yes"},
        "multiValueHeaders": {"X-Many": ["a", "b"]},
        "cookies": ["a=1; Path=/", "b=2"],
        "body": json.dumps(event),
    }
"""

AUTHORIZER = """
import json
calls = 0
def handler(event, context):
    global calls
    calls += 1
    sources = event["identitySource"]
    token = sources[0] if isinstance(sources, list) else sources
    seen = {"calls": calls, "token": token, "arn": event.get("routeArn") or event["methodArn"],
            "authorizer": json.dumps(event["requestContext"].get("authorizer"))}
    if token == "broken":
        return {"nonsense": True}
    if event["version"] == "2.0":
        return {"isAuthorized": token == "good", "context": seen}
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow" if token == "good" else "Deny",
                 "Resource": event["methodArn"]}
    return {"principalId": "alice", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
            "context": seen}
"""


@pytest.fixture(scope="module")
def functions(aws: Callable[..., Any]) -> Iterator[dict[str, str]]:
    """ARNs of two functions."""
    client = aws("lambda")
    arns = {}
    for name, source in (("gw-echo", ECHO), ("gw-authorizer", AUTHORIZER)):
        arns[name] = create(client, name, source)
    yield arns
    for name in arns:
        client.delete_function(FunctionName=name)


@pytest.fixture
def api(aws: Callable[..., Any], endpoint: str) -> Iterator[HttpApi]:
    api = HttpApi(aws("apigatewayv2"), endpoint)
    api.stage(StageVariables={"colour": "green"})
    yield api
    api.delete()


def function(api: HttpApi, arn: str, version: str) -> str:
    options = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": version, "IntegrationMethod": "POST"}
    return api.proxy(arn, **options)


def test_an_event_of_format_2_describes_the_request(api: HttpApi, functions: dict[str, str]) -> None:
    api.route("ANY /items/{id}/{rest+}", function(api, functions["gw-echo"], "2.0"))
    headers = [("x-two", "a"), ("x-two", "b"), ("cookie", "c=1; d=2"), ("content-type", "application/json")]
    answer = api.http.post("/items/7/x/y%20z?q=1&q=2&e=", headers=headers, content=b'{"n": 1}')
    assert (answer.status_code, answer.headers["x-out"]) == (201, "yes")
    assert answer.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2"]
    event = answer.json()
    assert event["version"] == "2.0"
    assert event["routeKey"] == "ANY /items/{id}/{rest+}"
    assert event["rawPath"] == "/items/7/x/y z"
    assert event["rawQueryString"] == "q=1&q=2&e="
    assert event["queryStringParameters"] == {"q": "1,2", "e": ""}
    assert event["pathParameters"] == {"id": "7", "rest": "x/y z"}
    assert event["stageVariables"] == {"colour": "green"}
    assert event["cookies"] == ["c=1", "d=2"]
    assert event["headers"]["x-two"] == "a,b"
    assert "cookie" not in event["headers"]
    assert not [name for name in event["headers"] if name.startswith("x-engines-")]
    assert (event["body"], event["isBase64Encoded"]) == ('{"n": 1}', False)
    context = event["requestContext"]
    assert (context["apiId"], context["stage"], context["accountId"]) == (api.id, "$default", ACCOUNT)
    assert context["requestId"] == answer.headers["apigw-requestid"]
    assert (context["http"]["method"], context["http"]["path"]) == ("POST", "/items/7/x/y z")
    assert "authorizer" not in context


def test_an_event_of_format_1_describes_the_request(api: HttpApi, functions: dict[str, str]) -> None:
    api.route("GET /items/{id}", function(api, functions["gw-echo"], "1.0"))
    answer = api.http.get("/items/7?q=1&q=2", headers=[("x-two", "a"), ("x-two", "b")])
    assert answer.status_code == 201
    assert answer.headers.get_list("x-many") == ["a", "b"]
    event = answer.json()
    assert (event["version"], event["httpMethod"], event["resource"]) == ("1.0", "GET", "/items/{id}")
    assert event["queryStringParameters"] == {"q": "2"}
    assert event["multiValueQueryStringParameters"] == {"q": ["1", "2"]}
    assert event["multiValueHeaders"]["x-two"] == ["a", "b"]
    assert event["pathParameters"] == {"id": "7"}
    assert event["body"] is None


def test_results_of_a_function_become_responses(api: HttpApi, functions: dict[str, str]) -> None:
    api.route("ANY /f", function(api, functions["gw-echo"], "2.0"))
    bare = api.get("/f?answer=bare")
    assert (bare.status_code, bare.json(), bare.headers["content-type"]) == (200, {"bare": True}, "application/json")
    binary = api.get("/f?answer=binary")
    assert (binary.content, binary.headers["content-type"]) == (b"\x00\x01\xff", "image/png")
    for kind in ("raise", "odd"):
        failed = api.get(f"/f?answer={kind}")
        assert (failed.status_code, failed.json()) == (500, ERROR)


def test_a_binary_body_arrives_in_base64(api: HttpApi, functions: dict[str, str]) -> None:
    api.route("POST /f", function(api, functions["gw-echo"], "2.0"))
    event = api.http.post("/f", content=b"\x00\xff" * 3, headers={"content-type": "image/png"}).json()
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"\x00\xff" * 3
    chunked = api.http.post("/f", content=iter([b"ab", b"cd"]), headers={"content-type": "text/plain"}).json()
    assert chunked["body"] == "abcd"


def test_the_claims_of_a_token_reach_the_function(
    api: HttpApi, functions: dict[str, str], plugin: dict[str, Any]
) -> None:
    issuer = Issuer(host_address(plugin["owner"]))
    try:
        authorizer = api.jwt_authorizer(issuer.url)
        protected = {"AuthorizationType": "JWT", "AuthorizerId": authorizer, "AuthorizationScopes": ["read"]}
        api.route("GET /f", function(api, functions["gw-echo"], "2.0"), **protected)
        token = issuer.token(scope="read write", roles=["DOCTOR", "ADMIN"], admin=True)
        forged = base64.b64encode(b'{"sub": "root"}').decode()
        event = api.get("/f", token, headers={"x-engines-claims": forged}).json()
    finally:
        issuer.close()
    jwt = event["requestContext"]["authorizer"]["jwt"]
    assert jwt["scopes"] == ["read"]
    assert jwt["claims"]["sub"] == "alice"
    assert jwt["claims"]["roles"] == "[DOCTOR ADMIN]"
    assert jwt["claims"]["admin"] == "true"


@pytest.mark.parametrize("version", ["2.0", "1.0"])
def test_a_lambda_authorizer_decides(api: HttpApi, functions: dict[str, str], upstream: Upstream, version: str) -> None:
    authorizer = lambda_authorizer(api, functions["gw-authorizer"], version, ttl=0)
    mapping = {"overwrite:header.x-token": "$context.authorizer.token"}
    integration = api.proxy(upstream.url, RequestParameters=mapping)
    protected = {"AuthorizationType": "CUSTOM", "AuthorizerId": authorizer}
    api.route("GET /f", integration, **protected)
    api.route("GET /echo/{id}", function(api, functions["gw-echo"], "2.0"), **protected)
    missing = api.get("/f")
    assert (missing.status_code, missing.json()) == (401, {"message": "Unauthorized"})
    denied = api.get("/f", headers={"x-key": "bad"})
    assert (denied.status_code, denied.json()) == (403, {"message": "Forbidden"})
    broken = api.get("/f", headers={"x-key": "broken"})
    assert (broken.status_code, broken.json()) == (500, ERROR)
    allowed = api.get("/f", headers={"x-key": "good", "x-token": "forged"})
    assert ["x-token", "good"] in allowed.json()["headers"]
    event = api.get("/echo/1?a=b", headers={"x-key": "good"}).json()
    passed = event["requestContext"]["authorizer"]["lambda"]
    assert passed["arn"] == f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api.id}/$default/GET/echo/1"


def test_a_lambda_authorizer_gets_no_forged_claims(api: HttpApi, functions: dict[str, str]) -> None:
    authorizer = lambda_authorizer(api, functions["gw-authorizer"], "2.0", ttl=0)
    protected = {"AuthorizationType": "CUSTOM", "AuthorizerId": authorizer}
    api.route("GET /echo", function(api, functions["gw-echo"], "2.0"), **protected)
    forged = base64.b64encode(b'{"sub": "root"}').decode()
    event = api.get("/echo", headers={"x-key": "good", "x-engines-claims": forged}).json()
    assert event["requestContext"]["authorizer"]["lambda"]["authorizer"] == "null"


def test_results_of_an_authorizer_are_kept(api: HttpApi, functions: dict[str, str]) -> None:
    authorizer = lambda_authorizer(api, functions["gw-authorizer"], "2.0", ttl=60)
    protected = {"AuthorizationType": "CUSTOM", "AuthorizerId": authorizer}
    api.route("GET /echo", function(api, functions["gw-echo"], "2.0"), **protected)

    def calls() -> int:
        event = api.get("/echo", headers={"x-key": "good"}).json()
        return int(event["requestContext"]["authorizer"]["lambda"]["calls"])

    assert calls() == calls()


def lambda_authorizer(api: HttpApi, arn: str, version: str, ttl: int) -> str:
    return str(
        api.client.create_authorizer(
            ApiId=api.id,
            Name="lambda",
            AuthorizerType="REQUEST",
            AuthorizerUri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations",
            AuthorizerPayloadFormatVersion=version,
            AuthorizerResultTtlInSeconds=ttl,
            EnableSimpleResponses=version == "2.0",
            IdentitySource=["$request.header.x-key"],
        )["AuthorizerId"]
    )
