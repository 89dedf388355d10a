"""The WebSocket server on its socket: limits of connections, and clients that behave badly."""

import base64
import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, unix_connect

from lab.waiting import until
from localstack_engines.gateway import headers
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.subrequests.messages import Request
from localstack_engines.gateway.websockets.calls import Call
from localstack_engines.gateway.websockets.connections import Connection, Connections, Gone
from localstack_engines.gateway.websockets.management import ConnectionManagement
from localstack_engines.gateway.websockets.model import CONNECT, Integration, Route, Stage, WebSocketApi
from localstack_engines.gateway.websockets.server import Limits, WebSocketServer

STAGE = Stage(name="dev", access_log=True)
API = WebSocketApi(id="abc", domain="abc.example", selection="$request.body.action", stages={"dev": STAGE})


class Server:
    """A running server, what it has logged, and the connections that it has."""

    def __init__(self, directory: Path, limits: Limits) -> None:
        edge = Edge(edge_port=1, gateway_address="127.0.0.1:1", directory=directory)
        self.path = str(edge.websocket_socket)
        self.apis = {API.id: API}
        self.events: list[tuple[str, int]] = []
        self.calls: list[Call] = []
        self.connections = Connections()
        self.server = WebSocketServer(edge, lambda: self.apis, self.connections, self._log, limits)
        self.server.start()

    def _log(self, call: Call, status: int, milliseconds: float) -> None:
        self.events.append((call.kind, status))
        self.calls.append(call)

    def connect(self, path: str = "/dev", api: str = API.id, query: str = "") -> ClientConnection:
        given = {headers.API: api, headers.PATH: path, headers.SOURCE: "1.2.3.4", headers.DOMAIN: API.domain}
        return unix_connect(self.path, uri=f"ws://localhost/{query}", additional_headers=given, compression=None)

    def connect_raw(self) -> socket.socket:
        """Opens a WebSocket that afterwards does nothing by itself: it neither reads nor answers."""
        client = socket.socket(socket.AF_UNIX)
        client.connect(self.path)
        key = base64.b64encode(b"x" * 16).decode()
        lines = ["GET / HTTP/1.1", "host: x", "connection: upgrade", "upgrade: websocket", f"sec-websocket-key: {key}"]
        lines += ["sec-websocket-version: 13", f"{headers.API}: {API.id}", f"{headers.PATH}: /dev", "", ""]
        client.sendall("\r\n".join(lines).encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 101 ")
        return client


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts a server with limits in seconds."""
    servers = []

    def start(**limits: float) -> Server:
        servers.append(Server(tmp_path, Limits(**limits)))
        return servers[-1]

    yield start
    for server in servers:
        server.server.stop()


def closed_with(client: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        client.recv(timeout=20)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def test_an_idle_connection_is_closed(serve: Callable[..., Server]) -> None:
    server = serve(idle=0.1)
    with server.connect() as client:
        assert closed_with(client) == 1001
    until("its end", lambda: ("DISCONNECT", 200) in server.events)
    assert (server.calls[-1].close_code, server.calls[-1].close_reason) == (1001, "Going away")


def test_an_old_connection_is_closed_although_it_is_in_use(serve: Callable[..., Server]) -> None:
    server = serve(lifetime=1.5)
    with server.connect() as client:
        over = threading.Event()

        def use() -> None:
            while not over.wait(0.1):
                with contextlib.suppress(ConnectionClosed):
                    client.ping()

        user = threading.Thread(target=use)
        user.start()
        try:
            assert closed_with(client) == 1001
        finally:
            over.set()
            user.join()


def test_a_client_that_does_not_answer_a_close_is_cut_off(serve: Callable[..., Server]) -> None:
    server = serve(idle=0.1, close=0.1)
    with server.connect_raw():
        until("no connection", lambda: not server.connections.all())


def test_a_removed_stage_closes_its_connections_without_an_event(serve: Callable[..., Server]) -> None:
    server = serve()
    with server.connect() as client:
        server.apis = {}
        assert closed_with(client) == 1001
    assert server.events == [("CONNECT", 200)]


def test_a_stop_closes_connections_without_an_event(serve: Callable[..., Server]) -> None:
    server = serve()
    with server.connect() as client:
        server.server.stop()
        assert closed_with(client) == 1001
    assert server.events == [("CONNECT", 200)]


def test_a_client_that_vanishes_is_reported_as_abnormal(serve: Callable[..., Server]) -> None:
    server = serve()
    server.connect_raw().close()
    until("its end", lambda: ("DISCONNECT", 200) in server.events)
    assert server.calls[-1].close_code == 1006


def test_refused_handshakes_leave_nothing(serve: Callable[..., Server]) -> None:
    server = serve()
    for arguments in ({"path": "/none"}, {"api": "none"}, {"path": "/dev/more"}):
        with pytest.raises(InvalidStatus) as refused:
            server.connect(**arguments)
        assert refused.value.response.status_code == 403
        assert refused.value.response.body == b'{"message":"Forbidden"}'
        assert refused.value.response.headers["connection"] == "close"
    assert server.connections.all() == []


def test_what_is_no_handshake_is_a_bad_request(serve: Callable[..., Server]) -> None:
    server = serve()
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        client.connect(server.path)
        client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in answer.lower()


def test_an_error_that_nobody_expected_is_told_to_the_client(serve: Callable[..., Server]) -> None:
    """No HTTP header can have the value that the client gives here."""
    server = serve()
    for key, source in (("send", "route.request.body.name"), (CONNECT, "route.request.querystring.name")):
        mapping = {"integration.request.header.x-name": source}
        integration = Integration(id="i", kind="HTTP_PROXY", uri="http://127.0.0.1:1/", request_parameters=mapping)
        stage = replace(STAGE, routes={key: Route(id="r", key=key, integration=integration)})
        server.apis = {API.id: replace(API, stages={"dev": stage})}
        if key == CONNECT:
            with pytest.raises(InvalidStatus) as refused:
                server.connect(query="?name=%E2%98%83")
            assert refused.value.response.status_code == 500
        else:
            with server.connect() as client:
                client.send('{"action": "send", "name": "\u2603"}')
                assert json.loads(client.recv(timeout=20))["message"] == "Internal server error"


def test_a_slow_reader_makes_the_backend_wait(serve: Callable[..., Server]) -> None:
    """The client does not read: what waits for it is bounded, and the backend is told."""
    server = serve()
    with server.connect_raw():
        [connection] = until("the connection", server.connections.all)
        with pytest.raises(BlockingIOError):
            _send_much(server.connections, connection)
        server.connections.close(connection)
        with pytest.raises(Gone):
            server.connections.find(connection.client.connection_id, None, None)


def _send_much(connections: Connections, connection: Connection) -> None:
    for _ in range(200):
        connections.send(connection, "x" * 128 * 1024)


def test_the_management_api_needs_a_signature_and_a_connection(serve: Callable[..., Server]) -> None:
    server = serve()
    management = ConnectionManagement(server.connections)

    def ask(method: str, path: str, **given: str) -> tuple[int, Any]:
        sent = [(headers.PATH, path), *((name.replace("_", "-"), value) for name, value in given.items())]
        reply = management.answer(Request(method=method, target=path, headers=sent, stream=None))  # type: ignore[arg-type]
        return int(reply.status), dict(reply.headers).get("x-amzn-errortype")

    signed, api = {"authorization": "AWS4-HMAC-SHA256 x"}, {headers.API: API.id}
    with server.connect():
        [connection] = until("the connection", server.connections.all)
        path = f"/dev/@connections/{connection.client.connection_id}"
        assert ask("GET", path) == (403, "MissingAuthenticationTokenException")
        assert ask("GET", path, **signed, **api) == (200, None)
        assert ask("GET", path.replace("=", "%3D"), **signed, **api) == (200, None)
        assert ask("GET", path.removeprefix("/dev"), **signed) == (200, None)
        assert ask("GET", path.removeprefix("/dev"), **signed, **api) == (403, "ForbiddenException")
        assert ask("PUT", path, **signed, **api) == (403, "ForbiddenException")
        assert ask("GET", path.replace("dev", "other"), **signed, **api) == (410, "GoneException")
        assert ask("GET", path, **signed, **{headers.API: "other"}) == (410, "GoneException")
        assert ask("GET", "/dev/other", **signed, **api) == (403, "ForbiddenException")
    until("no connection", lambda: not server.connections.all())
    assert ask("DELETE", path, **signed, **api) == (410, "GoneException")
