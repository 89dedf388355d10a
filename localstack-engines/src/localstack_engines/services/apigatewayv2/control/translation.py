"""Translates records into the gateway's model. Resolves references, and leaves out what cannot be served."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localstack_engines.gateway import stage_variables
from localstack_engines.gateway.configuration.render import render
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.model import (
    Api,
    ApiMapping,
    Cors,
    CustomDomain,
    Function,
    Gateway,
    Integration,
    JwtAuthorizer,
    LambdaAuthorizer,
    Proxy,
    Route,
    Server,
    ServiceCall,
    SigningKey,
    Stage,
)
from localstack_engines.gateway.urls import http_url
from localstack_engines.services.apigatewayv2.control import stages
from localstack_engines.services.apigatewayv2.control.certificates import is_usable
from localstack_engines.services.apigatewayv2.control.throttles import throttle
from localstack_engines.services.apigatewayv2.control.upstreams import CLOUD_MAP, HOST, LISTENER
from localstack_engines.services.apigatewayv2.models import DomainName, Resources, domain
from localstack_engines.services.apigatewayv2.store import Store, deployment_id, to_json_keys

LOG = logging.getLogger(__name__)

_DEFAULT_RESULT_TTL = 300.0

Keys = Callable[[str], tuple[SigningKey, ...]]
Servers = Callable[[str], tuple[Server, ...]]


def gateway(store: Store, keys: Keys, servers: Servers) -> Gateway:
    """Returns the model of all HTTP APIs. An API that cannot be rendered is logged and left out."""
    apis: dict[str, Api] = {}
    with store.lock:
        for account, region, record in store.all_apis():
            if record.protocol_type == "HTTP":
                apis.setdefault(record.api_id, _api(account, region, record, keys))
        domain_names = list(store.domain_names.values())
    found = tuple(api for api in apis.values() if _is_served(api))
    domains = tuple(_custom_domain(store, record, {api.id for api in found}) for record in domain_names)
    return Gateway(apis=found, domains=domains, servers={upstream: servers(upstream) for upstream in _upstreams(found)})


def problem(store: Store, api_id: str, keys: Keys) -> str | None:
    """Returns why an HTTP API cannot be served as it is recorded, or None."""
    with store.lock:
        for account, region, record in store.all_apis():
            if record.api_id == api_id and record.protocol_type == "HTTP":
                return _problem(_api(account, region, record, keys))
    return None


def _custom_domain(store: Store, record: DomainName, served: set[str]) -> CustomDomain:
    certificate = store.certificate(record.certificate_arn)
    mappings = tuple(
        ApiMapping(key=one.key, api=one.api_id, stage=one.stage) for one in record.mappings if one.api_id in served
    )
    # Without a certificate of its own a domain name has that of all engines.
    usable = certificate if certificate and is_usable(certificate) else None
    return CustomDomain(name=record.name, mappings=mappings, certificate=usable)


def _upstreams(apis: tuple[Api, ...]) -> set[str]:
    routes = [route for api in apis for stage in api.stages for route in stage.routes]
    return {route.integration.upstream for route in routes if isinstance(route.integration, Proxy)}


def _is_served(api: Api) -> bool:
    if reason := _problem(api):
        LOG.error("HTTP API %s cannot be served: %s", api.id, reason)
    return reason is None


def _problem(api: Api) -> str | None:
    try:
        render(Edge(edge_port=1, gateway_address="127.0.0.1:1", directory=Path("/")), Gateway(apis=(api,)))
    except ValueError as error:
        return str(error)
    return None


def _api(account: str, region: str, record: Any, keys: Keys) -> Api:
    found = []
    for stage in list(record.stages.values()):
        served = stages.served(record, stage)
        if served is not None:
            found.append(_stage(record, stage, served, keys))
    return Api(
        id=record.api_id,
        domain=domain(record.api_id),
        account=account,
        region=region,
        stages=tuple(found),
        cors=_cors(record.cors_configuration),
        has_endpoint=not record.disable_execute_api_endpoint,
    )


def _stage(api: Any, stage: Any, served: Resources, keys: Keys) -> Stage:
    version = "" if stage.auto_deploy else f".{deployment_id(stage)}"
    variables = dict(stage.stage_variables or {})
    authorizers = {
        identifier: _authorizer(f"{api.api_id}.{identifier}{version}", record, keys)
        for identifier, record in list(served.authorizers.items())
    }
    integrations = {
        identifier: _integration(record, variables) for identifier, record in list(served.integrations.items())
    }
    routes = tuple(
        Route(
            id=record.route_id,
            key=record.route_key,
            integration=integrations.get((record.target or "").removeprefix("integrations/")),
            authorizer=authorizers.get(record.authorizer_id)
            if record.authorization_type in ("JWT", "CUSTOM")
            else None,
            scopes=tuple(record.authorization_scopes or ()),
            throttle=throttle(stage.route_settings.get(record.route_key) or {}),
        )
        for record in list(served.routes.values())
    )
    return Stage(
        name=stage.name,
        routes=routes,
        variables=variables,
        throttle=throttle(stage.default_route_settings or {}),
        access_log=bool(stage.access_log_settings and stage.access_log_settings.get("destinationArn")),
    )


def _authorizer(identifier: str, record: Any, keys: Keys) -> JwtAuthorizer | LambdaAuthorizer:
    if record.authorizer_type != "JWT":
        return LambdaAuthorizer(
            id=identifier,
            name=record.name,
            uri=record.authorizer_uri,
            payload_version=record.auth_payload_format_version,
            simple_responses=bool(record.enable_simple_response),
            identity_sources=tuple(record.identity_source or ()),
            result_ttl=_DEFAULT_RESULT_TTL if record.auth_result_ttl is None else float(record.auth_result_ttl),
        )
    issuer = record.jwt_config["issuer"]
    return JwtAuthorizer(
        id=identifier,
        source=record.identity_source[0],
        issuer=issuer,
        audiences=tuple(record.jwt_config["audience"]),
        keys=keys(issuer),
    )


def _integration(record: Any, variables: dict[str, str]) -> Integration | None:
    """Returns the integration, or None when the stage's variables make no URL of its URI."""
    parameters = tuple((record.request_parameters or {}).items())
    shared: dict[str, Any] = {
        "id": record.id,
        "response_parameters": tuple(
            (status, tuple(group.items())) for status, group in (record.response_parameters or {}).items()
        ),
        "timeout_ms": record.timeout_in_millis or 30_000,
    }
    if record.integration_subtype:
        return ServiceCall(subtype=record.integration_subtype, parameters=parameters, **shared)
    shared["request_parameters"] = parameters
    if record.integration_type == "AWS_PROXY":
        return Function(uri=record.integration_uri, payload_version=record.payload_format_version, **shared)
    method = None if record.integration_method == "ANY" else record.integration_method
    server_name = (record.tls_config or {}).get("serverNameToVerify")
    if record.connection_type == "VPC_LINK":
        kind = LISTENER if ":elasticloadbalancing:" in record.integration_uri else CLOUD_MAP
        return Proxy(upstream=kind + record.integration_uri, method=method, server_name=server_name, **shared)
    url = http_url(stage_variables.resolve(record.integration_uri, variables))
    if url is None:
        LOG.warning("integration %s has no valid URL with the variables of a stage", record.id)
        return None
    parts, port = url
    return Proxy(
        upstream=f"{HOST}{parts.hostname}:{port}",
        host=parts.netloc.rpartition("@")[2],
        server_name=(server_name or parts.hostname) if parts.scheme == "https" else None,
        method=method,
        path=parts.path or "/",
        query=parts.query,
        **shared,
    )


def _cors(configuration: dict | None) -> Cors | None:
    if not configuration:
        return None
    values = to_json_keys(configuration)
    return Cors(
        allow_origins=tuple(values.get("allowOrigins") or ()),
        allow_methods=tuple(values.get("allowMethods") or ()),
        allow_headers=tuple(values.get("allowHeaders") or ()),
        expose_headers=tuple(values.get("exposeHeaders") or ()),
        max_age=values.get("maxAge"),
        allow_credentials=bool(values.get("allowCredentials")),
    )
