"""The HTTP API: what is public, what a token must say, where requests go."""

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
    "GET /.well-known/openid-configuration",
    "GET /.well-known/jwks.json",
    "GET /docs",
    "GET /docs/{proxy+}",
    "GET /openapi.json",
}


def _routes(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    routes = synthesis.of_type("AWS::ApiGatewayV2::Route").values()
    return {route["Properties"]["RouteKey"]: route["Properties"] for route in routes}


def test_every_route_but_the_allow_list_is_behind_the_authorizer(stage: Synthesis) -> None:
    routes = _routes(stage)
    open_routes = {key for key, route in routes.items() if route["AuthorizationType"] == "NONE"}
    assert open_routes == PUBLIC
    for key in routes.keys() - PUBLIC:
        assert routes[key]["AuthorizationType"] == "JWT", key
        assert routes[key]["AuthorizerId"] == {"Ref": "Authorizer"}, key


def test_routes_are_those_of_the_contract(prod_stage: Synthesis) -> None:
    assert _routes(prod_stage).keys() == {route.key for route in ROUTES}


def test_only_routes_of_services_that_run_are_deployed(local_stage: Synthesis) -> None:
    answering = {"discovery", *(service.name for service in local_stage.config.services)}
    assert _routes(local_stage).keys() == {route.key for route in ROUTES if route.service in answering}


def test_routes_demand_the_scopes_of_the_contract(prod_stage: Synthesis) -> None:
    routes = _routes(prod_stage)
    for route in ROUTES:
        assert routes[route.key].get("AuthorizationScopes", []) == [str(scope) for scope in route.scopes]


def test_every_service_has_routes() -> None:
    assert all(routes_of(name) for name in SERVICES)


def test_tokens_are_verified_against_the_apis_own_endpoint(stage: Synthesis) -> None:
    authorizer = stage.one("AWS::ApiGatewayV2::Authorizer")
    assert authorizer["JwtConfiguration"]["Audience"] == ["pms"]
    exported = authorizer["JwtConfiguration"]["Issuer"]["Fn::ImportValue"]
    outputs = stage.templates["identity"]["Outputs"].values()
    values = {output["Export"]["Name"]: output["Value"] for output in outputs if "Export" in output}
    assert values[exported]["Fn::GetAtt"][1] == "ApiEndpoint"


def test_the_issuer_is_the_same_for_the_service_that_signs_and_the_function_that_publishes(stage: Synthesis) -> None:
    authorizer = stage.one("AWS::ApiGatewayV2::Authorizer")["JwtConfiguration"]["Issuer"]
    for resource in stage.of_type("AWS::ECS::TaskDefinition").values():
        for container in resource["Properties"]["ContainerDefinitions"]:
            variables = {variable["Name"]: variable["Value"] for variable in container["Environment"]}
            assert variables["JWT_ISSUER"] == authorizer


def test_private_integrations_go_through_the_link_to_cloud_map(stage: Synthesis) -> None:
    integrations = [
        resource["Properties"]
        for resource in stage.of_type("AWS::ApiGatewayV2::Integration").values()
        if resource["Properties"]["IntegrationType"] == "HTTP_PROXY"
    ]
    assert len(integrations) == len(stage.config.services)
    for integration in integrations:
        assert integration["ConnectionType"] == "VPC_LINK"
        assert integration["ConnectionId"] == {"Ref": "Link"}


def test_the_stage_deploys_itself_throttles_and_logs(stage: Synthesis) -> None:
    properties = stage.one("AWS::ApiGatewayV2::Stage")
    assert properties["StageName"] == "$default"
    assert properties["AutoDeploy"] is True
    assert properties["DefaultRouteSettings"]["ThrottlingRateLimit"] == stage.config.api.rate
    assert "requestId" in properties["AccessLogSettings"]["Format"]
    assert "$context.path" not in properties["AccessLogSettings"]["Format"]


def test_the_local_api_has_an_id_that_is_known_in_advance(local_stage: Synthesis) -> None:
    assert local_stage.one("AWS::ApiGatewayV2::Api")["Tags"]["_custom_id_"] == "pms"
