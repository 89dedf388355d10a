"""Lambda authorizers of `$connect`."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab import functions
from lab.localstack import ACCOUNT
from lab.websocket import WebSocketApi, ask, invocation_uri

AUTHORIZER = """
calls = 0
def handler(event, context):
    global calls
    calls += 1
    token = event["queryStringParameters"]["token"]
    if token == "unauthorized":
        raise Exception("Unauthorized")
    if token == "broken":
        return {"nonsense": True}
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow" if token == "good" else "Deny",
                 "Resource": event["methodArn"]}
    seen = {"calls": calls, "arn": event["methodArn"], "key": event["headers"]["X-Key"], "type": event["type"],
            "route": event["requestContext"]["routeKey"]}
    return {"principalId": "alice", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
            "context": seen}
"""


@pytest.fixture(scope="module")
def api(aws: Callable[..., Any]) -> Iterator[WebSocketApi]:
    """An API that asks a Lambda function about each connection. Its route `who` answers what the function passed on."""
    name = f"ws-{uuid.uuid4().hex[:8]}"
    arn = functions.create(aws("lambda"), name, AUTHORIZER)
    api = WebSocketApi(aws("apigatewayv2"))
    authorizer = api.client.create_authorizer(
        ApiId=api.id,
        Name="lambda",
        AuthorizerType="REQUEST",
        AuthorizerUri=invocation_uri(arn),
        IdentitySource=["route.request.querystring.token", "route.request.header.X-Key"],
    )["AuthorizerId"]
    mock = api.integration("MOCK", RequestTemplates={"$default": '{"statusCode": 200}'})
    members = ("principalId", "calls", "arn", "key", "type", "route")
    passed = ", ".join(f'"{name}": "$context.authorizer.{name}"' for name in members)
    api.client.create_integration_response(
        ApiId=api.id,
        IntegrationId=mock,
        IntegrationResponseKey="$default",
        ResponseTemplates={"$default": f"{{{passed}}}"},
    )
    api.route("$connect", mock, AuthorizationType="CUSTOM", AuthorizerId=authorizer)
    api.route("who", mock, replies=True)
    yield api
    api.delete()
    aws("lambda").delete_function(FunctionName=name)


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("", {"X-Key": "k"}, 401),
        ("?token=good", {}, 401),
        ("?token=unauthorized", {"X-Key": "k"}, 401),
        ("?token=bad", {"X-Key": "k"}, 403),
        ("?token=broken", {"X-Key": "k"}, 500),
    ],
)
def test_an_authorizer_refuses(api: WebSocketApi, query: str, headers: dict[str, str], status: int) -> None:
    messages = {401: "Unauthorized", 403: "Forbidden", 500: "Internal server error"}
    assert api.refusal(query=query, additional_headers=headers) == (status, {"message": messages[status]})


def test_the_authorizers_context_goes_with_every_message_and_nothing_is_cached(api: WebSocketApi) -> None:
    seen = []
    for _ in range(2):
        with api.connect("?token=good", additional_headers={"X-Key": "k"}) as socket:
            seen.append(ask(socket, {"action": "who"}))
    first, second = seen
    assert (first["principalId"], first["key"], first["type"], first["route"]) == ("alice", "k", "REQUEST", "$connect")
    assert first["arn"] == f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api.id}/dev/$connect"
    assert int(second["calls"]) == int(first["calls"]) + 1


def test_only_the_connect_route_can_have_an_authorizer(api: WebSocketApi) -> None:
    [authorizer] = api.client.get_authorizers(ApiId=api.id)["Items"]
    protected = {"AuthorizationType": "CUSTOM", "AuthorizerId": authorizer["AuthorizerId"]}
    with pytest.raises(ClientError, match=r"authorization is restricted to the \$connect route"):
        api.client.create_route(ApiId=api.id, RouteKey="y", **protected)
