"""The control plane of WebSocket APIs: what is recorded, what is refused, and that a refusal changes nothing."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.websocket import WebSocketApi

MOCK = {"IntegrationType": "MOCK"}
LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:none"


@pytest.fixture(scope="module")
def api(aws: Callable[..., Any]) -> Iterator[WebSocketApi]:
    api = WebSocketApi(aws("apigatewayv2"))
    api.route("taken", api.integration("MOCK"))
    yield api
    api.delete()


@pytest.mark.parametrize(
    ("operation", "arguments", "message"),
    [
        ("create_api", {"Name": "a", "ProtocolType": "WEBSOCKET", "CorsConfiguration": {"MaxAge": 1}}, "not supported"),
        ("create_api", {"Name": "a", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.x"}, "refers"),
        ("create_api", {"Name": "a", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "x"}, "must refer"),
        ("update_api", {"RouteSelectionExpression": "$context.stage"}, "must refer"),
        ("create_integration", {"IntegrationType": "AWS", "IntegrationUri": LAMBDA}, "not supported"),
        ("create_integration", {"IntegrationType": "AWS_PROXY", "IntegrationUri": "http://a"}, "Lambda function ARN"),
        (
            "create_integration",
            {"IntegrationType": "HTTP", "IntegrationUri": "x", "IntegrationMethod": "GET"},
            "endpoint",
        ),
        ("create_integration", {**MOCK, "TimeoutInMillis": 30000}, "29000"),
        ("create_integration", {**MOCK, "ContentHandlingStrategy": "CONVERT_TO_TEXT"}, "ContentHandlingStrategy"),
        ("create_integration", {**MOCK, "TlsConfig": {"ServerNameToVerify": "a"}}, "TlsConfig"),
        ("create_integration", {**MOCK, "RequestParameters": {"overwrite:header.x": "y"}}, "Invalid mapping"),
        ("create_route", {"RouteKey": "$other"}, "not formatted properly"),
        ("create_route", {"RouteKey": "taken"}, "already exists"),
        ("create_route", {"RouteKey": "x", "ApiKeyRequired": True}, "ApiKeyRequired is not supported"),
        ("create_route", {"RouteKey": "x", "Target": "integrations/none"}, "Invalid Integration identifier"),
        ("create_route", {"RouteKey": "$connect", "AuthorizationType": "AWS_IAM"}, "AWS_IAM is not supported"),
        ("create_route", {"RouteKey": "x", "RequestModels": {"a": "b"}}, "ModelSelectionExpression"),
        ("create_route", {"RouteKey": "x", "RouteResponseSelectionExpression": "a"}, "must be"),
        ("create_stage", {"StageName": "$default"}, "Stage name"),
        ("create_stage", {"StageName": "x", "DefaultRouteSettings": {"LoggingLevel": "INFO"}}, "Execution logs"),
        ("create_model", {"Name": "a-b", "Schema": "{}"}, "alphanumeric"),
        ("create_model", {"Name": "a", "Schema": "{"}, "not JSON"),
        ("create_model", {"Name": "a", "Schema": '{"type": "none"}'}, "Invalid model schema"),
        ("create_model", {"Name": "a", "Schema": '{"$ref": "https://x.example/b"}'}, "reference"),
        (
            "create_authorizer",
            {"Name": "a", "AuthorizerType": "JWT", "IdentitySource": ["$request.header.a"]},
            "must be REQUEST",
        ),
        (
            "create_authorizer",
            {"Name": "a", "AuthorizerType": "REQUEST", "IdentitySource": ["x"], "AuthorizerUri": LAMBDA},
            "Invalid identity source",
        ),
    ],
)
def test_what_cannot_work_is_refused(
    api: WebSocketApi, operation: str, arguments: dict[str, Any], message: str
) -> None:
    before = contents(api)
    named = {} if operation == "create_api" else {"ApiId": api.id}
    with pytest.raises(ClientError, match=message) as refusal:
        getattr(api.client, operation)(**named, **arguments)
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 404, 409)
    assert contents(api) == before


def contents(api: WebSocketApi) -> list[Any]:
    operations = ("get_integrations", "get_routes", "get_stages", "get_models", "get_authorizers")
    return [api.client.get_api(ApiId=api.id).get("RouteSelectionExpression")] + [
        getattr(api.client, operation)(ApiId=api.id)["Items"] for operation in operations
    ]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("create_route", {"RouteKey": "GET /a", "RouteResponseSelectionExpression": "$default"}),
        ("create_route", {"RouteKey": "GET /a", "RequestParameters": {"route.request.header.a": {"Required": True}}}),
        (
            "create_integration",
            {
                "IntegrationType": "HTTP_PROXY",
                "IntegrationUri": "http://a.example",
                "IntegrationMethod": "GET",
                "RequestTemplates": {"a": "b"},
            },
        ),
        ("create_route_response", {"RouteResponseKey": "$default"}),
        ("create_integration_response", {"IntegrationResponseKey": "$default"}),
    ],
)
def test_http_apis_have_none_of_it(aws: Callable[..., Any], operation: str, arguments: dict[str, Any]) -> None:
    client = aws("apigatewayv2")
    api = client.create_api(Name="http", ProtocolType="HTTP", Target="http://a.example")["ApiId"]
    try:
        [route] = client.get_routes(ApiId=api)["Items"]
        named = {"ApiId": api}
        if operation == "create_route_response":
            named["RouteId"] = route["RouteId"]
        if operation == "create_integration_response":
            named["IntegrationId"] = route["Target"].removeprefix("integrations/")
        with pytest.raises(client.exceptions.BadRequestException, match="not supported on protocolType HTTP"):
            getattr(client, operation)(**named, **arguments)
    finally:
        client.delete_api(ApiId=api)


def test_route_responses_are_read_changed_and_deleted(api: WebSocketApi) -> None:
    route = api.route("two-way", api.integration("MOCK"), replies=True)
    named = {"ApiId": api.id, "RouteId": route}
    [response] = api.client.get_route_responses(**named)["Items"]
    assert response["RouteResponseKey"] == "$default"
    identified = {**named, "RouteResponseId": response["RouteResponseId"]}
    changed = api.client.update_route_response(**identified, ModelSelectionExpression="$request.body.kind")
    assert changed["ModelSelectionExpression"] == "$request.body.kind"
    read = api.client.get_route_response(**identified)
    assert read["ModelSelectionExpression"] == "$request.body.kind"
    for key, message in (("other", "must be"), ("$default", "already exists")):
        with pytest.raises(ClientError, match=message):
            api.client.create_route_response(**named, RouteResponseKey=key)
    api.client.delete_route_response(**identified)
    assert api.client.get_route_responses(**named)["Items"] == []
    with pytest.raises(api.client.exceptions.NotFoundException):
        api.client.get_route_response(**identified)


def test_integration_responses_are_read_and_deleted(api: WebSocketApi) -> None:
    named = {"ApiId": api.id, "IntegrationId": api.integration("MOCK")}
    made = api.client.create_integration_response(**named, IntegrationResponseKey="/4../")
    with pytest.raises(ClientError, match="already exists"):
        api.client.create_integration_response(**named, IntegrationResponseKey="/4../")
    with pytest.raises(ClientError, match="regular expression"):
        api.client.create_integration_response(**named, IntegrationResponseKey="/(/")
    [listed] = api.client.get_integration_responses(**named)["Items"]
    assert listed["IntegrationResponseId"] == made["IntegrationResponseId"]
    identified = {**named, "IntegrationResponseId": made["IntegrationResponseId"]}
    assert api.client.get_integration_response(**identified)["IntegrationResponseKey"] == "/4../"
    api.client.delete_integration_response(**identified)
    assert api.client.get_integration_responses(**named)["Items"] == []


def test_models_are_read_changed_and_make_templates(api: WebSocketApi) -> None:
    schema = {"type": "object", "properties": {"id": {"type": "integer"}, "tags": {"type": "array"}}}
    model = api.client.create_model(ApiId=api.id, Name="Pet", Schema=json.dumps(schema))
    assert model["ContentType"] == "application/json"
    named = {"ApiId": api.id, "ModelId": model["ModelId"]}
    template = api.client.get_model_template(**named)["Value"]
    assert template.startswith("#set($inputRoot = $input.path('$'))\n")
    assert json.loads(template.partition("\n")[2]) == {"id": 42, "tags": []}
    with pytest.raises(api.client.exceptions.ConflictException):
        api.client.create_model(ApiId=api.id, Name="Pet", Schema="{}")
    assert api.client.update_model(**named, Description="d")["Description"] == "d"
    assert api.client.get_model(**named)["Schema"] == json.dumps(schema)
    assert [item["Name"] for item in api.client.get_models(ApiId=api.id)["Items"]] == ["Pet"]
    api.client.delete_model(**named)
    with pytest.raises(api.client.exceptions.NotFoundException):
        api.client.get_model(**named)
