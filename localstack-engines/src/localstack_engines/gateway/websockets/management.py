"""The @connections API, by which a backend sends to clients: PostToConnection, GetConnection, DeleteConnection.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
"""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote

from localstack_engines.gateway import headers
from localstack_engines.gateway.subrequests.messages import Reply, Request
from localstack_engines.gateway.websockets.connections import Connection, Connections, Gone, iso
from localstack_engines.gateway.websockets.peer import MAX_MESSAGE_BYTES

_PATH = re.compile(r"(?:/([^/]+))?/@connections/([^/]+)")


class ConnectionManagement:
    """Answers requests that HAProxy has found to be for a WebSocket API, but not for a WebSocket."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def answer(self, request: Request) -> Reply:
        """Returns the response. LocalStack's own address names no API: there a connection's id says enough."""
        operations: dict[str, Callable[[Request, Connection], Reply]] = {
            "POST": self._post,
            "GET": self._get,
            "DELETE": self._delete,
        }
        found, operation = _PATH.fullmatch(unquote(request.header(headers.PATH))), operations.get(request.method)
        if found is None or operation is None:
            return _error(HTTPStatus.FORBIDDEN, "ForbiddenException", "Forbidden")
        if not request.header("authorization") and "X-Amz-Signature=" not in request.target:
            return _error(HTTPStatus.FORBIDDEN, "MissingAuthenticationTokenException", "Missing Authentication Token")
        api_id = request.header(headers.API) or None
        if api_id and not found[1]:
            return _error(HTTPStatus.FORBIDDEN, "ForbiddenException", "Forbidden")
        try:
            return operation(request, self._connections.find(found[2], api_id, found[1]))
        except Gone:
            return _error(HTTPStatus.GONE, "GoneException", "Gone")

    def _post(self, request: Request, connection: Connection) -> Reply:
        data = request.body()
        if len(data) > MAX_MESSAGE_BYTES:
            return _error(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "PayloadTooLargeException", "Message payload size exceeds limit"
            )
        try:
            self._connections.send(connection, data.decode(errors="replace"))
        except BlockingIOError as full:
            return _error(HTTPStatus.TOO_MANY_REQUESTS, "LimitExceededException", str(full))
        return Reply(HTTPStatus.OK, [])

    def _get(self, request: Request, connection: Connection) -> Reply:
        client = connection.client
        described = {
            "connectedAt": iso(client.connected_at),
            "identity": {"sourceIp": client.source_ip, "userAgent": client.user_agent or ""},
            "lastActiveAt": iso(connection.peer.last_active),
        }
        return Reply(HTTPStatus.OK, [("content-type", "application/json")], json.dumps(described).encode())

    def _delete(self, request: Request, connection: Connection) -> Reply:
        self._connections.close(connection)
        return Reply(HTTPStatus.NO_CONTENT, [])


def _error(status: HTTPStatus, code: str, message: str) -> Reply:
    content = [("content-type", "application/json"), ("x-amzn-errortype", code)]
    return Reply(status, content, json.dumps({"message": message}).encode())
