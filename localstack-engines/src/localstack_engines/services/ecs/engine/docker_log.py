"""Reads a container's log from the Docker daemon, in large pieces.

A client library hands out a log line by line, which costs more processor time than all else on a line's way. Here a
reader sleeps between two pieces, so that the daemon wakes it a few times a second however many lines there are.
"""

import os
import socket
import time
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from localstack_engines.toolkit.log_shipping.log_events import LogLine

_DEFAULT_HOST = "unix:///var/run/docker.sock"
_PIECE_BYTES = 1024 * 1024
_MANY_LINES = 100
_PAUSE_SECONDS = 0.2
_SHORT_PAUSE_SECONDS = 0.005
"""After many lines. The socket's buffer takes less than 300 lines, and the daemon waits while it is full."""
_CONNECT_SECONDS = 10.0
_HEADER_BYTES = 8


class LogUnavailable(Exception):
    """The daemon does not give the log."""


def read(container_id: str, tail: int | str = "all", follow: bool = True, terminal: bool = False) -> Iterator[LogLine]:
    """Yields the lines one by one. Raises LogUnavailable, OSError."""
    for lines in pieces(container_id, tail, follow, terminal):
        yield from lines


def pieces(
    container_id: str,
    tail: int | str = "all",
    follow: bool = True,
    terminal: bool = False,
    since: datetime | None = None,
) -> Iterator[list[LogLine]]:
    """Yields the lines as they are written, those of up to 0.2 seconds together, until the container ends.

    `terminal` says that the container has a terminal, whose output Docker does not divide into frames.
    `since` leaves out the lines of a container's earlier runs. Raises LogUnavailable, OSError.
    """
    query: dict[str, int | str] = {"stdout": 1, "stderr": 1, "timestamps": 1, "follow": int(follow), "tail": tail}
    if since is not None:
        query["since"] = f"{since.timestamp():.6f}"
    with _connect() as connection:
        # With HTTP/1.0 the daemon sends the log as it is; with HTTP/1.1 each line would be a chunk to be parsed.
        request = f"GET /containers/{container_id}/logs?{urlencode(query)} HTTP/1.0\r\nHost: docker\r\n\r\n"
        connection.sendall(request.encode())
        data = _after_head(connection)
        parser = Parser(terminal)
        while True:
            if lines := parser.feed(data):
                yield lines
            if follow and data:
                # The lines of the next piece gather in the socket's buffer.
                time.sleep(_PAUSE_SECONDS if len(lines) < _MANY_LINES else _SHORT_PAUSE_SECONDS)
            data = connection.recv(_PIECE_BYTES)
            if not data:
                break
        if lines := parser.end():
            yield lines


class Parser:
    """Makes lines of the bytes of a log. Joins long lines that Docker has split."""

    def __init__(self, terminal: bool = False) -> None:
        self._terminal = terminal
        self._rest = b""
        self._begun: dict[int, LogLine] = {}
        self._second = ("", 0)

    def feed(self, data: bytes) -> list[LogLine]:
        """Returns the lines that are complete with these bytes."""
        return self._unframed(data) if self._terminal else self._framed(data)

    def end(self) -> list[LogLine]:
        """Returns what the container wrote without a line break at its end."""
        if self._terminal:
            return self._unframed(b"\n") if self._rest else []
        return list(self._begun.values())

    def _framed(self, data: bytes) -> list[LogLine]:
        data = self._rest + data
        position, lines = 0, []
        while len(data) - position >= _HEADER_BYTES:
            # The first byte of a frame tells stdout from stderr, the last four are the length of its content.
            start = position + _HEADER_BYTES
            end = start + int.from_bytes(data[start - 4 : start], "big")
            if end > len(data):
                break
            if line := self._line(data[position], data[start:end]):
                lines.append(line)
            position = end
        self._rest = data[position:]
        return lines

    def _unframed(self, data: bytes) -> list[LogLine]:
        *complete, self._rest = (self._rest + data).split(b"\n")
        return [line for content in complete if (line := self._line(1, content + b"\n"))]

    def _line(self, stream: int, content: bytes) -> LogLine | None:
        """Returns the line that this part ends, or None if more parts follow."""
        stamp, _, text = content.decode(errors="replace").partition(" ")
        begun = self._begun.pop(stream, None)
        moment, text = (begun[0], begun[1] + text) if begun else (self._milliseconds(stamp), text)
        if text.endswith("\n"):
            return moment, text.rstrip("\r\n")
        self._begun[stream] = (moment, text)
        return None

    def _milliseconds(self, stamp: str) -> int:
        """Parses Docker's RFC 3339 time, which has nanoseconds and is in UTC."""
        second, _, fraction = stamp.rstrip("Z").partition(".")
        if second != self._second[0]:  # most lines are of the same second as the line before
            self._second = (second, int(datetime.fromisoformat(f"{second}+00:00").timestamp()) * 1000)
        return self._second[1] + int(f"{fraction[:3]:0<3}")


def _connect() -> socket.socket:
    """Connects to the daemon that docker-py's `from_env` finds. Raises LogUnavailable, OSError."""
    host = os.environ.get("DOCKER_HOST") or _DEFAULT_HOST
    address = urlsplit(host)
    if address.scheme == "tcp" and not os.environ.get("DOCKER_TLS_VERIFY"):
        connection = socket.create_connection((address.hostname or "", address.port or 2375), _CONNECT_SECONDS)
    elif address.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(_CONNECT_SECONDS)
        connection.connect(address.path)
    else:
        raise LogUnavailable(f"logs are read over unix:// and over tcp:// without TLS, and DOCKER_HOST is {host}")
    connection.settimeout(None)  # a container may be silent for as long as it likes
    return connection


def _after_head(connection: socket.socket) -> bytes:
    """Reads the answer's head. Returns the bytes of the log that came with it. Raises LogUnavailable."""
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(_PIECE_BYTES)
        if not data:
            raise LogUnavailable("Docker closed the connection")
        head += data
    head, _, data = head.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1]
    if status != b"200":
        raise LogUnavailable(f"Docker answered {status.decode()}: {data.decode(errors='replace').strip()}")
    return data
