"""The routes of the HTTP API and their integrations. The list of the routes is `services/contracts/routes.py`."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from services.contracts.routes import Route, routes_of

TIMEOUT_MILLISECONDS = 29_000


class FunctionRoutes(Construct):
    """The routes of `service_name` with an integration that invokes a Lambda function. All of them must be public."""

    def __init__(
        self, scope: Construct, construct_id: str, *, service_name: str, api_id: str, function: lambda_.Function
    ) -> None:
        super().__init__(scope, construct_id)
        integration = apigateway.CfnIntegration(
            self,
            "Integration",
            api_id=api_id,
            integration_type="AWS_PROXY",
            integration_uri=function.function_arn,
            payload_format_version="2.0",
        )
        lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=f"arn:aws:execute-api:{Aws.REGION}:{Aws.ACCOUNT_ID}:{api_id}/*",
        )
        for route in routes_of(service_name):
            _add_route(self, route, api_id=api_id, integration=integration, authorizer_id=None)


class ServiceRoutes(Construct):
    """The routes of `service_name` with an integration that reaches the service's tasks through the VPC link."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service_name: str,
        api_id: str,
        authorizer_id: str,
        vpc_link_id: str,
        cloud_map_service_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        integration = apigateway.CfnIntegration(
            self,
            "Integration",
            api_id=api_id,
            integration_type="HTTP_PROXY",
            integration_method="ANY",
            integration_uri=cloud_map_service_arn,
            connection_type="VPC_LINK",
            connection_id=vpc_link_id,
            payload_format_version="1.0",
            timeout_in_millis=TIMEOUT_MILLISECONDS,
        )
        for route in routes_of(service_name):
            _add_route(self, route, api_id=api_id, integration=integration, authorizer_id=authorizer_id)


def route_construct_id(route_key: str) -> str:
    """Returns the id of a route's construct. A construct's id cannot contain slashes."""
    return route_key.replace("/", "_")


def _add_route(
    scope: Construct,
    route: Route,
    *,
    api_id: str,
    integration: apigateway.CfnIntegration,
    authorizer_id: str | None,
) -> None:
    """Adds a route. Raises ValueError for a route that is not public when there is no authorizer."""
    if not route.public and authorizer_id is None:
        raise ValueError(f"{route.key} is not public and has no authorizer")
    apigateway.CfnRoute(
        scope,
        route_construct_id(route.key),
        api_id=api_id,
        route_key=route.key,
        target=f"integrations/{integration.ref}",
        authorization_type="NONE" if route.public else "JWT",
        authorizer_id=None if route.public else authorizer_id,
        authorization_scopes=[str(scope_name) for scope_name in route.scopes] or None,
    )
