"""The open connections, and what other threads may do with them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from localstack_engines.gateway.websockets.calls import Client
from localstack_engines.gateway.websockets.peer import Peer

_TIMEOUT_SECONDS = 10
CLOSED_BY_SERVER = (1000, "Connection closed by the backend")
GOING_AWAY = (1001, "Going away")


@dataclass(frozen=True)
class Connection:
    """An open WebSocket of a stage."""

    api_id: str
    stage: str
    client: Client
    peer: Peer


class Gone(LookupError):
    """There is no such connection."""


class Connections:
    """Finds connections by their ids. `add`, `remove` and `all` belong to the event loop, the rest to other threads."""

    def __init__(self) -> None:
        self._open: dict[str, Connection] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def add(self, connection: Connection) -> None:
        self._loop = asyncio.get_running_loop()
        self._open[connection.client.connection_id] = connection

    def remove(self, connection: Connection) -> None:
        self._open.pop(connection.client.connection_id, None)

    def all(self) -> list[Connection]:
        return list(self._open.values())

    def find(self, identifier: str, api_id: str | None, stage: str | None) -> Connection:
        """Returns a connection. `api_id` and `stage` must be its own, unless they are None. Raises Gone."""
        connection = self._open.get(identifier)
        if connection is None or connection.peer.closing_since is not None:
            raise Gone(identifier)
        if api_id not in (None, connection.api_id) or stage not in (None, connection.stage):
            raise Gone(identifier)
        return connection

    def send(self, connection: Connection, text: str) -> None:
        """Sends a message. Raises BlockingIOError when the client does not read."""
        self._in_loop(lambda: connection.peer.send(text))

    def close(self, connection: Connection) -> None:
        """Closes a connection. Nobody can send to it any more."""
        self._in_loop(lambda: connection.peer.close(*CLOSED_BY_SERVER))

    def _in_loop(self, action: Callable[[], None]) -> None:
        async def run() -> None:
            action()

        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(run(), self._loop).result(_TIMEOUT_SECONDS)


def iso(at: float) -> str:
    """Returns a time as the @connections API writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
