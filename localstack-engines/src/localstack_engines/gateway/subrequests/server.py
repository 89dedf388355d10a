"""The HTTP server for HAProxy's sub-requests: unknown keys, Lambda authorizers, Lambda integrations, buffered bodies.

It listens on a Unix socket that only HAProxy reaches. HAProxy describes a client's request in headers (`headers`)
that it accepts from no client.
"""

import json
import logging
import os
import threading
from typing import Any, Protocol

from werkzeug import Request, Response
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from localstack_engines.gateway import headers
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.jwks import Issuers
from localstack_engines.gateway.model import MAX_BODY_BYTES, Function, Gateway, LambdaAuthorizer
from localstack_engines.gateway.subrequests.buffering import send_again
from localstack_engines.gateway.subrequests.calls import RECEIVED_HEADERS, route_and_call
from localstack_engines.gateway.subrequests.lambda_authorizer import LambdaAuthorizers, Outcome
from localstack_engines.gateway.subrequests.lambda_functions import FunctionFailed, function_arn, proxy

LOG = logging.getLogger(__name__)


class ControlPlane(Protocol):
    """What the server needs from the control plane."""

    @property
    def current(self) -> Gateway:
        """The APIs that are being served."""

    def publish(self) -> None:
        """Serves the APIs as they are now, with the issuers' keys that are known now."""


class SubrequestServer:
    """Answers sub-requests from the model of the APIs that are being served."""

    def __init__(self, edge: Edge, issuers: Issuers, control_plane: ControlPlane) -> None:
        self._edge = edge
        self._issuers = issuers
        self._control_plane = control_plane
        self._authorizers = LambdaAuthorizers()
        self._server: BaseWSGIServer | None = None

    def start(self) -> None:
        path = self._edge.subrequest_socket
        path.unlink(missing_ok=True)
        self._server = make_server(f"unix://{path}", 0, self._application, threaded=True, request_handler=_Handler)
        os.chmod(path, 0o600)  # noqa: PTH101 (a socket, not a file)
        threading.Thread(target=self._server.serve_forever, name="gateway-subrequests", daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._edge.subrequest_socket.unlink(missing_ok=True)

    def _application(self, environ: dict, start_response: Any) -> Any:
        request = Request(environ)
        handlers = {"verify": self._verify, "authorize": self._authorize, "buffer": self._buffer}
        handle = handlers.get(request.headers.get(headers.SUBREQUEST, ""), self._invoke)
        try:
            response = handle(request)
        except FunctionFailed as error:
            LOG.warning("Lambda integration of route %s failed: %s", request.headers.get(headers.ROUTE_ID), error)
            response = _message(500, "Internal Server Error")
        except Exception:
            LOG.exception("sub-request failed")
            response = _message(500, "Internal Server Error")
        return response(environ, start_response)

    def _verify(self, request: Request) -> Response:
        """Verifies a token whose key HAProxy does not have: the issuer may have a new one."""
        authorizer = self._control_plane.current.jwt_authorizers().get(request.headers[headers.AUTHORIZER_ID])
        if authorizer is None:
            return _decision(Outcome.DENY)
        if self._issuers.refresh(authorizer.issuer):
            self._control_plane.publish()
        valid = self._issuers.verify(authorizer.issuer, request.headers[headers.TOKEN])
        return _decision(Outcome.ALLOW if valid else Outcome.DENY)

    def _authorize(self, request: Request) -> Response:
        method, query = request.headers[headers.METHOD], request.headers[headers.QUERY]
        route, call = route_and_call(self._control_plane.current, request, method, query, b"")
        assert isinstance(route.authorizer, LambdaAuthorizer)
        decision = self._authorizers.decide(route.authorizer, call)
        return _decision(decision.outcome, "" if decision.outcome is Outcome.ERROR else json.dumps(decision.context))

    def _buffer(self, request: Request) -> Response:
        body = request.stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            return _message(413, "Request Entity Too Large")
        return send_again(self._edge.successor_socket, request, request.environ[RECEIVED_HEADERS], body)

    def _invoke(self, request: Request) -> Response:
        body = request.stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            return _message(413, "Request Entity Too Large")
        query = request.query_string.decode("latin-1")
        route, call = route_and_call(self._control_plane.current, request, request.method, query, body)
        assert isinstance(route.integration, Function)
        arn = function_arn(route.integration.uri, call.stage_variables)
        reply = proxy(arn, route.integration.payload_version, call)
        response = Response(reply.body, status=reply.status)
        response.headers.clear()
        for name, value in reply.headers:
            if name not in ("content-length", "transfer-encoding", "connection"):
                response.headers.add(name, value)
        return response


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # HAProxy keeps its connections

    def make_environ(self) -> dict:
        environ = super().make_environ()
        # A WSGI environment joins repeated headers, and Lambda events must not.
        environ[RECEIVED_HEADERS] = [(name.lower(), value) for name, value in self.headers.items()]
        return environ

    def log(self, *args: Any) -> None:
        """Logs nothing: HAProxy logs requests."""


def _decision(outcome: Outcome, context: str = "") -> Response:
    return Response(context, headers={headers.DECISION: outcome.value}, content_type="application/json")


def _message(status: int, message: str) -> Response:
    return Response(json.dumps({"message": message}), status=status, content_type="application/json")
