"""The API Gateway v2 service: operations change records, and every change is published to the gateway."""

from localstack.services.plugins import Service

from localstack_engines.gateway import edge_proxy
from localstack_engines.gateway.jwks import Issuers
from localstack_engines.gateway.subrequests.server import SubrequestServer
from localstack_engines.services.apigatewayv2.api.apis import ApiOperations
from localstack_engines.services.apigatewayv2.api.authorizers import AuthorizerOperations
from localstack_engines.services.apigatewayv2.api.deployments import DeploymentOperations
from localstack_engines.services.apigatewayv2.api.domain_names import DomainNameOperations
from localstack_engines.services.apigatewayv2.api.integrations import IntegrationOperations
from localstack_engines.services.apigatewayv2.api.routes import RouteOperations
from localstack_engines.services.apigatewayv2.api.stages import StageOperations
from localstack_engines.services.apigatewayv2.api.vpc_links import VpcLinkOperations
from localstack_engines.services.apigatewayv2.control.access_logs import AccessLogs
from localstack_engines.services.apigatewayv2.control.publisher import Publisher
from localstack_engines.services.apigatewayv2.control.upstreams import Upstreams
from localstack_engines.toolkit.dispatch import make_service


def service() -> Service:
    return make_service("apigatewayv2", ApiGatewayV2Provider())


class ApiGatewayV2Provider(
    ApiOperations,
    RouteOperations,
    IntegrationOperations,
    AuthorizerOperations,
    StageOperations,
    DeploymentOperations,
    VpcLinkOperations,
    DomainNameOperations,
):
    """HTTP APIs. Operations that are in none of the groups go to moto."""

    def __init__(self) -> None:
        edge, issuers = edge_proxy.edge(), Issuers()
        publisher = Publisher(issuers, Upstreams())
        super().__init__(publisher, issuers)
        self._background = (
            SubrequestServer(edge, issuers, publisher),
            AccessLogs(edge.access_log_socket),
            publisher,
        )

    def on_before_start(self) -> None:
        for part in self._background:
            part.start()

    def on_before_stop(self) -> None:
        for part in reversed(self._background):
            part.stop()
