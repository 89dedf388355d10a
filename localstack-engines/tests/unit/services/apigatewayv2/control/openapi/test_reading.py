"""OpenAPI definitions: what becomes of them, and what is refused because it would have no effect."""

import json
from typing import Any

import pytest

from localstack_engines.services.apigatewayv2.control.openapi.definition import ImportedRoute, InvalidDefinition
from localstack_engines.services.apigatewayv2.control.openapi.reading import parse

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
        "CorsConfiguration": {"allowOrigins": ["*"]},
    }
    assert found.authorizers["login"]["AuthorizerType"] == "JWT"
    assert found.authorizers["login"]["JwtConfiguration"] == {"issuer": "https://i", "audience": ["a"]}
    assert found.authorizers["login"]["IdentitySource"] == ["$request.header.A"]
    assert found.integrations == {"GET /a": INTEGRATION, "$ref shared": INTEGRATION}
    assert found.routes == [
        ImportedRoute("GET /a", "GET /a", "login", ["read"]),
        ImportedRoute("$default", "$ref shared"),
    ]
    assert (found.info, found.warnings) == ([], [])


def test_routes_share_an_integration_that_they_refer_to() -> None:
    reference = {"x-amazon-apigateway-integration": {"$ref": "#/components/x-amazon-apigateway-integrations/shared"}}
    found = parse(json.dumps({**BASE, "paths": {"/a": {"get": reference, "post": reference}}}))
    assert list(found.integrations) == ["$ref shared"]
    assert [route.integration for route in found.routes] == ["$ref shared", "$ref shared"]


def test_tags_and_the_endpoint_are_part_of_the_api() -> None:
    tags = [{"name": "team", "x-amazon-apigateway-tag-value": "x"}, {"name": "only described"}]
    servers = [{"x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": True}}]
    found = parse(json.dumps({**BASE, "tags": tags, "servers": servers})).api
    assert (found["Tags"], found["DisableExecuteApiEndpoint"]) == ({"team": "x"}, True)


@pytest.mark.parametrize(
    ("treatment", "keys"),
    [
        ("ignore", ["GET /a", "$default"]),
        ("prepend", ["GET /v1/pets/a", "$default"]),
        ("split", ["GET /pets/a", "$default"]),
    ],
)
def test_a_servers_path_is_ignored_prepended_or_split(treatment: str, keys: list[str]) -> None:
    servers = [{"url": "https://api.example/{basePath}", "variables": {"basePath": {"default": "/v1/pets"}}}]
    found = parse(json.dumps({**BASE, "servers": servers}), treatment)
    assert [route.key for route in found.routes] == keys


def test_variables_of_aws_are_filled_in() -> None:
    definition = {**BASE, "info": {"title": "${AWS::Region}"}}
    assert parse(json.dumps(definition), variables={"AWS::Region": "eu-west-1"}).api["Name"] == "eu-west-1"


def test_sam_says_that_a_route_has_no_authorizer() -> None:
    operation = {"security": [{"NONE": []}], "x-amazon-apigateway-integration": PROXY}
    definition = {**BASE, "security": [{"login": []}], "paths": {"/a": {"get": operation}}}
    assert parse(json.dumps(definition)).routes == [ImportedRoute("GET /a", "GET /a")]


def test_a_scheme_of_signatures_is_iam() -> None:
    scheme = {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"}
    definition = {
        **BASE,
        "components": {"securitySchemes": {"AWS_IAM": scheme}},
        "paths": {"/a": {"get": {"security": [{"AWS_IAM": []}]}}},
    }
    assert parse(json.dumps(definition)).routes == [ImportedRoute("GET /a", authorization="AWS_IAM")]


@pytest.mark.parametrize(
    ("change", "info"),
    [
        ({"x-amazon-apigateway-policy": {}}, "The definition: x-amazon-apigateway-policy"),
        ({"components": {"schemas": {"Pet": {}}}, "paths": {}}, "components.schemas"),
        ({"paths": {"/a": {"get": {"requestBody": {}}}}}, "GET /a: request bodies"),
        (
            {"paths": {"/a": {"get": {"x-amazon-apigateway-integration": {**PROXY, "passthroughBehavior": "never"}}}}},
            "GET /a: passthroughBehavior",
        ),
    ],
)
def test_what_only_rest_apis_have_is_left_out_with_a_note(change: dict[str, Any], info: str) -> None:
    found = parse(json.dumps({**BASE, **change}))
    assert [note for note in found.info if note.startswith(info)]
    assert found.warnings == []


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ({"x-amazon-apigateway-cors": True}, "CORS Scheme is malformed, ignoring."),
        ({"paths": {"/a": {"trace": {}}}}, "/a: the method TRACE"),
        (
            {"paths": {"/a": {"get": {"x-amazon-apigateway-integration": {"type": "aws"}}}}},
            "GET /a: the integration type AWS",
        ),
    ],
)
def test_what_is_invalid_is_left_out_with_a_warning(change: dict[str, Any], warning: str) -> None:
    [found] = parse(json.dumps({**BASE, **change})).warnings
    assert found.startswith(warning)


def test_what_a_path_may_have_besides_operations_is_no_route() -> None:
    item = {"parameters": [], "summary": "s", "x-mine": 1, "get": {"x-amazon-apigateway-integration": PROXY}}
    assert [route.key for route in parse(json.dumps({**BASE, "paths": {"/a": item}})).routes] == ["GET /a"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"openapi": "2.0"}, "openapi version"),
        ({"paths": {"/a": {"fetch": {}}}}, "fetch"),
        ({"paths": {"/a": {"get": {"security": [{"nobody": []}]}}}}, "security scheme nobody"),
        ({"paths": {"/a": {"get": {"security": [{"login": []}, {"other": []}]}}}}, "one security requirement"),
        ({"paths": {"/a": {"get": {"x-amazon-apigateway-integration": {**PROXY, "typo": 1}}}}}, "typo"),
        ({"paths": {"/a": {"get": {"x-amazon-apigateway-integration": {"$ref": "#/none"}}}}}, "does not exist"),
        (
            {"components": {"securitySchemes": {"login": {"x-amazon-apigateway-authorizer": {}}}}},
            "security scheme login has no",
        ),
        ({"x-amazon-apigateway-typo": {}}, "x-amazon-apigateway-typo"),
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


def test_a_server_that_is_no_url_is_refused() -> None:
    with pytest.raises(InvalidDefinition, match="Invalid IPv6 URL"):
        parse(json.dumps({**BASE, "servers": [{"url": "http://["}]}), "prepend")
