"""What a verifier and a browser get from the discovery function."""

import base64
import json
import re
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi.testclient import TestClient

from services.discovery.config import Settings
from services.discovery.documents import aggregated

ISSUER = "https://pms.example.org"


def test_the_metadata_names_the_issuer_exactly_as_tokens_do_and_where_its_keys_are(client: TestClient) -> None:
    metadata = client.get("/.well-known/openid-configuration").json()
    assert metadata["issuer"] == ISSUER
    assert metadata["jwks_uri"] == f"{ISSUER}/.well-known/jwks.json"


def test_a_token_is_verified_with_the_published_key(client: TestClient, signing_key: rsa.RSAPrivateKey) -> None:
    keys = jwt.PyJWKSet.from_dict(client.get("/.well-known/jwks.json").json())
    [key] = keys.keys
    token = jwt.encode({"sub": "x"}, signing_key, algorithm="RS256", headers={"kid": key.key_id})
    assert jwt.decode(token, keys[jwt.get_unverified_header(token)["kid"]], algorithms=["RS256"]) == {"sub": "x"}


def test_the_key_is_read_once(client: TestClient, key_reads: list[str]) -> None:
    answers = [client.get("/.well-known/jwks.json").content for _ in range(3)]
    assert len(set(answers)) == 1
    assert key_reads == ["read"]


@pytest.mark.parametrize(
    "path",
    ["/.well-known/openid-configuration", "/.well-known/jwks.json", "/docs", "/openapi.json", "/docs/swagger-ui.css"],
)
def test_everything_may_be_cached(client: TestClient, path: str) -> None:
    assert re.fullmatch(r"public, max-age=\d+", client.get(path).headers["cache-control"])


def test_no_private_number_of_the_key_is_published(client: TestClient) -> None:
    [key] = client.get("/.well-known/jwks.json").json()["keys"]
    assert key.keys() == {"kty", "n", "e", "kid", "use", "alg"}


def test_the_docs_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert links
    for link in links:
        assert client.get(f"/{link}").status_code == 200, link
    assert "script-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["main.py", "..%2fmain.py", "%2e%2e/main.py", "resources/__init__.py", "nothing"])
def test_only_the_pages_own_files_are_served(client: TestClient, name: str) -> None:
    assert client.get(f"/docs/{name}").status_code == 404


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/docs/swagger-ui.css")
    again = client.get("/docs/swagger-ui.css", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(KeyError, match="SIGNING_KEY_ID"):
        Settings.of({"JWT_ISSUER": ISSUER})


def _document(schema: dict[str, Any]) -> dict[str, Any]:
    answer = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}}
    return {
        "paths": {
            "/api/patients/{patient_id}": {"get": {"operationId": "read", "responses": answer}},
            "/notifications": {"get": {"operationId": "list", "responses": answer}},
            "/health/live": {"get": {"operationId": "live", "responses": {}}},
        },
        "components": {
            "schemas": {"Page": schema},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def test_schemas_of_one_name_in_two_services_stay_apart() -> None:
    document = aggregated({"patient": _document({"title": "P"}), "notification": _document({"title": "N"})})
    assert document["components"]["schemas"] == {"patient.Page": {"title": "P"}, "notification.Page": {"title": "N"}}
    operation = document["paths"]["/notifications"]["get"]
    reference = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert reference == "#/components/schemas/notification.Page"
    assert (operation["tags"], operation["operationId"]) == (["notification"], "notification_list")


def test_only_operations_that_the_gateway_routes_to_the_service_are_shown() -> None:
    document = aggregated({"patient": _document({}), "notification": _document({})})
    assert set(document["paths"]) == {"/api/patients/{patient_id}", "/notifications"}


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


def test_the_handler_speaks_lambdas_payload_format(
    monkeypatch: pytest.MonkeyPatch, context: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    from services.discovery import main

    monkeypatch.setenv("JWT_ISSUER", ISSUER)
    monkeypatch.setenv("SIGNING_KEY_ID", "key")
    answer = main.handler(_event("/.well-known/openid-configuration"), context)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["issuer"] == ISSUER
    script = main.handler(_event("/docs/swagger-ui-bundle.js"), context)
    assert script["isBase64Encoded"]
    assert base64.b64decode(script["body"])[:2] == b"\x1f\x8b"
