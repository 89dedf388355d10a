"""Integrations of WebSocket APIs: Lambda functions, HTTP endpoints and mocks. Everything here may block.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integrations.html
"""

import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from localstack_engines.gateway import stage_variables
from localstack_engines.gateway.subrequests.lambda_functions import (
    FunctionFailed,
    FunctionNotInvoked,
    function_arn,
    invoke,
)
from localstack_engines.gateway.websockets import templates
from localstack_engines.gateway.websockets.calls import Call, event
from localstack_engines.gateway.websockets.model import CONNECT, DEFAULT, Integration, Route
from localstack_engines.gateway.websockets.parameters import request_parameters
from localstack_engines.gateway.websockets.templates import TemplateFailed

_NOT_FORWARDED = ("connection", "content-length", "host", "upgrade", "transfer-encoding")
"""Headers of the handshake that belong to the client's connection. Those of the WebSocket itself are left out too."""


@dataclass(frozen=True)
class Answer:
    """What an integration answered. Header names are in lower case."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300


class IntegrationFailed(Exception):
    """The integration gave no valid answer. `status` is that of a refused handshake, `message` is for the client."""

    def __init__(self, status: HTTPStatus, cause: str, message: str = "Internal server error") -> None:
        super().__init__(cause)
        self.status = status
        self.message = message


def run(route: Route, call: Call) -> Answer:
    """Returns the integration's answer, as the client gets it. Raises IntegrationFailed."""
    integration = route.integration
    if integration is None:
        raise IntegrationFailed(HTTPStatus.INTERNAL_SERVER_ERROR, f"the route {route.key} has no integration")
    try:
        if integration.kind == "AWS_PROXY":
            return _function(integration, call)
        if integration.kind == "HTTP_PROXY":
            return _http(integration, call, call.body or "")
        body = _request_body(integration, call)
        answer = _mock(body) if integration.kind == "MOCK" else _http(integration, call, body)
        return _transformed(integration, answer, call)
    except TemplateFailed as failure:
        raise IntegrationFailed(HTTPStatus.INTERNAL_SERVER_ERROR, f"mapping template: {failure}") from failure


def _function(integration: Integration, call: Call) -> Answer:
    try:
        result = invoke(function_arn(integration.uri, dict(call.stage.variables)), event(call))
    except FunctionNotInvoked as failure:
        raise IntegrationFailed(HTTPStatus.INTERNAL_SERVER_ERROR, str(failure)) from failure
    except FunctionFailed as failure:
        raise IntegrationFailed(HTTPStatus.BAD_GATEWAY, str(failure)) from failure
    try:
        status = int(result["statusCode"])
        body = result.get("body")
        headers = {str(name).lower(): str(value) for name, value in (result.get("headers") or {}).items()}
    except (TypeError, ValueError, KeyError, AttributeError):
        raise IntegrationFailed(HTTPStatus.BAD_GATEWAY, "the function returned no valid response") from None
    return Answer(status, body if isinstance(body, str) else "" if body is None else json.dumps(body), headers)


def _request_body(integration: Integration, call: Call) -> str:
    template = templates.selected(integration.request_templates, integration.template_selection, call)
    if template is not None:
        return templates.render(template, call.body or "", call)
    passes = integration.passthrough == "WHEN_NO_MATCH" or (
        integration.passthrough == "WHEN_NO_TEMPLATES" and not integration.request_templates
    )
    if not passes:
        message = "Unsupported Media Type"
        raise IntegrationFailed(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "no template is selected", message)
    return call.body or ""


def _mock(body: str) -> Answer:
    """Returns the answer that the request template describes: its `statusCode`."""
    try:
        described = json.loads(body or "{}")
        return Answer(int(described.get("statusCode", HTTPStatus.OK)))
    except (ValueError, TypeError, AttributeError):
        raise IntegrationFailed(HTTPStatus.INTERNAL_SERVER_ERROR, f"a mock has no status in {body!r}") from None


def _http(integration: Integration, call: Call, body: str) -> Answer:
    import requests

    url = stage_variables.resolve(integration.uri, call.stage.variables)
    mapped = request_parameters(integration.request_parameters, call)
    for name, value in mapped.path.items():
        url = url.replace(f"{{{name}}}", value)
    query = [*call.query, *mapped.query.items()]
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query)
    headers = {"content-type": "application/json", "user-agent": "AmazonAPIGateway", **_forwarded(call)}
    method = _method(integration, call)
    try:
        with requests.Session() as session:
            # As HAProxy does it for HTTP APIs: no proxy of the environment, and the system's authorities.
            session.trust_env = False
            session.verify = ssl.get_default_verify_paths().cafile or True
            answer = session.request(
                method,
                url,
                headers={**headers, **mapped.headers},
                data=body.encode() if body else None,
                timeout=integration.timeout_seconds,
                allow_redirects=False,
            )
    except requests.Timeout as failure:
        raise timed_out(failure) from failure
    except requests.RequestException as failure:
        raise IntegrationFailed(HTTPStatus.INTERNAL_SERVER_ERROR, str(failure)) from failure
    if "charset" not in answer.headers.get("content-type", ""):
        # For text of any kind `requests` assumes Latin-1, as HTTP once did. A WebSocket's text is UTF-8.
        answer.encoding = "utf-8"
    return Answer(answer.status_code, answer.text, {name.lower(): value for name, value in answer.headers.items()})


def timed_out(cause: Exception) -> IntegrationFailed:
    """Returns the error for an integration that did not answer in time."""
    return IntegrationFailed(HTTPStatus.GATEWAY_TIMEOUT, str(cause), "Endpoint request timed out")


def _method(integration: Integration, call: Call) -> str:
    if integration.method != "ANY":
        return integration.method
    return "GET" if call.route_key == CONNECT else "POST"


def _forwarded(call: Call) -> dict[str, str]:
    """Returns the client's headers for a proxy integration. Only a handshake has any."""
    return {
        name: value
        for name, value in call.headers
        if name not in _NOT_FORWARDED and not name.startswith("sec-websocket-")
    }


def _transformed(integration: Integration, answer: Answer, call: Call) -> Answer:
    """Returns the answer as the matching integration response changes it, or unchanged when there is none."""
    response = _matching(integration, answer.status)
    if response is None:
        return answer
    template = templates.selected(response.templates, response.template_selection, call)
    if template is None:
        return answer
    return Answer(answer.status, templates.render(template, answer.body, call), answer.headers)


def _matching(integration: Integration, status: int) -> Any:
    """Returns the integration response for a status: the pattern that fits all of it, else the default."""
    for response in integration.responses:
        if response.key != DEFAULT and re.fullmatch(response.key.strip("/"), str(status)):
            return response
    return next((response for response in integration.responses if response.key == DEFAULT), None)
