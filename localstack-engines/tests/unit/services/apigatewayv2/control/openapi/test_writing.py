"""Exports of HTTP APIs: an import reads them back, and what OpenAPI itself cannot say is an extension."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from localstack_engines.services.apigatewayv2.control.openapi.definition import ImportedRoute
from localstack_engines.services.apigatewayv2.control.openapi.reading import parse
from localstack_engines.services.apigatewayv2.control.openapi.writing import document
from localstack_engines.services.apigatewayv2.models import Resources

API = SimpleNamespace(
    name="pets",
    version="7",
    description="all pets",
    api_endpoint="http://id.execute-api.example",
    created_date=datetime(2026, 1, 2, tzinfo=UTC),
    cors_configuration={"allowOrigins": ["*"]},
    disable_execute_api_endpoint=True,
)


def route(key: str, target: str, **more: Any) -> SimpleNamespace:
    defaults = {"authorization_type": "NONE", "authorizer_id": None, "authorization_scopes": [], "operation_name": None}
    return SimpleNamespace(**{"route_key": key, "target": f"integrations/{target}", **defaults, **more})


def integration(uri: str) -> SimpleNamespace:
    return SimpleNamespace(
        integration_type="HTTP_PROXY",
        integration_subtype=None,
        integration_method="ANY",
        integration_uri=uri,
        payload_format_version="1.0",
        connection_id=None,
        connection_type="INTERNET",
        timeout_in_millis=5000,
        request_parameters={"append:header.x": "1"},
        response_parameters={},
        tls_config=None,
        credentials_arn=None,
        description=None,
    )


LOGIN = SimpleNamespace(
    name="login",
    authorizer_type="JWT",
    jwt_config={"issuer": "https://i", "audience": ["app"]},
    identity_source=["$request.header.Authorization"],
    authorizer_uri=None,
    auth_payload_format_version=None,
    auth_result_ttl=None,
    enable_simple_response=False,
    auth_creds_arn=None,
)
RESOURCES = Resources(
    routes={
        "r1": route("GET /a/{id}", "one", authorization_type="JWT", authorizer_id="z", authorization_scopes=["read"]),
        "r2": route("ANY /b", "two", operation_name="b"),
        "r3": route("$default", "two"),
    },
    integrations={"one": integration("http://a"), "two": integration("http://b"), "unused": integration("http://c")},
    authorizers={"z": LOGIN},
    models={},
)


def exported(**options: Any) -> dict[str, Any]:
    defaults = {"tags": {"team": "x"}, "stage": None, "with_extensions": True}
    return document(API, RESOURCES, **{**defaults, **options})


def test_an_import_reads_what_an_export_writes() -> None:
    found = parse(json.dumps(exported()))
    assert found.api == {
        "Name": "pets",
        "ProtocolType": "HTTP",
        "Version": "7",
        "Description": "all pets",
        "CorsConfiguration": {"allowOrigins": ["*"]},
        "Tags": {"team": "x"},
        "DisableExecuteApiEndpoint": True,
    }
    assert found.authorizers["login"]["JwtConfiguration"] == LOGIN.jwt_config
    assert found.authorizers["login"]["IdentitySource"] == LOGIN.identity_source
    assert found.routes == [
        ImportedRoute("$default", "$ref two"),
        ImportedRoute("ANY /b", "$ref two", operation_name="b"),
        ImportedRoute("GET /a/{id}", "GET /a/{id}", "login", ["read"]),
    ]
    one = found.integrations["GET /a/{id}"]
    assert (one["IntegrationUri"], one["TimeoutInMillis"]) == ("http://a", 5000)
    assert one["RequestParameters"] == {"append:header.x": "1"}


def test_a_stage_is_the_servers_path() -> None:
    [server] = exported(stage="live")["servers"]
    assert server["variables"] == {"basePath": {"default": "live"}}


def test_an_export_without_extensions_has_only_what_openapi_knows() -> None:
    written = exported(with_extensions=False)
    assert "x-amazon-apigateway" not in json.dumps(written)
    assert list(written["paths"]) == ["/a/{id}"]
    assert written["paths"]["/a/{id}"]["get"]["parameters"][0]["name"] == "id"
