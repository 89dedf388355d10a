"""OpenAPI definitions: what becomes of them, and what is refused because it would have no effect."""

import json
from typing import Any

import pytest

from localstack_engines.services.apigatewayv2.control.openapi import ImportedRoute, InvalidDefinition, parse

PROXY = {"type": "http_proxy", "httpMethod": "ANY", "uri": "http://a"}
JWT = {
    "type": "jwt",
    "jwtConfiguration": {"issuer": "https://i", "audience": ["a"]},
    "identitySource": "$request.header.A",
}
BASE: dict[str, Any] = {
    "openapi": "3.0.1",
    "info": {"title": "t", "version": 2},
    "x-amazon-apigateway-cors": {"allowOrigins": ["*"]},
    "components": {
        "securitySchemes": {"login": {"type": "oauth2", "x-amazon-apigateway-authorizer": JWT}},
        "x-amazon-apigateway-integrations": {"shared": PROXY},
    },
    "paths": {
        "/a": {"get": {"security": [{"login": ["read"]}], "x-amazon-apigateway-integration": PROXY}},
        "/$default": {
            "x-amazon-apigateway-any-method": {
                "x-amazon-apigateway-integration": {"$ref": "#/components/x-amazon-apigateway-integrations/shared"}
            }
        },
    },
}
INTEGRATION = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "IntegrationUri": "http://a"}


def test_a_definition_becomes_requests() -> None:
    found = parse(json.dumps(BASE))
    assert found.api == {
        "Name": "t",
        "ProtocolType": "HTTP",
        "Version": "2",
        "CorsConfiguration": {"AllowOrigins": ["*"]},
    }
    assert found.authorizers["login"]["AuthorizerType"] == "JWT"
    assert found.authorizers["login"]["JwtConfiguration"] == {"Issuer": "https://i", "Audience": ["a"]}
    assert found.authorizers["login"]["IdentitySource"] == ["$request.header.A"]
    assert found.routes == [
        ImportedRoute("GET /a", INTEGRATION, "login", ["read"]),
        ImportedRoute("$default", INTEGRATION),
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"openapi": "2.0"}, "openapi version"),
        ({"paths": {"/a": {"trace": {}}}}, "trace"),
        ({"paths": {"/a": {"get": {"security": [{"nobody": []}]}}}}, "security scheme nobody"),
        ({"paths": {"/a": {"get": {"x-amazon-apigateway-integration": {"cacheKeyParameters": []}}}}}, "cacheKey"),
        ({"paths": {"/a": {"get": {"x-amazon-apigateway-integration": {"$ref": "#/none"}}}}}, "does not exist"),
        ({"x-amazon-apigateway-policy": {}}, "x-amazon-apigateway-policy"),
        ({"paths": {"/a": 7}}, "parse"),
    ],
)
def test_what_would_have_no_effect_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidDefinition, match=reason):
        parse(json.dumps({**BASE, **change}))


@pytest.mark.parametrize("text", ["", "[]", "{", "a: b: c"])
def test_a_text_that_is_no_definition_is_refused(text: str) -> None:
    with pytest.raises(InvalidDefinition):
        parse(text)
