"""The connection to the agent in a load balancer's container."""

import json
import struct
import threading
from collections.abc import Iterator
from typing import Any

from localstack_engines.gateway.haproxy.master_socket import CommandFailed
from localstack_engines.services.elbv2.engine import agent

Step = list[Any]

_ARGV = ["python", "-m", agent.__name__]
_FRAME = struct.Struct(">BxxxI")
_STDOUT = 1
_TIMEOUT = 60.0
"""Seconds. No request takes as long."""


class AgentChannel:
    """Sends requests to the agent, one after the other. It starts the agent when it does not run."""

    def __init__(self, api: Any, container_id: str) -> None:
        self._api = api
        self._container_id = container_id
        self._lock = threading.Lock()
        self._stream: Any = None

    def run(self, steps: list[Step], files: dict[str, str] | None = None) -> list[Any]:
        """Writes files, runs steps and returns their results. Raises CommandFailed with HAProxy's words."""
        from docker.errors import APIError

        request = json.dumps({"files": files or {}, "steps": steps}).encode() + b"\n"
        with self._lock:
            try:
                answer = self._ask(request)
            except (APIError, OSError, EOFError) as error:
                self._close()
                raise CommandFailed(f"the load balancer's container does not answer: {error}") from error
        if answer["error"] is not None:
            raise CommandFailed(answer["error"])
        return list(answer["results"])

    def close(self) -> None:
        with self._lock:
            self._close()

    def _ask(self, request: bytes) -> dict[str, Any]:
        if self._stream is not None:
            try:
                return self._exchange(request)
            except (OSError, EOFError):
                # The container has been restarted. All steps may be repeated.
                self._close()
        self._open()
        return self._exchange(request)

    def _open(self) -> None:
        made = self._api.exec_create(self._container_id, _ARGV, stdin=True)["Id"]
        self._stream = self._api.exec_start(made, socket=True)
        self._socket.settimeout(_TIMEOUT)

    def _close(self) -> None:
        if self._stream is not None:
            self._socket.close()
            # If only the socket were closed, the response would warn when it is garbage-collected.
            getattr(self._stream, "_response", self._stream).close()
            self._stream = None

    def _exchange(self, request: bytes) -> dict[str, Any]:
        """Sends a request and returns the answer. Raises EOFError with the agent's words when it has ended."""
        self._socket.sendall(request)
        answer = errors = b""
        for stream, data in self._frames():
            if stream != _STDOUT:
                errors += data
                continue
            answer += data
            if answer.endswith(b"\n"):
                return dict(json.loads(answer))
        raise EOFError(errors.decode(errors="replace").strip())

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        """Yields the pieces of the agent's output, and of which stream they are, until it ends. Raises TimeoutError.

        Docker's library waits for them without a time limit. Source: "Stream format" in Docker's Engine API.
        """
        while len(header := self._read(_FRAME.size)) == _FRAME.size:
            stream, length = _FRAME.unpack(header)
            yield stream, self._read(length)

    def _read(self, size: int) -> bytes:
        """Returns so many bytes, or fewer at the end."""
        data = b""
        while len(data) < size and (piece := self._socket.recv(size - len(data))):
            data += piece
        return data

    @property
    def _socket(self) -> Any:
        return getattr(self._stream, "_sock", self._stream)
