"""Events for Lambda functions, and what their answers become."""

from typing import Any

import pytest

from localstack_engines.gateway.subrequests import events, lambda_functions
from localstack_engines.gateway.subrequests.events import Call
from localstack_engines.gateway.subrequests.lambda_authorizer import ALLOW, DENY, _policy
from localstack_engines.gateway.subrequests.lambda_functions import FunctionFailed


def call(**changes: Any) -> Call:
    values: dict[str, Any] = {
        "api_id": "api",
        "account": "123",
        "region": "eu-west-1",
        "stage": "dev",
        "route_key": "GET /a/{id}",
        "method": "GET",
        "path": "/dev/a/1",
        "route_path": "/a/1",
        "query": "",
        "headers": [],
        "source_ip": "10.0.0.9",
        "domain": "api.example",
        "request_id": "r",
        "path_parameters": {"id": "1"},
        "stage_variables": {},
        "at": 0.0,
    }
    return Call(**{**values, **changes})


def test_empty_parts_are_left_out_of_format_2() -> None:
    event = events.version_2(call(path_parameters={}))
    assert not {"cookies", "queryStringParameters", "pathParameters", "stageVariables", "body"} & event.keys()
    assert event["requestContext"]["time"] == "01/Jan/1970:00:00:00 +0000"


def test_the_arn_of_a_route_has_the_path_without_its_stage() -> None:
    assert events.route_arn(call()) == "arn:aws:execute-api:eu-west-1:123:api/dev/GET/a/1"


@pytest.mark.parametrize(
    ("media", "encoded"),
    [("application/json; charset=utf-8", False), ("text/csv", False), ("image/png", True), (None, True)],
)
def test_bodies_that_are_text_stay_text(media: str | None, encoded: bool) -> None:
    headers = [("content-type", media)] if media else []
    assert events.version_2(call(body=b"abc", headers=headers))["isBase64Encoded"] is encoded


def test_claims_are_strings() -> None:
    claims = {"sub": "a", "n": 1, "ok": True, "roles": ["x", "y"]}
    jwt = events.version_2(call(claims=claims))["requestContext"]["authorizer"]["jwt"]
    assert jwt["claims"] == {"sub": "a", "n": "1", "ok": "true", "roles": "[x y]"}


@pytest.mark.parametrize(
    "result",
    [{"statusCode": 99}, {"statusCode": None}, {"statusCode": 200, "body": "%", "isBase64Encoded": True},
     {"statusCode": 200, "headers": {"x": "a\r\nset-cookie: b"}}, {"statusCode": 200, "headers": "x"}],
)  # fmt: skip
def test_answers_that_are_none(result: Any) -> None:
    with pytest.raises(FunctionFailed):
        lambda_functions._reply_2(result)


def test_a_function_is_found_in_both_spellings_of_its_uri() -> None:
    arn = "arn:aws:lambda:us-east-1:123:function:f"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
    assert lambda_functions.function_arn(uri, {}) == lambda_functions.function_arn(arn, {}) == arn
    assert lambda_functions.function_arn(arn + ":${stageVariables.alias}", {"alias": "live"}) == arn + ":live"


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([("Allow", "*")], ALLOW),
        ([("Allow", "arn:aws:execute-api:eu-west-1:123:api/dev/GET/*")], ALLOW),
        ([("Allow", "arn:aws:execute-api:eu-west-1:123:api/dev/POST/*")], DENY),
        ([("Allow", "*"), ("Deny", "*/a/1")], DENY),
        ([], DENY),
    ],
)
def test_policies(statements: list[tuple[str, str]], verdict: str) -> None:
    document = [{"Effect": effect, "Action": "execute-api:Invoke", "Resource": [arn]} for effect, arn in statements]
    answer = {"principalId": "p", "policyDocument": {"Statement": document}}
    assert _policy(answer, events.route_arn(call())).verdict == verdict
