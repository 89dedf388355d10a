"""Reads an OpenAPI 3 definition of an HTTP API.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import yaml

from localstack_engines.services.apigatewayv2.control.openapi import names
from localstack_engines.services.apigatewayv2.control.openapi.definition import (
    Definition,
    ImportedRoute,
    InvalidDefinition,
    Json,
)

_UNSUPPORTED = "is not supported by the local apigatewayv2 service"
_OF_A_PATH = {"parameters", "summary", "description", "servers"}
_TYPES = ("AWS_PROXY", "HTTP_PROXY")


def parse(text: str, base_path: str = "ignore", variables: Mapping[str, str] | None = None) -> Definition:
    """Returns what a definition in JSON or YAML says. Raises InvalidDefinition.

    `base_path` says what becomes of the path of the definition's server: "ignore", "prepend", or "split", which
    prepends all of it but its first segment. `variables` are values for `${AWS::Region}` and the like by their names.
    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/import-api-aws-variables.html
    """
    for name, value in (variables or {}).items():
        text = text.replace(f"${{{name}}}", value)
    try:
        # Keys such as status codes, and dates, are text in JSON.
        document = json.loads(json.dumps(yaml.safe_load(text), default=str))
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise InvalidDefinition(f"Unable to parse API definition: {error}") from None
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        raise InvalidDefinition("Unable to parse API definition because of a missing or unsupported openapi version")
    try:
        return _Reader(document, base_path).definition()
    except InvalidDefinition:
        raise
    except (AttributeError, TypeError, KeyError, ValueError) as error:
        raise InvalidDefinition(f"Unable to parse API definition: {error!r}") from None


class _Reader:
    def __init__(self, document: Json, base_path: str) -> None:
        self._document = document
        self._components = document.get("components") or {}
        self._schemes: Json = self._components.get("securitySchemes") or {}
        self._servers: list[Json] = document.get("servers") or []
        self._base_path = _base_path(self._servers, base_path)
        self._integrations: dict[str, Json] = {}
        self._info: list[str] = []
        self._warnings: list[str] = []

    def definition(self) -> Definition:
        self._check_extensions(self._document, "The definition")
        if self._components.get("schemas"):
            self._info.append("components.schemas: models are not supported for HTTP APIs. Ignoring.")
        api, authorizers, routes = self._api(), self._authorizers(), self._routes()
        return Definition(api, self._integrations, authorizers, routes, self._info, self._warnings)

    def _api(self) -> Json:
        info = self._document.get("info") or {}
        found: Json = {"Name": str(info.get("title") or "imported"), "ProtocolType": "HTTP"}
        found |= {
            name: str(info[key])
            for name, key in (("Version", "version"), ("Description", "description"))
            if key in info
        }
        if cors := self._document.get(names.CORS):
            if isinstance(cors, dict):
                found["CorsConfiguration"] = cors
            else:
                self._warnings.append("CORS Scheme is malformed, ignoring.")
        tags = {tag["name"]: str(tag[names.TAG_VALUE]) for tag in self._tags() if names.TAG_VALUE in tag}
        found |= {"Tags": tags} if tags else {}
        for server in self._servers:
            endpoint = server.get(names.ENDPOINT) or {}
            if "disableExecuteApiEndpoint" in endpoint:
                found["DisableExecuteApiEndpoint"] = endpoint["disableExecuteApiEndpoint"]
        return found

    def _tags(self) -> list[Json]:
        return self._document.get("tags") or []

    def _authorizers(self) -> dict[str, Json]:
        found = {}
        for name, scheme in self._schemes.items():
            self._check_extensions(scheme, f"The security scheme {name}")
            if authorizer := scheme.get(names.AUTHORIZER):
                request = {"Name": name, **_request(authorizer, names.AUTHORIZER_MEMBERS, f"authorizer {name}")}
                request["AuthorizerType"] = str(request.get("AuthorizerType")).upper()
                if isinstance(source := request.get("IdentitySource"), str):
                    request["IdentitySource"] = [part.strip() for part in source.split(",")]
                found[name] = request
        return found

    def _routes(self) -> list[ImportedRoute]:
        return [
            self._route(path, method, operation)
            for path, item in (self._document.get("paths") or {}).items()
            for method, operation in item.items()
            if self._is_operation(path, method)
        ]

    def _is_operation(self, path: str, name: str) -> bool:
        """Returns whether this member of a path is an operation of HTTP APIs."""
        if name in (*names.METHODS, names.ANY_METHOD):
            return True
        if name == "trace":
            self._warnings.append(f"{path}: the method TRACE is not supported for HTTP APIs. Ignoring.")
        elif name == "$ref" or name.startswith(names.PREFIX) or not (name in _OF_A_PATH or name.startswith("x-")):
            raise InvalidDefinition(f"paths.{path}.{name} {_UNSUPPORTED}")
        return False

    def _route(self, path: str, method: str, operation: Json) -> ImportedRoute:
        verb = "ANY" if method == names.ANY_METHOD else method.upper()
        key = "$default" if path == names.DEFAULT_PATH else f"{verb} {self._base_path}{path}"
        self._check_extensions(operation, key)
        if "requestBody" in operation:
            self._info.append(f"{key}: request bodies are not validated by HTTP APIs. Ignoring requestBody.")
        integration = self._integration(operation, key)
        name = operation.get("operationId")
        return ImportedRoute(key, integration, **self._security(operation, key), operation_name=name)

    def _security(self, operation: Json, key: str) -> Json:
        wanted = operation.get("security", self._document.get("security")) or []
        if not wanted or wanted == [{}]:
            return {}
        if len(wanted) != 1 or len(wanted[0]) != 1:
            raise InvalidDefinition(f"{key}: a route has one security requirement at most")
        [(name, scopes)] = wanted[0].items()
        scheme = self._schemes.get(name) or {}
        if name == "NONE" and not scheme:
            # SAM writes this for a route that has no authorizer, in spite of a default authorizer.
            return {}
        if scheme.get(names.AUTH_TYPE) == "awsSigv4":
            return {"authorization": "AWS_IAM"}
        if not scheme.get(names.AUTHORIZER):
            raise InvalidDefinition(f"{key}: the security scheme {name} has no {names.AUTHORIZER}")
        return {"authorizer": name, "scopes": list(scopes or [])}

    def _integration(self, operation: Json, key: str) -> str | None:
        """Returns the name of a route's integration. Routes that refer to the same one share it."""
        name, found = key, operation.get(names.INTEGRATION)
        if found is None:
            return None
        if reference := found.get("$ref"):
            name = reference.rsplit("/", 1)[-1]
            found = (self._components.get(names.INTEGRATIONS) or {}).get(name)
            if found is None:
                raise InvalidDefinition(f"{key}: {reference} does not exist")
            name = f"$ref {name}"
        kind = str(found.get("type")).upper()
        if kind not in _TYPES:
            self._warnings.append(f"{key}: the integration type {kind} is not supported for HTTP APIs. Ignoring.")
            return None
        left_out = sorted(found.keys() & names.REST_API_INTEGRATION_MEMBERS)
        self._info += [
            f"{key}: {member} of an integration is not supported for HTTP APIs. Ignoring." for member in left_out
        ]
        kept = {member: value for member, value in found.items() if member not in left_out}
        request = _request(kept, names.INTEGRATION_MEMBERS, f"integration of {key}")
        self._integrations[name] = {**request, "IntegrationType": kind}
        return name

    def _check_extensions(self, value: Json, where: str) -> None:
        for name in value:
            if name in names.REST_API_EXTENSIONS:
                self._info.append(f"{where}: {name} is not supported for HTTP APIs. Ignoring.")
            elif name.startswith(names.PREFIX) and name not in names.HTTP_API_EXTENSIONS:
                raise InvalidDefinition(f"{name} {_UNSUPPORTED}")


def _request(given: Json, members: Mapping[str, str], what: str) -> Json:
    unknown = sorted(given.keys() - members.keys())
    if unknown:
        raise InvalidDefinition(f"{what}: {', '.join(unknown)} {_UNSUPPORTED}")
    return {members[name]: value for name, value in given.items()}


def _base_path(servers: list[Json], treatment: str) -> str:
    """Returns what comes before each path: "" or a path without a slash at its end."""
    if treatment == "ignore" or not servers:
        return ""
    url = str(servers[0].get("url") or "")
    variables: dict[str, Any] = servers[0].get("variables") or {}
    for name, variable in variables.items():
        url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    return "".join(f"/{segment}" for segment in segments[1 if treatment == "split" else 0 :])
