"""Integrations of WebSocket APIs with HTTP endpoints."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from localstack_engines.gateway.websockets.calls import Call, Client
from localstack_engines.gateway.websockets.integrations import run
from localstack_engines.gateway.websockets.model import Integration, Route, Stage, WebSocketApi

API = WebSocketApi(id="abc", domain="abc.example", selection="$request.body.action")


@pytest.fixture
def endpoint() -> Iterator[str]:
    """An endpoint that answers the message, as text without a character set."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-type", "text/plain")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_text_without_a_character_set_is_utf_8(endpoint: str) -> None:
    client = Client(source_ip="1.2.3.4", user_agent=None, domain=API.domain)
    call = Call(api=API, stage=Stage(name="dev"), route_key="x", kind="MESSAGE", client=client, body="grüße")
    route = Route(id="r", key="x", integration=Integration(id="i", kind="HTTP_PROXY", uri=endpoint))
    assert run(route, call).body == "grüße"
