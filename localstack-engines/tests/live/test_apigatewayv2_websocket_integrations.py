"""Integrations of WebSocket APIs without Lambda: HTTP endpoints, mocks, templates, models, limits, access logs."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.gateway import Upstream
from lab.localstack import ACCOUNT, REGION
from lab.waiting import until
from lab.websocket import WebSocketApi, ask, receive

MOCK = {"RequestTemplates": {"$default": '{"statusCode": 200}'}}


@pytest.fixture
def api(aws: Callable[..., Any]) -> Iterator[WebSocketApi]:
    api = WebSocketApi(aws("apigatewayv2"), StageVariables={"colour": "green"})
    yield api
    api.delete()


def respond(api: WebSocketApi, integration: str, key: str, template: str, **options: Any) -> str:
    made = api.client.create_integration_response(
        ApiId=api.id,
        IntegrationId=integration,
        IntegrationResponseKey=key,
        ResponseTemplates={"$default": template},
        **options,
    )
    return str(made["IntegrationResponseId"])


def http(api: WebSocketApi, kind: str, upstream: Upstream, path: str = "/", **options: Any) -> str:
    return api.integration(kind, IntegrationUri=f"{upstream.url}{path}", IntegrationMethod="POST", **options)


def test_an_http_endpoint_gets_the_message_and_answers_it(api: WebSocketApi, upstream: Upstream) -> None:
    parameters = {
        "integration.request.header.x-connection": "context.connectionId",
        "integration.request.header.x-static": "'fixed'",
        "integration.request.header.x-colour": "stageVariables.colour",
        "integration.request.querystring.n": "route.request.body.n",
        "integration.request.path.kind": "route.request.body.action",
    }
    api.route("send", http(api, "HTTP_PROXY", upstream, "/a/{kind}", RequestParameters=parameters), replies=True)
    with api.connect() as socket:
        seen = ask(socket, {"action": "send", "n": 7})
    headers = dict(seen["headers"])
    assert (seen["method"], seen["path"]) == ("POST", "/a/send?n=7")
    assert json.loads(seen["body"]) == {"action": "send", "n": 7}
    assert (headers["x-static"], headers["x-colour"]) == ("fixed", "green")
    assert len(headers["x-connection"]) == 16


def test_an_http_endpoint_decides_about_a_connection(api: WebSocketApi, upstream: Upstream) -> None:
    integration = http(api, "HTTP_PROXY", upstream)
    api.route("$connect", integration)
    with api.connect("?status=204", additional_headers={"x-key": "k"}):
        assert dict(upstream.requests[-1]["headers"])["x-key"] == "k"
    assert api.refusal(query="?status=403")[0] == 403
    api.client.update_integration(ApiId=api.id, IntegrationId=integration, TimeoutInMillis=200)
    assert api.refusal(query="?sleep=2") == (504, {"message": "Endpoint request timed out"})


def test_templates_transform_request_and_answer(api: WebSocketApi, upstream: Upstream) -> None:
    template = '{"said": $input.json(\'$.text\'), "by": "$context.connectionId", "colour": "$stageVariables.colour"}'
    templates = {"RequestTemplates": {"loud": template}, "TemplateSelectionExpression": "$request.body.how"}
    integration = http(api, "HTTP", upstream, "/?status=201", **templates, PassthroughBehavior="NEVER")
    respond(api, integration, "/20[01]/", "{\"path\": $input.json('$.path'), \"body\": $input.json('$.body')}")
    respond(api, integration, "$default", '{"other": true}')
    api.route("say", integration, replies=True)
    with api.connect() as socket:
        answer = ask(socket, {"action": "say", "how": "loud", "text": "hi"})
        assert answer["path"] == "/?status=201"
        sent = json.loads(answer["body"])
        assert (sent["said"], sent["colour"]) == ("hi", "green")
        assert len(sent["by"]) == 16
        assert ask(socket, {"action": "say", "how": "soft"})["message"] == "Unsupported Media Type"
        api.client.update_integration(
            ApiId=api.id, IntegrationId=integration, IntegrationUri=f"{upstream.url}/?status=500"
        )
        assert ask(socket, {"action": "say", "how": "loud", "text": "hi"}) == {"other": True}


def test_a_mock_answers_without_a_backend(api: WebSocketApi) -> None:
    integration = api.integration("MOCK", **MOCK)
    response = respond(api, integration, "$default", '{"pong": "$context.routeKey"}')
    for key in ("$connect", "ping"):
        api.route(key, integration, replies=key == "ping")
    with api.connect() as socket:
        assert ask(socket, {"action": "ping"}) == {"pong": "ping"}
        named = {"ApiId": api.id, "IntegrationId": integration}
        api.client.update_integration_response(
            **named, IntegrationResponseId=response, ResponseTemplates={"$default": "[1]"}
        )
        assert ask(socket, {"action": "ping"}) == [1]
        api.client.update_integration(**named, RequestTemplates={"$default": '{"statusCode": "odd"}'})
        assert ask(socket, {"action": "ping"})["message"] == "Internal server error"
    assert api.refusal()[0] == 500
    api.client.update_integration(**named, RequestTemplates={"$default": '{"statusCode": 418}'})
    assert api.refusal()[0] == 418


def test_a_model_validates_messages(api: WebSocketApi) -> None:
    integration = api.integration("MOCK", **MOCK)
    respond(api, integration, "$default", '"ok"')
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    model = api.client.create_model(ApiId=api.id, Name="Number", Schema=json.dumps(schema))["ModelId"]
    selected = {"ModelSelectionExpression": "$request.body.kind", "RequestModels": {"number": "Number"}}
    route = api.route("x", integration, replies=True, **selected)
    with api.connect() as socket:
        assert ask(socket, {"action": "x", "kind": "number", "n": 1}) == "ok"
        assert ask(socket, {"action": "x", "kind": "number", "n": "1"})["message"] == "Invalid request body"
        assert ask(socket, {"action": "x", "kind": "other"}) == "ok"
    with pytest.raises(api.client.exceptions.ConflictException):
        api.client.delete_model(ApiId=api.id, ModelId=model)
    api.client.delete_route(ApiId=api.id, RouteId=route)
    api.client.delete_model(ApiId=api.id, ModelId=model)


def test_required_parameters_of_a_handshake(api: WebSocketApi) -> None:
    required = {"route.request.querystring.user": {"Required": True}}
    route = api.route("$connect", api.integration("MOCK", **MOCK), RequestParameters=required)
    assert api.refusal() == (400, {"message": "Missing required request parameters: [user]"})
    with api.connect("?user=a"):
        pass
    assert api.client.get_route(ApiId=api.id, RouteId=route)["RequestParameters"] == required
    named = {"ApiId": api.id, "RouteId": route, "RequestParameterKey": "route.request.querystring.user"}
    api.client.delete_route_request_parameter(**named)
    with api.connect():
        pass
    with pytest.raises(api.client.exceptions.NotFoundException):
        api.client.delete_route_request_parameter(**named)


def test_throttling_of_a_stage_and_a_route(api: WebSocketApi) -> None:
    integration = api.integration("MOCK", **MOCK)
    respond(api, integration, "$default", '"ok"')
    for key in ("a", "b"):
        api.route(key, integration, replies=True)
    slow = {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 1}
    api.client.update_stage(
        ApiId=api.id,
        StageName="dev",
        DefaultRouteSettings={**slow, "ThrottlingBurstLimit": 3},
        RouteSettings={"a": slow},
    )
    with api.connect() as socket:
        assert ask(socket, {"action": "a"}) == "ok"
        assert ask(socket, {"action": "a"})["message"] == "Too Many Requests"
        assert [ask(socket, {"action": "b"}), ask(socket, {"action": "b"})] == ["ok", "ok"]
        assert ask(socket, {"action": "b"})["message"] == "Too Many Requests"
    assert api.refusal() == (429, {"message": "Too Many Requests"})


def test_a_deployment_keeps_what_it_was_made_of(api: WebSocketApi) -> None:
    integration = api.integration("MOCK", **MOCK)
    response = respond(api, integration, "$default", '"one"')
    api.route("x", integration, replies=True)
    first = api.client.create_deployment(ApiId=api.id)["DeploymentId"]
    api.client.create_stage(ApiId=api.id, StageName="live", DeploymentId=first)
    api.client.update_integration_response(
        ApiId=api.id,
        IntegrationId=integration,
        IntegrationResponseId=response,
        ResponseTemplates={"$default": '"two"'},
    )
    with api.connect(stage="live") as socket, api.connect() as automatic:
        assert [ask(socket, {"action": "x"}), ask(automatic, {"action": "x"})] == ["one", "two"]
        api.client.create_deployment(ApiId=api.id, StageName="live")
        assert ask(socket, {"action": "x"}) == "two"


def test_access_logs_have_a_line_for_each_event(aws: Callable[..., Any], api: WebSocketApi, unique: str) -> None:
    logs = aws("logs")
    logs.create_log_group(logGroupName=unique)
    settings = {
        "DestinationArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{unique}",
        "Format": "$context.eventType $context.routeKey $context.status $context.identity.sourceIp",
    }
    api.client.update_stage(ApiId=api.id, StageName="dev", AccessLogSettings=settings)
    api.route("x", api.integration("MOCK", **MOCK))
    with api.connect() as socket:
        socket.send('{"action": "x"}')
        assert ask(socket, {"action": "none"})["message"] == "Forbidden"

    def lines() -> list[list[str]]:
        streams = logs.describe_log_streams(logGroupName=unique)["logStreams"]
        found = [
            logs.get_log_events(logGroupName=unique, logStreamName=stream["logStreamName"])["events"]
            for stream in streams
        ]
        return sorted(event["message"].split()[:3] for events in found for event in events)

    expected = [
        ["CONNECT", "$connect", "200"],
        ["DISCONNECT", "$disconnect", "200"],
        ["MESSAGE", "$default", "403"],
        ["MESSAGE", "x", "200"],
    ]
    assert until("four lines", lambda: found if len(found := lines()) == 4 else None) == expected
    logs.delete_log_group(logGroupName=unique)


def test_messages_are_handled_at_the_same_time(api: WebSocketApi, upstream: Upstream) -> None:
    api.route("slow", http(api, "HTTP_PROXY", upstream, "/?sleep=2"), replies=True)
    with api.connect() as socket:
        socket.send('{"action": "slow"}')
        assert ask(socket, {"action": "none"})["message"] == "Forbidden"
        assert receive(socket)["path"] == "/?sleep=2"
