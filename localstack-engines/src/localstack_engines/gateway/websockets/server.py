"""The server of WebSocket APIs: one event loop in one thread, on a Unix socket that only HAProxy reaches."""

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from wsproto.events import Request

from localstack_engines.gateway import headers
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.websockets.connections import GOING_AWAY, Connection, Connections
from localstack_engines.gateway.websockets.conversations import Accepted, Conversations, Handshake, Log, Refused
from localstack_engines.gateway.websockets.model import WebSocketApis
from localstack_engines.gateway.websockets.peer import Peer

LOG = logging.getLogger(__name__)

_MESSAGES_AT_ONCE = 100
"""How many messages of one connection are being handled at most. More wait, as TCP makes the client wait."""
_SOCKET_BACKLOG = 4096
_CHECK_SECONDS = 1.0
_STOP_SECONDS = 5.0


@dataclass(frozen=True)
class Limits:
    """Seconds. Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-quotas.html"""

    idle: float = 600
    lifetime: float = 7200
    close: float = 5
    """How long a client may take to answer a close."""


class WebSocketServer:
    """Opens, serves and closes connections."""

    def __init__(
        self,
        edge: Edge,
        current: Callable[[], WebSocketApis],
        connections: Connections,
        log: Log,
        limits: Limits = Limits(),
    ) -> None:
        self._path = edge.websocket_socket
        self._connections = connections
        self._conversations = Conversations(current, log)
        self._limits = limits
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="gateway-websockets", daemon=True)
        self._started = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Returns when the server accepts connections."""
        self._path.unlink(missing_ok=True)
        self._thread.start()
        self._started.wait()

    def stop(self) -> None:
        """Closes all connections. No `$disconnect` is run: the integrations stop, too."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(_STOP_SECONDS)
        self._conversations.stop()
        self._path.unlink(missing_ok=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve_until_stopped())

    async def _serve_until_stopped(self) -> None:
        server = await asyncio.start_unix_server(self._serve, self._path, backlog=_SOCKET_BACKLOG)
        os.chmod(self._path, 0o600)  # noqa: PTH101 (a socket, not a file)
        self._started.set()
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _CHECK_SECONDS)
            self._close_what_has_ended()
        server.close()
        for connection in self._connections.all():
            connection.peer.close(*GOING_AWAY)
        # The closes are sent when the loop runs once more.
        await asyncio.sleep(0)
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _close_what_has_ended(self) -> None:
        """Closes connections that are idle, too old, or of a stage that was deleted."""
        now, limits = time.time(), self._limits
        self._conversations.forget_removed_stages()
        for connection in self._connections.all():
            peer = connection.peer
            if peer.closing_since is not None:
                if now - peer.closing_since > limits.close:
                    peer.abort()
                continue
            too_long = now - peer.last_active > limits.idle or now - connection.client.connected_at > limits.lifetime
            if too_long or not self._conversations.is_served(connection.api_id, connection.stage):
                peer.close(*GOING_AWAY)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        try:
            request = await peer.handshake()
            if request is not None:
                await self._converse(peer, request)
        except ConnectionError as failure:
            LOG.debug("a WebSocket broke off: %s", failure)
        except Exception:
            LOG.exception("a WebSocket failed")
        finally:
            await peer.finish()

    async def _converse(self, peer: Peer, request: Request) -> None:
        try:
            accepted = await self._conversations.connect(_handshake(request))
            peer.accept(_subprotocol(request, accepted), accepted.headers)
        except Refused as refused:
            peer.refuse(refused.status, str(refused))
            return
        except ValueError as invalid:
            LOG.warning("the integration's answer to a handshake has an invalid header: %s", invalid)
            peer.refuse(HTTPStatus.BAD_GATEWAY, "Internal server error")
            return
        connection = Connection(accepted.api_id, accepted.stage, accepted.client, peer)
        self._connections.add(connection)
        try:
            await self._handle_messages(connection)
        finally:
            self._connections.remove(connection)
            if not self._stopping.is_set():
                self._in_background(self._end(connection))

    async def _handle_messages(self, connection: Connection) -> None:
        """Starts to handle each message when it arrives. As on AWS, a later one may be answered earlier."""
        free = asyncio.Semaphore(_MESSAGES_AT_ONCE)
        async for text in connection.peer.messages():
            await free.acquire()
            self._in_background(self._handle(connection, text)).add_done_callback(lambda _: free.release())

    async def _handle(self, connection: Connection, text: str) -> None:
        try:
            frame = await self._conversations.message(connection.api_id, connection.stage, connection.client, text)
            if frame is not None:
                connection.peer.send(frame)
        except Refused:
            LOG.debug("connection %s has no stage any more", connection.client.connection_id)
        except BlockingIOError as full:
            LOG.warning("connection %s: %s", connection.client.connection_id, full)
        except Exception:
            LOG.exception("a message of connection %s failed", connection.client.connection_id)

    async def _end(self, connection: Connection) -> None:
        try:
            await self._conversations.disconnect(
                connection.api_id, connection.stage, connection.client, *connection.peer.closed
            )
        except Exception:
            LOG.exception("the end of connection %s was not handled", connection.client.connection_id)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        # The loop itself keeps no reference to a task that is not finished.
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _handshake(request: Request) -> Handshake:
    """Returns what HAProxy and the client say in a request."""
    given = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in request.extra_headers]
    ours = dict(given)
    domain = ours.get(headers.DOMAIN, "")
    kept = [(name, value) for name, value in given if not name.startswith(headers.PREFIX)]
    kept.append(("host", domain))
    if request.subprotocols:
        kept.append(("sec-websocket-protocol", ", ".join(request.subprotocols)))
    source = ours.get(headers.SOURCE, "")
    kept += [("x-forwarded-for", source), ("x-forwarded-proto", "http")]
    return Handshake(
        api_id=ours.get(headers.API, ""),
        path=ours.get(headers.PATH, ""),
        query=tuple(parse_qsl(request.target.partition("?")[2], keep_blank_values=True)),
        headers=tuple(kept),
        source_ip=source,
        domain=domain,
    )


def _subprotocol(request: Request, accepted: Accepted) -> str | None:
    """Returns the subprotocol that the integration chose, if the client offered it."""
    chosen = accepted.headers.get("sec-websocket-protocol")
    return chosen if chosen in request.subprotocols else None
