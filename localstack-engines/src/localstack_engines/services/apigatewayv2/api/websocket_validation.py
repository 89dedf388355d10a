"""Checks of requests for WebSocket APIs. Each raises an error with AWS's code and wording."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from localstack_engines.gateway import stage_variables
from localstack_engines.gateway.urls import http_url
from localstack_engines.gateway.websockets import parameters, selection
from localstack_engines.gateway.websockets.model import CONNECT, DEFAULT, DISCONNECT, MAX_INTEGRATION_SECONDS
from localstack_engines.services.apigatewayv2.api.validation import LAMBDA, METHODS
from localstack_engines.services.apigatewayv2.errors import bad_request, not_supported

DEFAULT_SELECTION = "$request.body.action"

_HTTP_ONLY = {
    "api": ("CorsConfiguration", "RouteKey", "Target"),
    "route": ("AuthorizationScopes",),
    "integration": ("IntegrationSubtype", "ResponseParameters", "TlsConfig"),
    "authorizer": ("AuthorizerPayloadFormatVersion", "EnableSimpleResponses", "JwtConfiguration"),
}
_WEBSOCKET_ONLY = {
    "route": ("ModelSelectionExpression", "RequestModels", "RequestParameters", "RouteResponseSelectionExpression"),
    "integration": ("PassthroughBehavior", "RequestTemplates", "TemplateSelectionExpression"),
}
_IDENTITY = re.compile(r"route\.request\.(header|querystring)\.[\w.!#$&^`|~-]+|(stageVariables|context)\.[\w.-]+")
_MAX_MILLISECONDS = int(MAX_INTEGRATION_SECONDS * 1000)


def check_members(kind: str, protocol: str, request: Mapping[str, Any]) -> None:
    """Checks that a request for an API or a part of one has only members that its protocol has."""
    members = (_HTTP_ONLY if protocol == "WEBSOCKET" else _WEBSOCKET_ONLY).get(kind, ())
    for member in members:
        if request.get(member):
            raise bad_request(f"{member} is not supported on protocolType {protocol}")


def check_selection(request: Mapping[str, Any], member: str) -> None:
    """Checks the selection expression in a member of a request, if it has one."""
    expression = request.get(member)
    if expression and (unknown := selection.unknown_reference(expression)):
        raise bad_request(f"Invalid selection expression specified: {expression} refers to {unknown}")


def check_route_selection(request: Mapping[str, Any]) -> None:
    """Checks the expression that selects a message's route."""
    check_selection(request, "RouteSelectionExpression")
    expression = request.get("RouteSelectionExpression")
    if expression and not selection.refers_to_message(expression):
        raise bad_request(f"Invalid route selection expression {expression}: it must refer to $request.body")


def check_route(route: Mapping[str, Any], authorizers: Mapping[str, Any], models: Iterable[str]) -> None:
    """Checks a whole route, except its target and whether its key is free."""
    key, kind = route["RouteKey"], route.get("AuthorizationType") or "NONE"
    if not key.strip() or (key.startswith("$") and key not in (CONNECT, DISCONNECT, DEFAULT)):
        raise bad_request(f"The provided route key {key} is not formatted properly for WEBSOCKET protocol")
    if kind != "NONE" and key != CONNECT:
        raise bad_request(f"Currently, authorization is restricted to the {CONNECT} route")
    if kind == "AWS_IAM":
        raise bad_request("Authorization type AWS_IAM is not supported by the local API Gateway")
    if kind == "JWT":
        raise bad_request("Authorization type JWT is not supported on protocolType WEBSOCKET")
    if kind == "CUSTOM" and route.get("AuthorizerId") not in authorizers:
        raise bad_request("Invalid authorizer ID specified. Setting the authorization type to CUSTOM requires one.")
    if route.get("RouteResponseSelectionExpression") not in (None, "", DEFAULT):
        raise bad_request(f"The route response selection expression must be {DEFAULT}")
    _check_request(route, models)


