"""API Gateway v2's CloudFormation types."""

from localstack_engines.services.apigatewayv2.cloudformation.api import Api
from localstack_engines.services.apigatewayv2.cloudformation.api_mapping import ApiMapping
from localstack_engines.services.apigatewayv2.cloudformation.authorizer import Authorizer
from localstack_engines.services.apigatewayv2.cloudformation.deployment import Deployment
from localstack_engines.services.apigatewayv2.cloudformation.domain_name import DomainName
from localstack_engines.services.apigatewayv2.cloudformation.integration import Integration
from localstack_engines.services.apigatewayv2.cloudformation.integration_response import IntegrationResponse
from localstack_engines.services.apigatewayv2.cloudformation.model import Model
from localstack_engines.services.apigatewayv2.cloudformation.route import Route
from localstack_engines.services.apigatewayv2.cloudformation.route_response import RouteResponse
from localstack_engines.services.apigatewayv2.cloudformation.stage import Stage
from localstack_engines.services.apigatewayv2.cloudformation.vpc_link import VpcLink

RESOURCE_PROVIDERS = {
    provider.TYPE: provider
    for provider in (
        Api,
        ApiMapping,
        Authorizer,
        Deployment,
        DomainName,
        Integration,
        IntegrationResponse,
        Model,
        Route,
        RouteResponse,
        Stage,
        VpcLink,
    )
}
