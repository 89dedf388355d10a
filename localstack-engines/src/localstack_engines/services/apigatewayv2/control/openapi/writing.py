"""Writes an HTTP API as an OpenAPI 3 definition.

An import of the definition makes the same API: reading.py reads what this module writes.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-export.html
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from localstack_engines.gateway.routes import variables
from localstack_engines.services.apigatewayv2.control.openapi import names
from localstack_engines.services.apigatewayv2.control.openapi.definition import Json
from localstack_engines.services.apigatewayv2.models import Resources

_DEFAULT_ROUTE = "$default"


def document(api: Any, resources: Resources, tags: Mapping[str, str], stage: str | None, with_extensions: bool) -> Json:
    """Returns the definition of an API with these resources, which are those of `stage` if there is one."""
    return _Writer(api, resources, tags, stage, with_extensions).document()


class _Writer:
    def __init__(
        self, api: Any, resources: Resources, tags: Mapping[str, str], stage: str | None, with_extensions: bool
    ) -> None:
        self._api = api
        self._resources = resources
        self._tags = tags
        self._stage = stage
        self._with_extensions = with_extensions
        self._targets = Counter(_target(route) for route in resources.routes.values())
        self._schemes = _scheme_names(resources.authorizers)

    def document(self) -> Json:
        api = self._api
        # An API without a version gets the time of its creation.
        version = api.version or f"{api.created_date:%Y-%m-%d %H:%M:%SUTC}"
        written: Json = {"openapi": "3.0.1", "info": {"title": api.name, "version": version}}
        if api.description:
            written["info"]["description"] = api.description
        written["servers"] = [self._server()]
        if tags := [self._tag(name, value) for name, value in self._tags.items()]:
            written["tags"] = tags
        written["paths"] = self._paths()
        if components := self._components():
            written["components"] = components
        if self._with_extensions:
            if api.cors_configuration:
                written[names.CORS] = dict(api.cors_configuration)
            written[names.VERSION] = "1.0"
        return written

    def _server(self) -> Json:
        path = "" if self._stage in (None, _DEFAULT_ROUTE) else self._stage
        server: Json = {"url": f"{self._api.api_endpoint}/{{basePath}}", "variables": {"basePath": {"default": path}}}
        if self._with_extensions and self._api.disable_execute_api_endpoint:
            server[names.ENDPOINT] = {"disableExecuteApiEndpoint": True}
        return server

    def _tag(self, name: str, value: str) -> Json:
        return {"name": name, **({names.TAG_VALUE: value} if self._with_extensions else {})}

    def _paths(self) -> Json:
        paths: Json = {}
        for route in sorted(self._resources.routes.values(), key=lambda route: str(route.route_key)):
            method, path = _method_and_path(route.route_key)
            # OpenAPI itself has no name for all methods.
            if method in names.METHODS or self._with_extensions:
                paths.setdefault(path, {})[method] = self._operation(route)
        return paths

    def _operation(self, route: Any) -> Json:
        written: Json = {"responses": {"default": {"description": f"Default response for {route.route_key}"}}}
        if route.operation_name:
            written["operationId"] = route.operation_name
        if parameters := [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in variables(route.route_key)
        ]:
            written["parameters"] = parameters
        if scheme := self._schemes.get(route.authorizer_id) if route.authorization_type in ("JWT", "CUSTOM") else None:
            written["security"] = [{scheme: list(route.authorization_scopes or ())}]
        if self._with_extensions:
            if route.route_key == _DEFAULT_ROUTE:
                written["isDefaultRoute"] = True
            if _target(route) in self._resources.integrations:
                written[names.INTEGRATION] = self._reference(_target(route))
        return written

    def _reference(self, identifier: str) -> Json:
        """Returns the integration of a route, or a reference to one that several routes have."""
        if self._targets[identifier] > 1:
            return {"$ref": f"#/components/{names.INTEGRATIONS}/{identifier}"}
        return _integration(self._resources.integrations[identifier])

    def _components(self) -> Json:
        components: Json = {}
        if self._schemes:
            authorizers = self._resources.authorizers
            components["securitySchemes"] = {
                name: self._scheme(authorizers[identifier]) for identifier, name in self._schemes.items()
            }
        shared = {
            identifier: _integration(record)
            for identifier, record in self._resources.integrations.items()
            if self._targets[identifier] > 1
        }
        if shared and self._with_extensions:
            components[names.INTEGRATIONS] = shared
        return components

    def _scheme(self, record: Any) -> Json:
        scheme: Json = {"type": "oauth2", "flows": {}}
        if record.authorizer_type != "JWT":
            scheme = {"type": "apiKey", "name": "Unused", "in": "header"}
        if self._with_extensions:
            scheme[names.AUTHORIZER] = _authorizer(record)
        return scheme


def _target(route: Any) -> str:
    return (route.target or "").removeprefix("integrations/")


def _method_and_path(key: str) -> tuple[str, str]:
    if key == _DEFAULT_ROUTE:
        return names.ANY_METHOD, names.DEFAULT_PATH
    verb, _, path = key.partition(" ")
    return names.ANY_METHOD if verb == "ANY" else verb.lower(), path


def _integration(record: Any) -> Json:
    return _without_nothing(
        {
            "type": record.integration_type.lower(),
            "integrationSubtype": record.integration_subtype,
            "httpMethod": record.integration_method,
            "uri": record.integration_uri,
            "payloadFormatVersion": record.payload_format_version,
            "connectionId": record.connection_id,
            "connectionType": record.connection_type,
            "timeoutInMillis": record.timeout_in_millis,
            "requestParameters": record.request_parameters,
            "responseParameters": record.response_parameters,
            "tlsConfig": record.tls_config,
            "credentials": record.credentials_arn,
            "description": record.description,
        }
    )


def _authorizer(record: Any) -> Json:
    return _without_nothing(
        {
            "type": record.authorizer_type.lower(),
            "jwtConfiguration": record.jwt_config,
            "identitySource": ",".join(record.identity_source or ()),
            "authorizerUri": record.authorizer_uri,
            "authorizerPayloadFormatVersion": record.auth_payload_format_version,
            "authorizerResultTtlInSeconds": record.auth_result_ttl,
            "enableSimpleResponses": record.enable_simple_response,
            "authorizerCredentialsArn": record.auth_creds_arn,
        }
    )


def _scheme_names(authorizers: Mapping[str, Any]) -> dict[str, str]:
    """Returns the names of security schemes by the authorizers' identifiers; authorizers may share a name."""
    given = Counter(record.name for record in authorizers.values())
    return {
        identifier: record.name if given[record.name] == 1 else f"{record.name}-{identifier}"
        for identifier, record in authorizers.items()
    }


def _without_nothing(values: Json) -> Json:
    """Returns the values that say something. A zero does: it turns an authorizer's cache off."""
    return {
        n: value for n, value in values.items() if value is not None and value is not False and value not in ("", {})
    }
