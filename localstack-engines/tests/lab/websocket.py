"""WebSocket APIs of tests, and their clients."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from lab import localstack

SECONDS = 30
"""How long a client waits for a message on a busy machine."""


def invocation_uri(arn: str) -> str:
    """Returns the URI by which an integration or authorizer names a function."""
    return f"arn:aws:apigateway:{localstack.REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"


class WebSocketApi:
    """A WebSocket API with a stage "dev", and short ways to configure and call it."""

    def __init__(self, client: Any, **stage: Any) -> None:
        self.client = client
        self.id = str(client.create_api(Name="test", ProtocolType="WEBSOCKET")["ApiId"])
        client.create_stage(ApiId=self.id, StageName="dev", AutoDeploy=True, **stage)

    def integration(self, kind: str, **options: Any) -> str:
        return str(self.client.create_integration(ApiId=self.id, IntegrationType=kind, **options)["IntegrationId"])

    def function(self, arn: str) -> str:
        return self.integration("AWS_PROXY", IntegrationUri=invocation_uri(arn))

    def route(self, key: str, integration: str, *, replies: bool = False, **options: Any) -> str:
        target = f"integrations/{integration}"
        route = str(self.client.create_route(ApiId=self.id, RouteKey=key, Target=target, **options)["RouteId"])
        if replies:
            self.client.create_route_response(ApiId=self.id, RouteId=route, RouteResponseKey="$default")
        return route

    def connect(self, query: str = "", stage: str = "dev", **options: Any) -> AbstractContextManager[ClientConnection]:
        """Connects at the address that has the API in its path."""
        return connect(
            f"{localstack.ENDPOINT.replace('http', 'ws', 1)}/_aws/execute-api/{self.id}/{stage}{query}",
            open_timeout=SECONDS,
            proxy=None,
            **options,
        )

    def refusal(self, **options: Any) -> tuple[int, dict[str, Any]]:
        """Returns status and body of the answer to a handshake that must be refused."""
        with pytest.raises(InvalidStatus) as refused, self.connect(**options):
            pass
        answer = refused.value.response
        return answer.status_code, json.loads(answer.body)

    @property
    def connections(self) -> Any:
        """A client of @connections at the stage's own address."""
        url = f"{localstack.ENDPOINT}/_aws/execute-api/{self.id}/dev"
        return localstack.client("apigatewaymanagementapi", endpoint_url=url)

    def delete(self) -> None:
        self.client.delete_api(ApiId=self.id)


def ask(socket: ClientConnection, message: Any) -> Any:
    """Sends a message and returns the answer; both are JSON."""
    socket.send(json.dumps(message))
    return receive(socket)


def receive(socket: ClientConnection) -> Any:
    return json.loads(socket.recv(timeout=SECONDS))


def close_code(socket: ClientConnection, cause: Callable[[], Any]) -> int:
    """Returns the code with which the gateway closes the connection because of an action."""
    with pytest.raises(ConnectionClosed) as closed:
        _act_and_wait(socket, cause)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def _act_and_wait(socket: ClientConnection, cause: Callable[[], Any]) -> None:
    cause()
    socket.recv(timeout=SECONDS)
