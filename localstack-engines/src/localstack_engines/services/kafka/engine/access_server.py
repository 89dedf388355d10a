"""The HTTP server that brokers ask about log-ins and permissions, on the loopback interface.

Each cluster has an address of its own with a random part: a process that does not know it gets no answer. A question
is a POST of a JSON object, and so is its answer.
"""

import json
import logging
import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOG = logging.getLogger(__name__)

Answer = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Answers a question, which has a name and members. Raises LookupError for an unknown one."""

_MAXIMUM_BYTES = 10_000_000
_IDLE_SECONDS = 60


class AccessServer:
    """Answers the questions of all clusters. It starts with the first cluster."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[str, Answer] = {}
        self._server: _Server | None = None

    def add(self, answer: Answer) -> str:
        """Returns the address at which `answer` answers from now on."""
        key = secrets.token_urlsafe(24)
        with self._lock:
            if self._server is None:
                self._server = _Server(self)
                threading.Thread(target=self._server.serve_forever, name="kafka-access", daemon=True).start()
            self._answers[key] = answer
            return f"http://127.0.0.1:{self._server.server_address[1]}/{key}"

    def remove(self, url: str) -> None:
        """Ends an address."""
        with self._lock:
            self._answers.pop(url.rpartition("/")[2], None)

    def stop(self) -> None:
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def answer(self, path: str, question: dict[str, Any]) -> dict[str, Any]:
        """Answers the question at `/key/name`. Raises LookupError when there is no such address."""
        _, key, name = path.split("/") if path.count("/") == 2 else ("", "", "")
        return self._answers[key](name, question)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, access: AccessServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.access = access


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _IDLE_SECONDS
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _MAXIMUM_BYTES:
            self.close_connection = True
            self._reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {})
            return
        body = self.rfile.read(length)
        try:
            self._reply(HTTPStatus.OK, self.server.access.answer(self.path, json.loads(body)))
        except LookupError:
            self._reply(HTTPStatus.NOT_FOUND, {})
        except Exception:
            # The broker refuses what is not answered, and says so.
            LOG.exception("a broker's question cannot be answered")
            self._reply(HTTPStatus.INTERNAL_SERVER_ERROR, {})

    def _reply(self, status: HTTPStatus, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Writes nothing: a path has the address of a cluster."""
