"""The HTTP server for HAProxy's sub-requests: unknown keys, authorizers, integrations, buffered bodies, @connections.

It listens on a Unix socket that only HAProxy reaches. HAProxy describes a client's request in headers (`headers`)
that it accepts from no client.
"""

import json
import logging
import os
import threading
from collections.abc import Iterable
from http import HTTPStatus
from typing import Protocol

from localstack_engines.gateway import headers
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.jwks import Issuers
from localstack_engines.gateway.model import Api, Function, Gateway, LambdaAuthorizer, Route, ServiceCall, Stage
from localstack_engines.gateway.subrequests.buffering import send_again
from localstack_engines.gateway.subrequests.calls import route_and_call
from localstack_engines.gateway.subrequests.http_server import HttpServer
from localstack_engines.gateway.subrequests.lambda_authorizer import LambdaAuthorizers, Outcome
from localstack_engines.gateway.subrequests.lambda_functions import FunctionFailed, function_arn, proxy
from localstack_engines.gateway.subrequests.messages import Refused, Reply, Request, error
from localstack_engines.gateway.subrequests.service_calls import ServiceFailed, answer
from localstack_engines.gateway.websockets.management import ConnectionManagement

LOG = logging.getLogger(__name__)


class ControlPlane(Protocol):
    """What the server needs from the control plane."""

    @property
    def current(self) -> Gateway:
        """The APIs that are being served."""

    def find_route(self, api_id: str, stage_name: str, route_id: str) -> tuple[Api, Stage, Route]:
        """Returns a route of the APIs that are being served, or were until the last change. Raises LookupError."""

    def publish(self) -> None:
        """Serves the APIs as they are now, with the issuers' keys that are known now."""


class SubrequestServer:
    """Answers sub-requests from the model of the APIs that are being served."""

    def __init__(
        self,
        edge: Edge,
        issuers: Issuers,
        control_plane: ControlPlane,
        authorizers: LambdaAuthorizers,
        connections: ConnectionManagement,
    ) -> None:
        self._edge = edge
        self._issuers = issuers
        self._control_plane = control_plane
        self._authorizers = authorizers
        self._connections = connections
        self._server: HttpServer | None = None

    def start(self) -> None:
        path = self._edge.subrequest_socket
        path.unlink(missing_ok=True)
        self._server = HttpServer(path, self._answer)
        os.chmod(path, 0o600)  # noqa: PTH101 (a socket, not a file)
        threading.Thread(target=self._server.serve_forever, name="gateway-subrequests", daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._edge.subrequest_socket.unlink(missing_ok=True)

    def _answer(self, request: Request) -> Iterable[bytes]:
        try:
            if request.header(headers.SUBREQUEST) == "buffer":
                return send_again(self._edge.buffered_socket, request, request.body())
            handlers = {
                "verify": self._verify,
                "authorize": self._authorize,
                "connections": self._connections.answer,
            }
            handle = handlers.get(request.header(headers.SUBREQUEST), self._invoke)
            return [handle(request).encode(request.method)]
        except ConnectionError as failure:
            LOG.info("sub-request broke off: %s", failure)
            raise
        except Refused as refused:
            reply = error(refused.status, str(refused))
        except (FunctionFailed, ServiceFailed) as failure:
            LOG.warning("The integration of route %s failed: %s", request.header(headers.ROUTE_ID), failure)
            reply = error(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")
        except Exception:
            LOG.exception("sub-request failed")
            reply = error(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")
        return [reply.encode(request.method)]

    def _verify(self, request: Request) -> Reply:
        """Verifies a token whose key HAProxy does not have: the issuer may have a new one."""
        authorizer = self._control_plane.current.jwt_authorizers().get(request.header(headers.AUTHORIZER_ID))
        if authorizer is None:
            return _decision(Outcome.DENY)
        if self._issuers.refresh(authorizer.issuer):
            self._control_plane.publish()
        valid = self._issuers.verify(authorizer.issuer, request.header(headers.TOKEN))
        return _decision(Outcome.ALLOW if valid else Outcome.DENY)

    def _authorize(self, request: Request) -> Reply:
        method, query = request.header(headers.METHOD), request.header(headers.QUERY)
        route, call = route_and_call(self._control_plane.find_route, request, method, query, b"")
        assert isinstance(route.authorizer, LambdaAuthorizer)
        decision = self._authorizers.decide(route.authorizer, call)
        return _decision(decision.outcome, "" if decision.outcome is Outcome.ERROR else json.dumps(decision.context))

    def _invoke(self, request: Request) -> Reply:
        body, (_, _, query) = request.body(), request.target.partition("?")
        route, call = route_and_call(self._control_plane.find_route, request, request.method, query, body)
        if isinstance(route.integration, ServiceCall):
            return answer(route.integration, call, self._edge.gateway_address)
        assert isinstance(route.integration, Function)
        arn = function_arn(route.integration.uri, call.stage_variables)
        return proxy(arn, route.integration.payload_version, call)


def _decision(outcome: Outcome, context: str = "") -> Reply:
    return Reply(200, [(headers.DECISION, outcome.value), ("content-type", "application/json")], context.encode())
