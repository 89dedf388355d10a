"""An OpenAPI 3 definition of an HTTP API, as the requests that make the API.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

_PREFIX = "x-amazon-apigateway-"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_ANY = f"{_PREFIX}any-method"
_INTEGRATION = f"{_PREFIX}integration"
_EXTENSIONS = {"cors", "importexport-version", "integrations", "authorizer", "integration", "any-method"}
_INTEGRATION_MEMBERS = {
    "type": "IntegrationType",
    "httpMethod": "IntegrationMethod",
    "uri": "IntegrationUri",
    "payloadFormatVersion": "PayloadFormatVersion",
    "connectionId": "ConnectionId",
    "connectionType": "ConnectionType",
    "timeoutInMillis": "TimeoutInMillis",
    "requestParameters": "RequestParameters",
    "responseParameters": "ResponseParameters",
    "tlsConfig": "TlsConfig",
    "credentials": "CredentialsArn",
    "description": "Description",
}
_AUTHORIZER_MEMBERS = {
    "type": "AuthorizerType",
    "jwtConfiguration": "JwtConfiguration",
    "identitySource": "IdentitySource",
    "authorizerUri": "AuthorizerUri",
    "authorizerPayloadFormatVersion": "AuthorizerPayloadFormatVersion",
    "authorizerResultTtlInSeconds": "AuthorizerResultTtlInSeconds",
    "enableSimpleResponses": "EnableSimpleResponses",
    "authorizerCredentialsArn": "AuthorizerCredentialsArn",
}
_STRUCTURES = ("JwtConfiguration", "TlsConfig")

Json = dict[str, Any]


class InvalidDefinition(ValueError):
    """The definition cannot be imported. The message says why."""


@dataclass(frozen=True)
class ImportedRoute:
    """A route: its key, its integration's request, and the name of its authorizer."""

    key: str
    integration: Json | None
    authorizer: str | None = None
    scopes: list[str] = field(default_factory=list)
    operation_name: str | None = None


@dataclass(frozen=True)
class Definition:
    """What a definition says: members of CreateApi, requests of CreateAuthorizer by their names, and routes."""

    api: Json
    authorizers: dict[str, Json]
    routes: list[ImportedRoute]


def parse(text: str) -> Definition:
    """Returns what a definition in JSON or YAML says. Raises InvalidDefinition."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidDefinition(f"Unable to parse API definition: {error}") from None
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        raise InvalidDefinition("Unable to parse API definition because of a missing or unsupported openapi version")
    try:
        return Definition(_api(document), dict(_authorizers(document)), list(_routes(document)))
    except (AttributeError, TypeError, KeyError) as error:
        raise InvalidDefinition(f"Unable to parse API definition: {error!r}") from None


def _api(document: Json) -> Json:
    _check_extensions(document)
    info = document.get("info") or {}
    found = {"Name": info.get("title") or "imported", "ProtocolType": "HTTP"}
    found |= {
        name: str(info[key]) for name, key in (("Version", "version"), ("Description", "description")) if key in info
    }
    if cors := document.get(f"{_PREFIX}cors"):
        found["CorsConfiguration"] = _capitalised(cors)
    return found


def _authorizers(document: Json) -> Iterator[tuple[str, Json]]:
    for name, scheme in _schemes(document).items():
        _check_extensions(scheme)
        if authorizer := scheme.get(f"{_PREFIX}authorizer"):
            request = {"Name": name, **_request(authorizer, _AUTHORIZER_MEMBERS, f"authorizer {name}")}
            request["AuthorizerType"] = str(request.get("AuthorizerType")).upper()
            if isinstance(source := request.get("IdentitySource"), str):
                request["IdentitySource"] = [part.strip() for part in source.split(",")]
            yield name, request


def _routes(document: Json) -> Iterator[ImportedRoute]:
    for path, item in (document.get("paths") or {}).items():
        for method, operation in item.items():
            if method not in (*_METHODS, _ANY):
                raise InvalidDefinition(f"paths.{path}.{method} is not supported by the local apigatewayv2 service")
            _check_extensions(operation)
            key = "$default" if path == "/$default" else f"{'ANY' if method == _ANY else method.upper()} {path}"
            authorizer, scopes = _security(document, operation, key)
            integration = _integration(document, operation, key)
            yield ImportedRoute(key, integration, authorizer, scopes, operation.get("operationId"))


def _security(document: Json, operation: Json, key: str) -> tuple[str | None, list[str]]:
    wanted = operation.get("security", document.get("security")) or []
    if not wanted:
        return None, []
    if len(wanted) != 1 or len(wanted[0]) != 1:
        raise InvalidDefinition(f"{key}: a route has one security requirement at most")
    [(name, scopes)] = wanted[0].items()
    if f"{_PREFIX}authorizer" not in (_schemes(document).get(name) or {}):
        raise InvalidDefinition(f"{key}: the security scheme {name} has no {_PREFIX}authorizer")
    return name, list(scopes or [])


def _integration(document: Json, operation: Json, key: str) -> Json | None:
    found = operation.get(_INTEGRATION)
    if found is None:
        return None
    if reference := found.get("$ref"):
        name = reference.rsplit("/", 1)[-1]
        found = ((document.get("components") or {}).get(f"{_PREFIX}integrations") or {}).get(name)
        if found is None:
            raise InvalidDefinition(f"{key}: {reference} does not exist")
    request = _request(found, _INTEGRATION_MEMBERS, f"integration of {key}")
    request["IntegrationType"] = str(request.get("IntegrationType")).upper()
    return request


def _request(given: Json, members: dict[str, str], what: str) -> Json:
    unknown = sorted(given.keys() - members.keys())
    if unknown:
        raise InvalidDefinition(f"{what}: {', '.join(unknown)} is not supported by the local apigatewayv2 service")
    request = {members[name]: value for name, value in given.items()}
    request |= {name: _capitalised(request[name]) for name in _STRUCTURES if name in request}
    return request


def _schemes(document: Json) -> Json:
    return (document.get("components") or {}).get("securitySchemes") or {}


def _check_extensions(value: Json) -> None:
    for name in value:
        if name.startswith(_PREFIX) and name.removeprefix(_PREFIX) not in _EXTENSIONS:
            raise InvalidDefinition(f"{name} is not supported by the local apigatewayv2 service")


def _capitalised(value: Json) -> Json:
    return {name[0].upper() + name[1:]: item for name, item in value.items()}
