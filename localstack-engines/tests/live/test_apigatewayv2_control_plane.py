"""The operations of API Gateway v2: what they record, and what they refuse in AWS's words."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.gateway import HttpApi, Upstream, host_address
from lab.localstack import ACCOUNT
from lab.waiting import until


@pytest.fixture
def client(aws: Callable[..., Any]) -> Any:
    return aws("apigatewayv2")


@pytest.fixture
def api(client: Any, endpoint: str) -> Iterator[HttpApi]:
    api = HttpApi(client, endpoint)
    yield api
    api.delete()


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_custom_id_is_unique(client: Any, unique: str) -> None:
    tags = {"_custom_id_": unique, "team": "x"}
    assert client.create_api(Name="a", ProtocolType="HTTP", Tags=tags)["ApiId"] == unique
    assert client.get_api(ApiId=unique)["Tags"] == tags
    with pytest.raises(ClientError) as refusal:
        client.create_api(Name="b", ProtocolType="HTTP", Tags=tags)
    assert code(refusal) == "ConflictException"
    client.update_api(ApiId=unique, Name="c", Description="d")
    changed = client.get_api(ApiId=unique)
    assert (changed["Name"], changed["Description"]) == ("c", "d")
    client.delete_api(ApiId=unique)
    with pytest.raises(ClientError) as gone:
        client.get_api(ApiId=unique)
    assert code(gone) == "NotFoundException"


def test_an_api_with_a_target_has_a_route_and_a_stage(client: Any, endpoint: str, plugin: dict[str, Any]) -> None:
    upstream = Upstream(host_address(plugin["owner"]))
    api = HttpApi(client, endpoint, Target=upstream.url, RouteKey="GET /x")
    try:
        assert api.get("/x").status_code == 200
        assert client.get_stages(ApiId=api.id)["Items"][0]["AutoDeploy"] is True
    finally:
        api.delete()
        upstream.close()


@pytest.mark.parametrize("key", ["GET", "GET x", "FETCH /x", "/x", "GET /{a}b", "GET /{a+}/b", "get /x"])
def test_malformed_route_keys_are_refused(api: HttpApi, key: str) -> None:
    with pytest.raises(ClientError) as refusal:
        api.client.create_route(ApiId=api.id, RouteKey=key)
    assert code(refusal) == "BadRequestException"


def test_routes_are_unique_and_name_existing_integrations_and_authorizers(api: HttpApi) -> None:
    integration = api.proxy("http://127.0.0.1:9")
    route = api.route("GET /x", integration)
    with pytest.raises(ClientError, match="already exists") as conflict:
        api.route("GET /x", integration)
    assert code(conflict) == "ConflictException"
    with pytest.raises(ClientError, match="Invalid Integration identifier") as unknown:
        api.route("GET /y", "nothing")
    assert code(unknown) == "NotFoundException"
    with pytest.raises(ClientError, match="requires a valid authorizer"):
        api.client.update_route(ApiId=api.id, RouteId=route, AuthorizationType="JWT", AuthorizerId="nothing")
    with pytest.raises(ClientError, match="referenced by Route"):
        api.client.delete_integration(ApiId=api.id, IntegrationId=integration)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"IntegrationType": "MOCK"}, "not supported for HTTP APIs"),
        ({"IntegrationMethod": None}, "HttpMethod is a required parameter"),
        ({"TimeoutInMillis": 30001}, "less than or equal to 30000"),
        ({"ConnectionType": "VPC_LINK", "ConnectionId": "x"}, "listener or of a Cloud Map service"),
        ({"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0"}, "valid Lambda function ARN"),
    ],
)
def test_invalid_integrations_are_refused(api: HttpApi, options: dict[str, Any], message: str) -> None:
    arguments = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", **options}
    arguments = {name: value for name, value in arguments.items() if value is not None}
    with pytest.raises(ClientError, match=message) as refusal:
        api.client.create_integration(ApiId=api.id, IntegrationUri="http://127.0.0.1:9", **arguments)
    assert code(refusal) == "BadRequestException"


def test_integrations_keep_their_method_and_can_be_changed(api: HttpApi) -> None:
    identifier = api.proxy("http://127.0.0.1:9", IntegrationMethod="GET", RequestParameters={"append:header.a": "1"})
    kept = api.client.get_integration(ApiId=api.id, IntegrationId=identifier)
    assert (kept["IntegrationMethod"], kept["ConnectionType"], kept["TimeoutInMillis"]) == ("GET", "INTERNET", 30000)
    api.client.update_integration(
        ApiId=api.id, IntegrationId=identifier, RequestParameters={"append:header.a": "", "append:header.b": "2"}
    )
    changed = api.client.get_integration(ApiId=api.id, IntegrationId=identifier)
    assert changed["RequestParameters"] == {"append:header.b": "2"}


def test_lists_have_pages(api: HttpApi) -> None:
    integration = api.proxy("http://127.0.0.1:9")
    keys = {f"GET /{number}" for number in range(5)}
    for key in keys:
        api.route(key, integration)
    first = api.client.get_routes(ApiId=api.id, MaxResults="3")
    rest = api.client.get_routes(ApiId=api.id, MaxResults="3", NextToken=first["NextToken"])
    assert {route["RouteKey"] for route in first["Items"] + rest["Items"]} == keys
    assert "NextToken" not in rest


def test_access_logs_are_written_in_the_stages_format(
    api: HttpApi, aws: Callable[..., Any], plugin: dict[str, Any], unique: str
) -> None:
    logs = aws("logs")
    logs.create_log_group(logGroupName=f"/{unique}")
    names = {"id": "requestId", "key": "routeKey", "status": "status", "ip": "identity.sourceIp", "m": "httpMethod"}
    template = json.dumps({key: f"$context.{name}" for key, name in names.items()})
    arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/{unique}"
    api.stage(AccessLogSettings={"DestinationArn": arn, "Format": template})
    upstream = Upstream(host_address(plugin["owner"]))
    try:
        integration = api.proxy(upstream.url)
        api.route("GET /x/{id}", integration)
        api.route("POST /x/{id}", integration)
        found = api.get("/x/1")
        sent = api.http.post("/x/1", content=iter([b"a body without a length"]))
        missed = api.get("/y")
        events = until("three log events", lambda: _events(logs, f"/{unique}", 3))
        assert len(events) == 3
        lines = {line["id"]: line for line in map(json.loads, events)}
        assert lines[found.headers["apigw-requestid"]]["key"] == "GET /x/{id}"
        assert lines[found.headers["apigw-requestid"]]["status"] == "200"
        assert lines[missed.headers["apigw-requestid"]]["status"] == "404"
        assert lines[sent.headers["apigw-requestid"]]["key"] == "POST /x/{id}"
        assert lines[sent.headers["apigw-requestid"]]["ip"] == lines[found.headers["apigw-requestid"]]["ip"]
        assert [lines[answer.headers["apigw-requestid"]]["m"] for answer in (found, sent)] == ["GET", "POST"]
    finally:
        upstream.close()
        logs.delete_log_group(logGroupName=f"/{unique}")


def _events(logs: Any, group: str, wanted: int) -> list[str]:
    found = logs.filter_log_events(logGroupName=group)["events"]
    return [event["message"] for event in found] if len(found) >= wanted else []