def _check_request(route: Mapping[str, Any], models: Iterable[str]) -> None:
    required = route.get("RequestParameters") or {}
    if required and route["RouteKey"] != CONNECT:
        raise bad_request(f"Request parameters are only supported for the {CONNECT} route")
    for name in required:
        if not parameters.REQUIRABLE.fullmatch(name):
            raise bad_request(f"Invalid request parameter specified: {name}")
    check_selection(route, "ModelSelectionExpression")
    wanted = route.get("RequestModels") or {}
    if wanted and not route.get("ModelSelectionExpression"):
        raise bad_request("RequestModels need a ModelSelectionExpression")
    check_model_names(wanted, models)


def check_model_names(wanted: Mapping[str, str], models: Iterable[str]) -> None:
    """Checks that the models exist to which a route or a route response refers by name."""
    for name in set(wanted.values()) - set(models):
        raise bad_request(f"Invalid model name specified: {name}")


def check_integration(integration: Mapping[str, Any]) -> None:
    """Checks a whole integration: after an update, what it was with the request's changes."""
    kind, uri = integration.get("IntegrationType"), integration.get("IntegrationUri") or ""
    if kind == "AWS":
        raise not_supported("Integration type AWS")
    if integration.get("ConnectionType") == "VPC_LINK":
        raise not_supported("A private integration of a WebSocket API")
    if integration.get("PayloadFormatVersion") not in (None, "", "1.0"):
        raise bad_request("PayloadFormatVersion must be 1.0 for WEBSOCKET protocol")
    timeout = integration.get("TimeoutInMillis")
    if timeout is not None and not 50 <= timeout <= _MAX_MILLISECONDS:
        raise bad_request(f"Timeout should be between 50 ms and {_MAX_MILLISECONDS} ms")
    if kind == "AWS_PROXY" and not LAMBDA.match(uri):
        raise bad_request("Integration URI must be a valid Lambda function ARN")
    if kind in ("HTTP", "HTTP_PROXY"):
        _check_http(integration, uri)
    if kind in ("AWS_PROXY", "HTTP_PROXY") and integration.get("RequestTemplates"):
        raise bad_request(f"Request templates are not supported for integration type {kind}")
    check_selection(integration, "TemplateSelectionExpression")
    for target, source in (integration.get("RequestParameters") or {}).items():
        if not parameters.is_valid(target, source):
            raise bad_request(f"Invalid mapping expression specified: {target}: {source}")


def _check_http(integration: Mapping[str, Any], uri: str) -> None:
    if integration.get("IntegrationMethod") not in METHODS:
        raise bad_request(f"Invalid HTTP method specified: {integration.get('IntegrationMethod')}")
    if http_url(stage_variables.REFERENCE.sub("1", uri)) is None:
        raise bad_request("Invalid HTTP endpoint specified for URI")


def check_authorizer(authorizer: Mapping[str, Any]) -> None:
    """Checks a whole authorizer."""
    if authorizer.get("AuthorizerType") != "REQUEST":
        raise bad_request("AuthorizerType must be REQUEST for WEBSOCKET protocol")
    if not LAMBDA.match(authorizer.get("AuthorizerUri") or ""):
        raise bad_request("Authorizer URI must be a valid Lambda function ARN")
    if not authorizer.get("Name"):
        raise bad_request("Name is a required parameter")
    if authorizer.get("AuthorizerResultTtlInSeconds"):
        raise bad_request("AuthorizerResultTtlInSeconds is not supported on protocolType WEBSOCKET")
    for source in authorizer.get("IdentitySource") or []:
        if not _IDENTITY.fullmatch(source):
            raise bad_request(f"Invalid identity source specified: {source}")


def check_response_key(key: str) -> None:
    """Checks the key of an integration response: "$default", or a pattern in slashes."""
    if key == DEFAULT:
        return
    try:
        re.compile(key.strip("/"))
    except re.error:
        key = ""
    if not re.fullmatch(r"/.+/", key):
        raise bad_request("Integration response key must be $default or a regular expression in slashes")
