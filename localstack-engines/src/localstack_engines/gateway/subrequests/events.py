"""The events that Lambda functions and Lambda authorizers receive, formats 1.0 and 2.0.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

_TEXT = ("text/", "application/json", "application/javascript", "application/xml")


@dataclass(frozen=True, kw_only=True)
class Call:
    """A client's request. Header names are in lower case; `path` includes the stage, `route_path` does not.

    `client_path` is what the client sent: at a custom domain it begins with the mapping's key and has no stage.
    """

    api_id: str
    account: str
    region: str
    stage: str
    route_key: str
    method: str
    path: str
    client_path: str
    route_path: str
    query: str
    headers: list[tuple[str, str]]
    source_ip: str
    domain: str
    request_id: str
    path_parameters: dict[str, str]
    stage_variables: dict[str, str]
    claims: dict[str, Any] | None = None
    scopes: list[str] | None = None
    authorizer: dict[str, Any] | None = None
    body: bytes = b""
    at: float = field(default_factory=time.time)

    def header(self, name: str) -> str | None:
        """Returns a header's value, its values joined by commas if there are several."""
        values = [value for key, value in self.headers if key == name]
        return ",".join(values) if values else None


def version_2(call: Call) -> dict:
    """Returns the event in format 2.0."""
    pairs = parse_qsl(call.query, keep_blank_values=True)
    cookies = [part.strip() for key, value in call.headers if key == "cookie" for part in value.split(";")]
    names = dict.fromkeys(key for key, _ in call.headers if key != "cookie")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": call.route_key,
        "rawPath": unquote(call.path),
        "rawQueryString": call.query,
        "headers": {name: call.header(name) for name in names},
        "requestContext": _context_2(call),
    }
    optional = {
        "cookies": cookies,
        "queryStringParameters": {key: ",".join(v for k, v in pairs if k == key) for key, _ in pairs},
        "pathParameters": call.path_parameters,
        "stageVariables": call.stage_variables,
    }
    event.update({key: value for key, value in optional.items() if value})
    return {**event, **_body(call, {})}


def version_1(call: Call) -> dict:
    """Returns the event in format 1.0."""
    pairs = parse_qsl(call.query, keep_blank_values=True)
    names = dict.fromkeys(key for key, _ in call.headers)
    return {
        "version": "1.0",
        "resource": _resource(call),
        "path": unquote(call.client_path),
        "httpMethod": call.method,
        "headers": {name: [v for k, v in call.headers if k == name][-1] for name in names},
        "multiValueHeaders": {name: [v for k, v in call.headers if k == name] for name in names},
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": {key: [v for k, v in pairs if k == key] for key, _ in pairs} or None,
        "requestContext": _context_1(call),
        "pathParameters": call.path_parameters or None,
        "stageVariables": call.stage_variables or None,
        **_body(call, {"body": None}),
    }


def authorizer_event(call: Call, version: str, identity: list[str]) -> dict:
    """Returns the event for a Lambda authorizer. It has no body."""
    event = version_2(call) if version == "2.0" else version_1(call)
    for key in ("body", "isBase64Encoded"):
        event.pop(key, None)
    arn = route_arn(call)
    if version == "2.0":
        return {**event, "type": "REQUEST", "routeArn": arn, "identitySource": identity}
    single = {"identitySource": ",".join(identity), "authorizationToken": ",".join(identity)}
    return {**event, "type": "REQUEST", "methodArn": arn, **single}


def route_arn(call: Call) -> str:
    """Returns the ARN that authorizers' policies refer to. It has the path of the request, not of the route."""
    resource = f"{call.api_id}/{call.stage}/{call.method}{call.route_path}"
    return f"arn:aws:execute-api:{call.region}:{call.account}:{resource}"


def _context_2(call: Call) -> dict:
    context: dict[str, Any] = {
        "accountId": call.account,
        "apiId": call.api_id,
        "domainName": call.domain,
        "domainPrefix": call.domain.partition(".")[0],
        "http": {
            "method": call.method,
            "path": unquote(call.path),
            "protocol": "HTTP/1.1",
            "sourceIp": call.source_ip,
            "userAgent": call.header("user-agent") or "",
        },
        "requestId": call.request_id,
        "routeKey": call.route_key,
        "stage": call.stage,
        "time": log_time(call.at),
        "timeEpoch": int(call.at * 1000),
    }
    if call.claims is not None:
        context["authorizer"] = {"jwt": {"claims": _as_text(call.claims), "scopes": call.scopes}}
    elif call.authorizer is not None:
        context["authorizer"] = {"lambda": call.authorizer}
    return context


def _context_1(call: Call) -> dict:
    context: dict[str, Any] = {
        "accountId": call.account,
        "apiId": call.api_id,
        "domainName": call.domain,
        "domainPrefix": call.domain.partition(".")[0],
        "extendedRequestId": call.request_id,
        "httpMethod": call.method,
        "identity": {"sourceIp": call.source_ip, "userAgent": call.header("user-agent")},
        "path": unquote(call.client_path),
        "protocol": "HTTP/1.1",
        "requestId": call.request_id,
        "requestTime": log_time(call.at),
        "requestTimeEpoch": int(call.at * 1000),
        "resourceId": call.route_key,
        "resourcePath": _resource(call),
        "stage": call.stage,
    }
    if call.claims is not None:
        context["authorizer"] = {"claims": _as_text(call.claims), "scopes": call.scopes}
    elif call.authorizer is not None:
        context["authorizer"] = call.authorizer
    return context


def _resource(call: Call) -> str:
    return call.route_key.partition(" ")[2] or call.route_key


def _body(call: Call, absent: dict) -> dict:
    if not call.body:
        return {**absent, "isBase64Encoded": False}
    media = (call.header("content-type") or "").lower()
    if media.startswith(_TEXT) and not call.header("content-encoding"):
        try:
            return {"body": call.body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(call.body).decode(), "isBase64Encoded": True}


def _as_text(claims: dict[str, Any]) -> dict[str, str]:
    """Returns claims as API Gateway passes them on: all of them strings, lists as "[a b]"."""
    return {key: _claim(value) for key, value in claims.items()}


def _claim(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "[" + " ".join(_claim(item) for item in value) + "]"
    return json.dumps(value)


def log_time(at: float) -> str:
    """Returns a time in Common Log Format."""
    return time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(at))
