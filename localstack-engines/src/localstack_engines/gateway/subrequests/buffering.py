"""Sends a request again whose body has been read: `configuration/buffering.py` says why.

The new request has the client's addresses (PROXY protocol, version 1) and the headers with HAProxy's variables.
"""

import http.client
import select
import socket
from collections.abc import Iterator
from pathlib import Path

from localstack_engines.gateway import headers
from localstack_engines.gateway.subrequests.messages import Request

_LEFT_OUT = {
    *("connection", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length"),
    headers.SUBREQUEST,
    headers.CLIENT,
}
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


def send_again(path: Path, request: Request, body: bytes) -> Iterator[bytes]:
    """Sends the request to HAProxy's socket and returns the bytes of the answer as they come."""
    connection = _Connection(path, f"PROXY {request.header(headers.CLIENT)}\r\n")
    connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
    for name, value in request.headers:
        if name not in _LEFT_OUT:
            connection.putheader(name, value)
    connection.putheader("content-length", str(len(body)))
    connection.putheader("connection", "close")
    connection.endheaders()
    _send(connection.sock, body)
    return _received(connection.sock)


def _send(connection: socket.socket, body: bytes) -> None:
    """Sends the body until an answer comes: an integration may answer without having read all of it."""
    poll = select.poll()
    poll.register(connection, select.POLLIN | select.POLLOUT)
    rest = memoryview(body)
    while rest:
        if any(events & ~select.POLLOUT for _, events in poll.poll(_TIMEOUT * 1000)):
            connection.shutdown(socket.SHUT_WR)
            return
        rest = rest[connection.send(rest[:_BLOCK_BYTES]) :]


def _received(connection: socket.socket) -> Iterator[bytes]:
    with connection:
        while block := connection.recv(_BLOCK_BYTES):
            yield block
