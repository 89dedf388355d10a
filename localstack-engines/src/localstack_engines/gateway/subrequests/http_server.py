"""An HTTP server on a Unix socket. Each connection carries one request, which has a deadline."""

import contextlib
import io
import logging
import socket
import sys
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import BaseServer, ThreadingUnixStreamServer
from typing import Any, BinaryIO, cast

from localstack_engines.gateway.subrequests.messages import Request, error

LOG = logging.getLogger(__name__)

REQUEST_SECONDS = 20
"""How long a request may take to arrive with its whole body. AWS does not document its own limit."""

WRITE_SECONDS = 60
"""How long HAProxy, and so its client, may take to accept a block of an answer."""

_BLOCK_BYTES = 65536

Answer = Callable[[Request], Iterable[bytes]]
"""Returns the bytes of the response. Raises ConnectionError to close the connection without one."""


class HttpServer(ThreadingUnixStreamServer):
    """Answers each request in a thread of its own."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path, answer: Answer) -> None:
        super().__init__(str(path), lambda *arguments: _Handler(answer, *arguments))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Logs why a connection was closed without an answer. The base class prints it."""
        failure = sys.exception()
        if isinstance(failure, ConnectionError):
            LOG.debug("a connection broke off: %s", failure)
        else:
            LOG.exception("a connection failed")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, answer: Answer, request: socket.socket, client: Any, server: BaseServer) -> None:
        self._answer = answer
        super().__init__(request, client, server)

    def setup(self) -> None:
        super().setup()
        self.rfile = io.BufferedReader(_DeadlineReader(self.connection, REQUEST_SECONDS))

    def __getattr__(self, name: str) -> Any:
        """Finds one method for all of HTTP's: the base class calls `do_GET` for GET."""
        if name.startswith("do_"):
            return self._respond
        raise AttributeError(name)

    def _respond(self) -> None:
        self.close_connection = True
        request = Request(
            method=self.command,
            # The base class removes all but one slash from the beginning of `self.path`.
            target=self.requestline.split()[1],
            headers=[(name.lower(), value) for name, value in self.headers.items()],
            stream=cast("BinaryIO", self.rfile),
        )
        self._send(lambda: self._answer(request))

    def _send(self, answer: Callable[[], Iterable[bytes]]) -> None:
        """Writes an answer and closes the connection. A client that does not accept it in time loses the rest."""
        # HAProxy closes the connection when its client does.
        with contextlib.suppress(ConnectionError):
            answered = answer()
            self.connection.settimeout(WRITE_SECONDS)
            for block in answered:
                for start in range(0, len(block), _BLOCK_BYTES):
                    self.wfile.write(block[start : start + _BLOCK_BYTES])
            self._close_in_stages()

    def _close_in_stages(self) -> None:
        """Reads on until HAProxy closes: else it might lose the answer to a body that was not read whole.

        Source: RFC 9112, section 9.6.
        """
        self.connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(TimeoutError):
            while self.rfile.read(_BLOCK_BYTES):
                continue

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answers a request that is not valid HTTP."""
        self.close_connection = True
        self._send(lambda: [error(code, HTTPStatus(code).phrase).encode(self.command or "")])

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing: HAProxy logs requests."""


class _DeadlineReader(io.RawIOBase):
    """What arrives on a connection within some seconds. Then reading raises TimeoutError."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._end = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        try:
            return self._connection.recv_into(buffer)
        finally:
            # The deadline is for the request only.
            self._connection.settimeout(None)
