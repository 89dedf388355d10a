"""The entry point of the Lambda function."""

import base64
import json
from types import SimpleNamespace
from typing import Any

import pytest

from services.discovery import main
from tests.unit.services.discovery.conftest import ISSUER


def _event(path: str) -> dict[str, Any]:
    http = {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test"}
    return {
        "version": "2.0",
        "routeKey": f"GET {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"accept-encoding": "gzip", "host": "pms.example.org"},
        "requestContext": {"http": http, "stage": "$default", "requestId": "r1", "domainName": "pms.example.org"},
        "isBase64Encoded": False,
    }


@pytest.fixture
def context() -> SimpleNamespace:
    return SimpleNamespace(
        function_name="pms-discovery", memory_limit_in_mb=256, invoked_function_arn="arn:x", aws_request_id="a1"
    )


def test_the_handler_reads_and_writes_payload_format_2(
    monkeypatch: pytest.MonkeyPatch, context: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JWT_ISSUER", ISSUER)
    monkeypatch.setenv("SIGNING_KEY_ALIAS", "key")
    answer = main.handler(_event("/.well-known/openid-configuration"), context)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["issuer"] == ISSUER
    script = main.handler(_event("/docs/swagger-ui-bundle.js"), context)
    assert script["isBase64Encoded"]
    assert base64.b64decode(script["body"])[:2] == b"\x1f\x8b"
