"""The way in: authorizer, VPC link and the services' routes."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_apigatewayv2 as apigateway
from constructs import Construct

from cdk_app.config import StageConfig
from cdk_app.constructs.alarms import watch_api
from cdk_app.constructs.routes import ServiceRoutes, ServiceRoutesProps
from cdk_app.stacks.identity import AUDIENCE, IdentityStack
from cdk_app.stacks.network import NetworkStack
from cdk_app.stacks.system_stack import SystemStack


class ApiStack(SystemStack):
    """Made after the identity stack, whose discovery routes API Gateway reads when it makes the authorizer."""

    def __init__(
        self,
        scope: Construct,
        *,
        config: StageConfig,
        network: NetworkStack,
        identity: IdentityStack,
        registries: Mapping[str, str],
    ) -> None:
        super().__init__(scope, "api", config=config, description="Authorizer, VPC link, routes of the services")
        self.add_stack_dependency(identity)
        api_id = identity.api.id
        authorizer = apigateway.CfnAuthorizer(
            self,
            "Authorizer",
            api_id=api_id,
            name=f"{config.prefix}-tokens",
            authorizer_type="JWT",
            identity_source=["$request.header.Authorization"],
            jwt_configuration=apigateway.CfnAuthorizer.JWTConfigurationProperty(
                issuer=identity.api.endpoint, audience=[AUDIENCE]
            ),
        )
        link = apigateway.CfnVpcLink(
            self,
            "Link",
            name=config.prefix,
            subnet_ids=[subnet.subnet_id for subnet in network.vpc.isolated_subnets],
            security_group_ids=[network.firewall.link.security_group_id],
        )
        for service in config.services:
            ServiceRoutes(
                self,
                service.title,
                ServiceRoutesProps(
                    service=service,
                    api_id=api_id,
                    link_id=link.ref,
                    authorizer_id=authorizer.ref,
                    registry_arn=registries[service.name],
                ),
            )
        if network.alarms is not None:
            watch_api(self, api_id=api_id, topic=network.alarms)
        self.output("AuthorizerId", authorizer.ref, "The JWT authorizer")
        self.output("VpcLinkId", link.ref, "The way from the API into the VPC")
