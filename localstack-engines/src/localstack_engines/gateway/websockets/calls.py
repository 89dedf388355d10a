"""One event of a connection, and its descriptions: a Lambda function's event, and the values of expressions.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
"""

import base64
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_engines.gateway.subrequests.events import log_time
from localstack_engines.gateway.websockets.model import Stage, WebSocketApi
from localstack_engines.gateway.websockets.selection import parsed

_SPELLING = {"websocket": "WebSocket"}


def new_id() -> str:
    """Returns an identifier as API Gateway makes them for connections, requests and messages: "L0SM9cOFvHcCIhw="."""
    return base64.urlsafe_b64encode(os.urandom(11)).decode()


@dataclass(frozen=True, kw_only=True)
class Client:
    """Who is connected. `domain` is the host that the client named, `authorizer` what its authorizer passed on."""

    source_ip: str
    user_agent: str | None
    domain: str
    connection_id: str = field(default_factory=new_id)
    connected_at: float = field(default_factory=time.time)
    authorizer: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Call:
    """What happened on a connection. `kind` is CONNECT, MESSAGE or DISCONNECT. Header names are in lower case."""

    api: WebSocketApi
    stage: Stage
    route_key: str
    kind: str
    client: Client
    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    close_code: int | None = None
    close_reason: str = ""
    request_id: str = field(default_factory=new_id)
    message_id: str = field(default_factory=new_id)
    at: float = field(default_factory=time.time)

    def header(self, name: str) -> str | None:
        """Returns the first value of a header, whatever the case of its name, or None."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    def parameter(self, name: str) -> str | None:
        """Returns the last value of a parameter in the query, or None."""
        return dict(self.query).get(name)


def context(call: Call) -> dict[str, Any]:
    """Returns the request's context, as functions, templates and expressions see it."""
    described: dict[str, Any] = {
        "routeKey": call.route_key,
        "eventType": call.kind,
        "extendedRequestId": call.request_id,
        "requestTime": log_time(call.at),
        "messageDirection": "IN",
        "stage": call.stage.name,
        "connectedAt": int(call.client.connected_at * 1000),
        "requestTimeEpoch": int(call.at * 1000),
        "identity": {"sourceIp": call.client.source_ip},
        "requestId": call.request_id,
        "domainName": call.client.domain,
        "connectionId": call.client.connection_id,
        "apiId": call.api.id,
    }
    if call.client.user_agent:
        described["identity"]["userAgent"] = call.client.user_agent
    if call.client.authorizer is not None:
        described["authorizer"] = dict(call.client.authorizer)
    if call.kind == "MESSAGE":
        described["messageId"] = call.message_id
    if call.close_code is not None:
        described |= {"disconnectStatusCode": call.close_code, "disconnectReason": call.close_reason}
    return described


def event(call: Call) -> dict[str, Any]:
    """Returns the event for a Lambda proxy integration."""
    described: dict[str, Any] = {**_parameters(call), "requestContext": context(call)}
    if call.stage.variables:
        described["stageVariables"] = dict(call.stage.variables)
    if call.body is not None:
        described["body"] = call.body
    return {**described, "isBase64Encoded": False}


def authorizer_event(call: Call) -> dict[str, Any]:
    """Returns the event for the Lambda authorizer of `$connect`."""
    return {
        "type": "REQUEST",
        "methodArn": method_arn(call),
        **_parameters(call),
        "queryStringParameters": dict(call.query),
        "multiValueQueryStringParameters": _multiple(call.query),
        "stageVariables": dict(call.stage.variables),
        "requestContext": context(call),
    }


def method_arn(call: Call) -> str:
    """Returns the ARN of the route, to which an authorizer's policy refers."""
    resource = f"{call.api.id}/{call.stage.name}/{call.route_key}"
    return f"arn:aws:execute-api:{call.api.region}:{call.api.account}:{resource}"


def values(call: Call) -> dict[str, Any]:
    """Returns what expressions can refer to."""
    return {
        "request": {
            "body": parsed(call.body),
            "header": {**dict(call.headers), **{_spelled(name): value for name, value in call.headers}},
            "querystring": dict(call.query),
        },
        "context": context(call),
        "stageVariables": dict(call.stage.variables),
    }


def _parameters(call: Call) -> dict[str, Any]:
    described: dict[str, Any] = {}
    if call.headers:
        headers = [(_spelled(name), value) for name, value in call.headers]
        described |= {"headers": dict(headers), "multiValueHeaders": _multiple(headers)}
    if call.query:
        described |= {"queryStringParameters": dict(call.query)}
        described |= {"multiValueQueryStringParameters": _multiple(call.query)}
    return described


def _multiple(pairs: Any) -> dict[str, list[str]]:
    return {name: [value for key, value in pairs if key == name] for name, _ in pairs}


def _spelled(name: str) -> str:
    """Returns a header's name as clients usually write it. HAProxy passes names on in lower case."""
    return "-".join(_SPELLING.get(word, word.capitalize()) for word in name.split("-"))
