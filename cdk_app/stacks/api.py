"""The api stack: the authorizer, the VPC link and the services' routes."""

from __future__ import annotations

from aws_cdk import aws_apigatewayv2 as apigateway
from constructs import Construct

from cdk_app.catalogue import SERVICES
from cdk_app.config import StageConfig
from cdk_app.constructs.alarms import add_api_alarms
from cdk_app.constructs.routes import ServiceRoutes
from cdk_app.stacks.identity import AUDIENCE, IdentityStack
from cdk_app.stacks.network import NetworkStack
from cdk_app.stacks.services import ServicesStack
from cdk_app.stacks.system_stack import SystemStack


class ApiStack(SystemStack):
    """It deploys after the identity stack, because API Gateway reads the discovery routes to create the authorizer."""

    def __init__(
        self,
        scope: Construct,
        *,
        config: StageConfig,
        network: NetworkStack,
        identity: IdentityStack,
        services: ServicesStack,
    ) -> None:
        super().__init__(scope, name="api", config=config, description="Authorizer, VPC link, routes of the services")
        self.add_stack_dependency(identity)
        authorizer = self._add_authorizer(config, identity)
        vpc_link = self._add_vpc_link(config, network)
        for service in SERVICES.values():
            ServiceRoutes(
                self,
                service.title,
                service_name=service.name,
                api_id=identity.api.id,
                authorizer_id=authorizer.ref,
                vpc_link_id=vpc_link.ref,
                cloud_map_service_arn=services.cloud_map_service_arns[service.name],
            )
        if network.alarm_topic is not None:
            add_api_alarms(self, api_id=identity.api.id, topic=network.alarm_topic)
        self.add_output("AuthorizerId", authorizer.ref, "The JWT authorizer")
        self.add_output("VpcLinkId", vpc_link.ref, "The way from the API into the VPC")

    def _add_authorizer(self, config: StageConfig, identity: IdentityStack) -> apigateway.CfnAuthorizer:
        return apigateway.CfnAuthorizer(
            self,
            "Authorizer",
            api_id=identity.api.id,
            name=f"{config.prefix}-tokens",
            authorizer_type="JWT",
            identity_source=["$request.header.Authorization"],
            jwt_configuration=apigateway.CfnAuthorizer.JWTConfigurationProperty(
                issuer=identity.api.endpoint, audience=[AUDIENCE]
            ),
        )

    def _add_vpc_link(self, config: StageConfig, network: NetworkStack) -> apigateway.CfnVpcLink:
        return apigateway.CfnVpcLink(
            self,
            "Link",
            name=config.prefix,
            subnet_ids=[subnet.subnet_id for subnet in network.vpc.isolated_subnets],
            security_group_ids=[network.security_groups.vpc_link.security_group_id],
        )
