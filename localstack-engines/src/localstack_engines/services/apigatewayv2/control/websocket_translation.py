"""Translates the records of WebSocket APIs into the gateway's model. Resolves references."""

from collections.abc import Mapping
from typing import Any

from localstack_engines.gateway.websockets.model import (
    MAX_INTEGRATION_SECONDS,
    Authorizer,
    Integration,
    IntegrationResponse,
    Route,
    Schemas,
    Stage,
    WebSocketApi,
    WebSocketApis,
)
from localstack_engines.services.apigatewayv2.control import stages
from localstack_engines.services.apigatewayv2.control.throttles import throttle
from localstack_engines.services.apigatewayv2.models import Resources, domain
from localstack_engines.services.apigatewayv2.store import Store


def websocket_apis(store: Store) -> WebSocketApis:
    """Returns the model of all WebSocket APIs."""
    found: dict[str, WebSocketApi] = {}
    with store.lock:
        for account, region, record in store.all_apis():
            if record.protocol_type == "WEBSOCKET" and not record.disable_execute_api_endpoint:
                found.setdefault(record.api_id, _api(account, region, record))
    return found


def _api(account: str, region: str, record: Any) -> WebSocketApi:
    served = {stage.name: (stage, stages.served(record, stage)) for stage in list(record.stages.values())}
    return WebSocketApi(
        id=record.api_id,
        domain=domain(record.api_id),
        selection=record.route_selection_expression,
        account=account,
        region=region,
        stages={name: _stage(stage, resources) for name, (stage, resources) in served.items() if resources},
    )


def _stage(stage: Any, served: Resources) -> Stage:
    settings = dict(stage.route_settings or {})
    return Stage(
        name=stage.name,
        routes={record.route_key: _route(record, served) for record in list(served.routes.values())},
        variables=dict(stage.stage_variables or {}),
        throttle=throttle(stage.default_route_settings or {}),
        throttles={key: limit for key, value in settings.items() if (limit := throttle(value))},
        access_log=bool(stage.access_log_settings and stage.access_log_settings.get("destinationArn")),
    )


def _route(record: Any, served: Resources) -> Route:
    integration = served.integrations.get((record.target or "").removeprefix("integrations/"))
    authorizer = served.authorizers.get(record.authorizer_id) if record.authorization_type == "CUSTOM" else None
    return Route(
        id=record.route_id,
        key=record.route_key,
        integration=_integration(integration) if integration else None,
        authorizer=_authorizer(authorizer) if authorizer else None,
        # "If a route has a route response, it is configured for two-way communication."
        replies=bool(record.route_responses),
        required=tuple(
            name for name, constraints in (record.request_parameters or {}).items() if constraints.get("required")
        ),
        schemas=_schemas(record, served.models),
    )


def _schemas(route: Any, models: Mapping[str, Any]) -> Schemas | None:
    by_name = {model.name: model.schema for model in list(models.values())}
    wanted = {key: by_name[name] for key, name in (route.request_models or {}).items() if name in by_name}
    if not wanted or not route.model_selection_expression:
        return None
    return Schemas(selection=route.model_selection_expression, by_key=wanted)


def _integration(record: Any) -> Integration:
    return Integration(
        id=record.id,
        kind=record.integration_type,
        uri=record.integration_uri or "",
        method=record.integration_method or "POST",
        request_parameters=dict(record.request_parameters or {}),
        request_templates=dict(record.request_templates or {}),
        template_selection=record.template_selection_expression or "",
        passthrough=record.passthrough_behavior or "WHEN_NO_MATCH",
        responses=tuple(
            IntegrationResponse(
                key=response.integration_response_key,
                templates=dict(response.response_templates or {}),
                template_selection=response.template_selection_expression or "",
            )
            for response in list(record.responses.values())
        ),
        timeout_seconds=min((record.timeout_in_millis or 29_000) / 1000, MAX_INTEGRATION_SECONDS),
    )


def _authorizer(record: Any) -> Authorizer:
    return Authorizer(
        id=record.id,
        name=record.name,
        uri=record.authorizer_uri,
        identity_sources=tuple(record.identity_source or ()),
    )
