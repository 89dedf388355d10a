"""The routes of the API: which are public, which scopes the others require, and where requests go."""

from __future__ import annotations

from typing import Any

from cdk_app.catalogue import SERVICES
from services.contracts.routes import ROUTES, routes_of
from tests.infrastructure.synthesis import Synthesis

PUBLIC = {
    "POST /auth/register",
    "POST /auth/login",
    "POST /auth/refresh",
    # The refresh token in its body is the credential.
    "POST /auth/logout",
    "POST /auth/password-reset",
    "POST /auth/password-reset/confirm",
    "GET /.well-known/openid-configuration",
    "GET /.well-known/jwks.json",
    "GET /docs",
    "GET /docs/{proxy+}",
    "GET /openapi.json",
}


def _routes(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    routes = synthesis.of_type("AWS::ApiGatewayV2::Route").values()
    return {route["Properties"]["RouteKey"]: route["Properties"] for route in routes}


def test_every_route_outside_the_allow_list_has_the_authorizer(stage: Synthesis) -> None:
    routes = _routes(stage)
    open_routes = {key for key, route in routes.items() if route["AuthorizationType"] == "NONE"}
    assert open_routes == PUBLIC
    for key in routes.keys() - PUBLIC:
        assert routes[key]["AuthorizationType"] == "JWT", key
        assert routes[key]["AuthorizerId"] == {"Ref": "Authorizer"}, key


def test_routes_are_those_of_the_contract(stage: Synthesis) -> None:
    assert _routes(stage).keys() == {route.key for route in ROUTES}


def test_every_route_belongs_to_a_service_that_is_deployed() -> None:
    assert {route.service for route in ROUTES} <= {"discovery", *SERVICES}


def test_routes_require_the_scopes_of_the_contract(prod_stage: Synthesis) -> None:
    routes = _routes(prod_stage)
    for route in ROUTES:
        assert routes[route.key].get("AuthorizationScopes", []) == [str(scope) for scope in route.scopes]


def test_every_service_has_routes() -> None:
    assert all(routes_of(name) for name in SERVICES)


def test_service_integrations_use_the_vpc_link(stage: Synthesis) -> None:
    integrations = [
        resource["Properties"]
        for resource in stage.of_type("AWS::ApiGatewayV2::Integration").values()
        if resource["Properties"]["IntegrationType"] == "HTTP_PROXY"
    ]
    assert len(integrations) == len(SERVICES)
    for integration in integrations:
        assert integration["ConnectionType"] == "VPC_LINK"
        assert integration["ConnectionId"] == {"Ref": "Link"}
