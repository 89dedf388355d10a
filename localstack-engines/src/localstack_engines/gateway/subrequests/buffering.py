"""Requests whose length is unknown: the plugin reads them whole and sends them again with their length.

API Gateway refuses more than 10 MB before an integration gets any of it, and HAProxy cannot count a body that it
streams. The request goes back to HAProxy as a new one, with the client's addresses (PROXY protocol, version 1).
"""

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

from werkzeug import Request, Response

from localstack_engines.gateway import headers

_HOP_BY_HOP = {"connection", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length"}
_TIMEOUT = 60.0
"""Seconds: longer than any integration may take."""
_BLOCK_BYTES = 65536


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket, after a line of the PROXY protocol."""

    def __init__(self, path: Path, proxy_line: str) -> None:
        super().__init__("gateway", timeout=_TIMEOUT)
        self._path = path
        self._proxy_line = proxy_line

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_TIMEOUT)
        self.sock.connect(str(self._path))
        self.sock.sendall(self._proxy_line.encode())


def send_again(path: Path, request: Request, received: list[tuple[str, str]], body: bytes) -> Response:
    """Sends the request to HAProxy's socket and passes the answer on as it comes."""
    connection = _Connection(path, f"PROXY {request.headers[headers.CLIENT]}\r\n")
    uri = request.headers[headers.URI]
    connection.putrequest(request.method, uri, skip_host=True, skip_accept_encoding=True)
    for name, value in received:
        if name not in _HOP_BY_HOP and not name.startswith(headers.PREFIX):
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
        while block := answer.read1(_BLOCK_BYTES):
            yield block
    finally:
        connection.close()
