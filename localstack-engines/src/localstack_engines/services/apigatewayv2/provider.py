"""The API Gateway v2 service: its parts, put together."""

from localstack.services.plugins import Service

from localstack_engines.gateway import edge_proxy
from localstack_engines.gateway.jwks import Issuers
from localstack_engines.gateway.subrequests.lambda_authorizer import LambdaAuthorizers
from localstack_engines.gateway.subrequests.server import SubrequestServer
from localstack_engines.gateway.websockets.calls import Call
from localstack_engines.gateway.websockets.connections import Connections
from localstack_engines.gateway.websockets.management import ConnectionManagement
from localstack_engines.gateway.websockets.server import WebSocketServer
from localstack_engines.metrics import collector
from localstack_engines.network.security_groups import records
from localstack_engines.services.apigatewayv2.api.api_mappings import ApiMappingOperations
from localstack_engines.services.apigatewayv2.api.deployments import DeploymentOperations
from localstack_engines.services.apigatewayv2.api.domain_names import DomainNameOperations
from localstack_engines.services.apigatewayv2.api.exports import ExportOperations
from localstack_engines.services.apigatewayv2.api.imports import ImportOperations
from localstack_engines.services.apigatewayv2.api.integration_responses import IntegrationResponseOperations
from localstack_engines.services.apigatewayv2.api.models import ModelOperations
from localstack_engines.services.apigatewayv2.api.route_responses import RouteResponseOperations
from localstack_engines.services.apigatewayv2.api.stages import StageOperations
from localstack_engines.services.apigatewayv2.api.tags import TagOperations
from localstack_engines.services.apigatewayv2.api.vpc_links import VpcLinkOperations
from localstack_engines.services.apigatewayv2.control import websocket_access_log
from localstack_engines.services.apigatewayv2.control.access_logs import AccessLogs
from localstack_engines.services.apigatewayv2.control.local_connections import LocalConnections
from localstack_engines.services.apigatewayv2.control.publisher import Publisher
from localstack_engines.services.apigatewayv2.control.request_metrics import RequestMetrics
from localstack_engines.services.apigatewayv2.control.upstreams import Upstreams
from localstack_engines.services.apigatewayv2.store import Store
from localstack_engines.services.apigatewayv2.support import SUPPORT
from localstack_engines.toolkit.dispatch import make_service


class ApiGatewayV2Provider(
    ImportOperations,
    ExportOperations,
    StageOperations,
    TagOperations,
    DeploymentOperations,
    VpcLinkOperations,
    ModelOperations,
    RouteResponseOperations,
    IntegrationResponseOperations,
    DomainNameOperations,
    ApiMappingOperations,
):
    """The operations of the API Gateway v2 API. `support.py` says what becomes of all others."""

    def __init__(self) -> None:
        store, edge, issuers = Store(), edge_proxy.edge(), Issuers()
        publisher = Publisher(store, issuers, Upstreams())
        lambda_authorizers, connections = LambdaAuthorizers(), Connections()
        management = ConnectionManagement(connections)
        self._metrics = RequestMetrics(store)
        access_logs = AccessLogs(store, edge.access_log_socket, self._metrics)

        def log(call: Call, status: int, milliseconds: float) -> None:
            access_logs.put(websocket_access_log.line(call, status, milliseconds))

        super().__init__(store, publisher, issuers, lambda_authorizers)
        self._background = (
            SubrequestServer(edge, issuers, publisher, lambda_authorizers, management),
            LocalConnections(management),
            WebSocketServer(edge, lambda: publisher.websockets, connections, log),
            access_logs,
            publisher,
        )

    def on_before_start(self) -> None:
        records.add_resolver_groups(self.store.vpc_link_groups)
        for part in self._background:
            part.start()
        collector.add(self._metrics.samples)

    def on_before_stop(self) -> None:
        for part in reversed(self._background):
            part.stop()


def service() -> Service:
    """Returns the service for LocalStack."""
    return make_service("apigatewayv2", ApiGatewayV2Provider(), SUPPORT)
