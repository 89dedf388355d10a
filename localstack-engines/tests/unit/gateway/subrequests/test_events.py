"""Events for Lambda functions."""

from typing import Any

import pytest

from localstack_engines.gateway.subrequests import events
from localstack_engines.gateway.subrequests.events import Call


def call(**changes: Any) -> Call:
    values: dict[str, Any] = {
        "api_id": "api",
        "account": "123",
        "region": "eu-west-1",
        "stage": "dev",
        "route_key": "GET /a/{id}",
        "method": "GET",
        "path": "/dev/a/1",
        "client_path": "/dev/a/1",
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
def test_a_text_body_is_not_encoded(media: str | None, encoded: bool) -> None:
    headers = [("content-type", media)] if media else []
    assert events.version_2(call(body=b"abc", headers=headers))["isBase64Encoded"] is encoded


def test_claims_become_strings() -> None:
    claims = {"sub": "a", "n": 1, "ok": True, "roles": ["x", "y"]}
    jwt = events.version_2(call(claims=claims))["requestContext"]["authorizer"]["jwt"]
    assert jwt["claims"] == {"sub": "a", "n": "1", "ok": "true", "roles": "[x y]"}


def test_format_1_has_the_path_that_a_client_sent_to_a_custom_domain() -> None:
    mapped = call(path="/dev/a/1", client_path="/v1/a/1")
    assert events.version_1(mapped)["path"] == events.version_1(mapped)["requestContext"]["path"] == "/v1/a/1"
    assert (
        events.version_2(mapped)["rawPath"] == events.version_2(mapped)["requestContext"]["http"]["path"] == "/dev/a/1"
    )
