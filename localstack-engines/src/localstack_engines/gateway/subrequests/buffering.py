"""Requests of unknown length: they are read up to the limit, then sent on with their length.

API Gateway refuses more than 10 MB before an integration sees any of it, and HAProxy cannot count what it
streams. The request comes back to HAProxy as a new one, in the name of the client (PROXY protocol, version 1).
"""

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

from werkzeug import Request, Response

_HOP_BY_HOP = {"connection", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length"}
# Longer than any integration may take.
_TIMEOUT = 60.0
_BLOCK = 65536


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket, introduced as another client's connection."""

    def __init__(self, path: Path, introduction: str) -> None:
        super().__init__("gateway", timeout=_TIMEOUT)
        self._path = path
        self._introduction = introduction

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_TIMEOUT)
        self.sock.connect(str(self._path))
        self.sock.sendall(self._introduction.encode())


def replay(path: Path, request: Request, headers: list[tuple[str, str]], body: bytes) -> Response:
    """Sends the request to HAProxy's socket and hands its answer on as it comes."""
    connection = _Connection(path, f"PROXY {request.headers['x-engines-client']}\r\n")
    connection.putrequest(request.method, request.headers["x-engines-uri"], skip_host=True, skip_accept_encoding=True)
    for name, value in headers:
        if name not in _HOP_BY_HOP and not name.startswith("x-engines-"):
            connection.putheader(name, value)
    connection.putheader("content-length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    response = Response(_blocks(connection, answer), status=answer.status)
    response.headers.clear()
    for name, value in answer.getheaders():
        if name.lower() not in _HOP_BY_HOP - {"content-length"}:
            response.headers.add(name, value)
    return response


def _blocks(connection: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while block := answer.read1(_BLOCK):
            yield block
    finally:
        connection.close()
