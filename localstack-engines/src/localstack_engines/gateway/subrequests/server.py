"""Where HAProxy turns for what it cannot do: unknown keys, Lambda authorizers, Lambda integrations, bodies of
unknown length.

It listens on a Unix socket that only HAProxy reaches. What HAProxy knows of a request comes in x-engines-* headers,
which it takes from no client.
"""

import base64
import json
import logging
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from localstack_engines.gateway import edge_proxy
from localstack_engines.gateway.configuration.edge_rules import MAX_BODY
from localstack_engines.gateway.routes import variables
from localstack_engines.gateway.subrequests.buffering import replay
from localstack_engines.gateway.subrequests.events import Call
from localstack_engines.gateway.subrequests.lambda_authorizer import ALLOW, DENY, ERROR, LambdaAuthorizers
from localstack_engines.gateway.subrequests.lambda_functions import FunctionFailed, function_arn, proxy
from localstack_engines.services.apigatewayv2 import store as records
from localstack_engines.services.apigatewayv2.control import stages
from localstack_engines.toolkit import settings

if TYPE_CHECKING:
    from localstack_engines.services.apigatewayv2.control.publisher import Publisher

LOG = logging.getLogger(__name__)

_PREFIX = settings.HEADER_PREFIX


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept

    def make_environ(self) -> dict:
        environ = super().make_environ()
        # A WSGI environment joins repeated headers, and Lambda events must not.
        environ["engines.headers"] = [(name.lower(), value) for name, value in self.headers.items()]
        return environ

    def log(self, *args: Any) -> None:
        """HAProxy logs requests."""


class PluginServer:
    def __init__(self, socket_path: Path, publisher: "Publisher") -> None:
        self._path = socket_path
        self._publisher = publisher
        self._authorizers = LambdaAuthorizers()
        self._server: BaseWSGIServer | None = None

    def start(self) -> None:
        self._path.unlink(missing_ok=True)
        self._server = make_server(
            f"unix://{self._path}", 0, self._application, threaded=True, request_handler=_Handler
        )
        os.chmod(self._path, 0o600)  # noqa: PTH101 (a socket, not a file)
        threading.Thread(target=self._server.serve_forever, name="apigatewayv2-server", daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._path.unlink(missing_ok=True)

    def _application(self, environ: dict, start_response: Any) -> Any:
        request = Request(environ)
        answers = {"verify": self._verify, "authorize": self._authorize, "spool": self._spool}
        answer = answers.get(request.headers.get("x-engines-question", ""))
        try:
            response = (answer or self._invoke)(request)
        except FunctionFailed as error:
            LOG.warning("Lambda integration of %s failed: %s", request.headers.get("x-engines-route"), error)
            response = _message(500, "Internal Server Error")
        except Exception:
            LOG.exception("request for an HTTP API failed")
            response = _message(500, "Internal Server Error")
        return response(environ, start_response)

    def _verify(self, request: Request) -> Response:
        """A token whose key is not known yet: is it the issuer's after all?"""
        authorizer = self._publisher.jwt_authorizer(request.headers["x-engines-auth"])
        if authorizer is None:
            return _verdict(DENY)
        self._publisher.unknown_key(authorizer.issuer)
        valid = self._publisher.issuers.verify(authorizer.issuer, request.headers["x-engines-token"])
        return _verdict(ALLOW if valid else DENY)

    def _authorize(self, request: Request) -> Response:
        target = _Target(request, request.headers["x-engines-match"].partition("|")[0])
        authorizer = target.deployed["authorizers"][target.route.authorizer_id]
        call = target.call(request, request.headers["x-engines-method"], request.headers["x-engines-query"], b"")
        decision = self._authorizers.decide(request.headers["x-engines-auth"], authorizer, call)
        return _verdict(decision.verdict, json.dumps(decision.context) if decision.verdict != ERROR else "")

    def _spool(self, request: Request) -> Response:
        body = request.stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            return _message(413, "Request Entity Too Large")
        return replay(edge_proxy.door().successor_socket, request, request.environ["engines.headers"], body)

    def _invoke(self, request: Request) -> Response:
        body = request.stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            return _message(413, "Request Entity Too Large")
        target = _Target(request, request.headers["x-engines-route"])
        integration = target.deployed["integrations"][(target.route.target or "").removeprefix("integrations/")]
        call = target.call(request, request.method, request.query_string.decode("latin-1"), body)
        arn = function_arn(integration.integration_uri, call.stage_variables)
        reply = proxy(arn, integration.payload_format_version, call)
        response = Response(reply.body, status=reply.status)
        response.headers.clear()
        for name, value in reply.headers:
            if name not in ("content-length", "transfer-encoding", "connection"):
                response.headers.add(name, value)
        return response


class _Target:
    """The route that HAProxy chose, in the records that its stage serves."""

    def __init__(self, request: Request, route_id: str) -> None:
        api_id, stage_name = request.headers["x-engines-api"], request.headers["x-engines-stage"]
        self.account, self.region, self.api = next(found for found in records.all_apis() if found[2].api_id == api_id)
        self.stage = self.api.stages[stage_name]
        self.deployed = stages.served(self.api, self.stage) or {}
        self.route = self.deployed["routes"][route_id]

    def call(self, request: Request, method: str, query: str, body: bytes) -> Call:
        headers = request.headers
        route_path = headers["x-engines-route-path"]
        return Call(
            api_id=self.api.api_id,
            account=self.account,
            region=self.region,
            stage=self.stage.name,
            route_key=self.route.route_key,
            method=method,
            path=headers["x-engines-path"],
            route_path=route_path,
            query=query,
            headers=_client_headers(request),
            source_ip=headers["x-engines-source"],
            domain=headers.get("x-engines-domain", ""),
            request_id=headers.get("x-engines-request-id", ""),
            path_parameters=_path_parameters(self.route.route_key, route_path),
            stage_variables=dict(self.stage.stage_variables),
            claims=_json_header(headers.get("x-engines-claims")),
            scopes=list(self.route.authorization_scopes or []) or None,
            authorizer=_json_header(headers.get("x-engines-authorizer")),
            body=body,
        )


def _client_headers(request: Request) -> list[tuple[str, str]]:
    domain = request.headers.get("x-engines-domain", "")
    kept = [(name, value) for name, value in request.environ["engines.headers"] if not name.startswith(_PREFIX)]
    return [(name, domain if name == "host" else value) for name, value in kept]


def _path_parameters(route_key: str, route_path: str) -> dict[str, str]:
    from urllib.parse import unquote

    segments = route_path.split("/")
    return {
        name: unquote("/".join(segments[number:]) if greedy else segments[number])
        for name, (number, greedy) in variables(route_key).items()
        if number < len(segments)
    }


def _json_header(value: str | None) -> dict[str, Any] | None:
    if not value:
        return None
    decoded = json.loads(base64.b64decode(value))
    return decoded if isinstance(decoded, dict) else None


def _verdict(verdict: str, context: str = "") -> Response:
    return Response(context, headers={"x-engines-verdict": verdict}, content_type="application/json")


def _message(status: int, message: str) -> Response:
    return Response(json.dumps({"message": message}), status=status, content_type="application/json")
