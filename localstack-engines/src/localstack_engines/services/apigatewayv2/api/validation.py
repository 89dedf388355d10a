"""Checks of requests. Each raises an error with AWS's code and wording."""

import re
from collections.abc import Callable, Collection
from typing import Any

from localstack_engines.gateway import stage_variables
from localstack_engines.gateway.configuration.expressions import Scope, UnknownExpression
from localstack_engines.gateway.configuration.jwt import identity
from localstack_engines.gateway.configuration.parameter_mapping import request_rules, response_rules
from localstack_engines.gateway.urls import http_url
from localstack_engines.services.apigatewayv2.api.service_integrations import check_service_integration
from localstack_engines.services.apigatewayv2.errors import bad_request, no_route

_ROUTE_KEY = re.compile(r"(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) (/\S*)")
_SEGMENT = re.compile(r"\{[\w.:-]+\+?\}|[^{}|]*")
_ROUTE_SELECTIONS = ("${request.method} ${request.path}", "$request.method $request.path")
_STAGE_NAME = re.compile(r"\$default|[A-Za-z0-9_-]{1,128}")
_PRIVATE = re.compile(
    r"arn:aws[\w-]*:(servicediscovery:[\w-]+:\d+:service/|elasticloadbalancing:[\w-]+:\d+:listener/(app|net)/)"
)
METHODS = {"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
LAMBDA = re.compile(r"arn:aws[\w-]*:(lambda:[\w-]+:\d+:function:|apigateway:[\w-]+:lambda:path/)")


def check_api(request: dict) -> None:
    """Checks what APIs of both protocols have."""
    if request.get("ProtocolType") not in ("HTTP", "WEBSOCKET"):
        raise bad_request("Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]")
    if not request.get("Name"):
        raise bad_request("Name is a required parameter")
    custom = (request.get("Tags") or {}).get("_custom_id_")
    if custom is not None and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", custom):
        raise bad_request(f"Invalid value for tag _custom_id_: '{custom}' cannot be a DNS label")
    check_cors(request.get("CorsConfiguration") or {})


def check_route_selection(request: dict) -> None:
    expression = request.get("RouteSelectionExpression")
    if expression and expression not in _ROUTE_SELECTIONS:
        raise bad_request(f"Route selection expression must be {_ROUTE_SELECTIONS[0]} for HTTP protocol")


def check_cors(cors: dict) -> None:
    for origin in cors.get("AllowOrigins") or []:
        if origin != "*" and not re.fullmatch(r"[a-z][a-z0-9+.-]*://\S+", origin):
            raise bad_request(f"Invalid format for origin {origin}. Must include scheme.")
    if cors.get("AllowCredentials") and "*" in (cors.get("AllowOrigins") or []):
        raise bad_request("For CORS configuration, allowCredentials: true is not allowed with allowOrigins: *")


def check_route_key(key: str) -> None:
    if key == "$default":
        return
    found = _ROUTE_KEY.fullmatch(key)
    if not found:
        raise bad_request(
            "The provided route key is not formatted properly for HTTP protocol. "
            'Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"'
        )
    segments = found[2][1:].split("/")
    if not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise bad_request(f"Resource path {found[2]} has an invalid path variable: it must be a whole segment")
    if any(segment.endswith("+}") for segment in segments[:-1]):
        raise bad_request("Greedy path variable may only be at the end of the path")


def check_stage_name(name: str) -> None:
    if not _STAGE_NAME.fullmatch(name):
        raise bad_request("Stage name only allows a-zA-Z0-9_- or $default")


def check_stage_settings(request: dict, route_keys: Collection[str], protocol: str) -> None:
    """Checks the settings in a request for a stage of an API that has these routes."""
    settings = request.get("RouteSettings") or {}
    for key in settings:
        if key not in route_keys:
            raise no_route(key)
    for setting in (request.get("DefaultRouteSettings") or {}, *settings.values()):
        if setting.get("LoggingLevel", "OFF") != "OFF" or setting.get("DataTraceEnabled"):
            where = "on protocolType HTTP" if protocol == "HTTP" else "by the local API Gateway"
            raise bad_request(f"Execution logs are not supported {where}")


def check_integration(integration: dict) -> None:
    """Checks a whole integration: after an update, what it was with the request's changes."""
    timeout = integration.get("TimeoutInMillis")
    if timeout is not None and not 50 <= timeout <= 30000:
        raise bad_request("Timeout should be between 50 ms and 30000 ms")
    if integration.get("IntegrationSubtype"):
        check_service_integration(integration)
    else:
        _check_target(integration)
        _check_rules(request_rules, tuple((integration.get("RequestParameters") or {}).items()))
    mappings = integration.get("ResponseParameters") or {}
    _check_rules(response_rules, tuple((status, tuple(group.items())) for status, group in mappings.items()))


def check_authorizer(authorizer: dict) -> None:
    """Checks a whole authorizer, except whether its issuer answers."""
    kind = authorizer.get("AuthorizerType")
    sources = authorizer.get("IdentitySource") or []
    if kind == "JWT":
        jwt = authorizer.get("JwtConfiguration") or {}
        if http_url(jwt.get("Issuer") or "") is None:
            raise bad_request(f"Invalid issuer: {jwt.get('Issuer')}. Issuer must have a valid URL")
        if not jwt.get("Audience"):
            raise bad_request("Audience is a required parameter for JWT authorizer")
        if len(sources) != 1:
            raise bad_request("JWT authorizer must have exactly one identity source")
    elif kind == "REQUEST":
        if authorizer.get("AuthorizerPayloadFormatVersion") not in ("1.0", "2.0"):
            raise bad_request("AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer")
        if not LAMBDA.match(authorizer.get("AuthorizerUri") or ""):
            raise bad_request("Authorizer URI must be a valid Lambda function ARN")
    else:
        raise bad_request("AuthorizerType must be one of [REQUEST, JWT]")
    if not authorizer.get("Name"):
        raise bad_request("Name is a required parameter")
    for source in sources:
        _check_identity_source(source)


def _check_identity_source(source: str) -> None:
    if source.startswith(("$context.", "$stageVariables.")):
        return
    try:
        identity(source)
    except ValueError:
        raise bad_request(f"Invalid identity source specified: {source}") from None


def _check_target(integration: dict) -> None:
    kind = integration.get("IntegrationType")
    if kind not in ("AWS_PROXY", "HTTP_PROXY"):
        raise bad_request(f"Integration type {kind} is not supported for HTTP APIs: must be AWS_PROXY or HTTP_PROXY")
    uri = integration.get("IntegrationUri")
    if not uri:
        raise bad_request("IntegrationUri is a required parameter")
    _check_lambda(integration, uri) if kind == "AWS_PROXY" else _check_proxy(integration, uri)


def _check_lambda(integration: dict, uri: str) -> None:
    if not LAMBDA.match(uri):
        raise bad_request("Integration URI must be a valid Lambda function ARN")
    if integration.get("PayloadFormatVersion") not in ("1.0", "2.0"):
        raise bad_request("PayloadFormatVersion is a required parameter for integration")


def _check_proxy(integration: dict, uri: str) -> None:
    method = integration.get("IntegrationMethod")
    if not method:
        raise bad_request("HttpMethod is a required parameter for integration")
    if method not in METHODS:
        raise bad_request(f"Invalid HTTP method specified: {method}")
    if integration.get("ConnectionType") == "VPC_LINK":
        if not integration.get("ConnectionId"):
            raise bad_request("ConnectionId is a required parameter for VPC_LINK integration")
        if not _PRIVATE.match(uri):
            raise bad_request(
                "Integration URI for a private integration must be the ARN of a load balancer's listener or of a Cloud "
                "Map service"
            )
        return
    # "1" may stand for a port, too.
    if http_url(stage_variables.REFERENCE.sub("1", uri)) is None or any(c in uri for c in " \t\r\n"):
        raise bad_request("Invalid HTTP endpoint specified for URI")


def _check_rules(rules: Callable[[Any, Scope], list[str]], parameters: tuple[Any, ...]) -> None:
    # Path variables belong to routes, so any name is accepted here.
    try:
        rules(parameters, Scope(path_variables=_AnyVariable()))
    except (UnknownExpression, KeyError, ValueError) as error:
        raise bad_request(f"Invalid mapping expression specified: {error}") from None


class _AnyVariable(dict):
    """Path variables in which every name exists."""

    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: str) -> tuple[int, bool]:
        return (1, False)
