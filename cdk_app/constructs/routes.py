"""The way from the HTTP API to a service's tasks."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_apigatewayv2 as apigateway
from constructs import Construct

from cdk_app.catalogue import Service
from cdk_app.constructs.http_api import add_route

TIMEOUT_MILLISECONDS = 29_000


@dataclass(frozen=True, kw_only=True)
class ServiceRoutesProps:
    """`registry_arn` is the Cloud Map service that knows the tasks' addresses."""

    service: Service
    api_id: str
    link_id: str
    authorizer_id: str
    registry_arn: str


class ServiceRoutes(Construct):
    """One integration through the VPC link, and the service's routes on it."""

    def __init__(self, scope: Construct, construct_id: str, props: ServiceRoutesProps) -> None:
        super().__init__(scope, construct_id)
        integration = apigateway.CfnIntegration(
            self,
            "Integration",
            api_id=props.api_id,
            integration_type="HTTP_PROXY",
            integration_method="ANY",
            integration_uri=props.registry_arn,
            connection_type="VPC_LINK",
            connection_id=props.link_id,
            payload_format_version="1.0",
            timeout_in_millis=TIMEOUT_MILLISECONDS,
        )
        for route in props.service.routes:
            add_route(self, route, api_id=props.api_id, integration=integration, authorizer_id=props.authorizer_id)
