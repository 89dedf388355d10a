"""HAProxy's configuration for WebSocket APIs."""

from pathlib import Path

from localstack_engines.gateway.configuration.render import render
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.model import Gateway

EDGE = Edge(edge_port=4566, gateway_address="127.0.0.1:4000", directory=Path("/gw"))


def test_without_websocket_apis_there_is_nothing_of_them() -> None:
    rendered = render(EDGE, Gateway())
    assert "websocket" not in rendered.config
    assert "websockets.map" not in rendered.files


def test_a_websocket_and_a_request_to_connections_have_their_own_sections() -> None:
    rendered = render(EDGE, Gateway(websockets={"abc": "abc.execute-api.example:4566"}))
    assert rendered.files["websockets.map"] == "abc abc.execute-api.example:4566\n"
    lines = [line.strip() for line in rendered.config.splitlines()]
    chosen = "{ var(txn.websocket) -m found }"
    assert f"http-request allow if {chosen}" in lines
    to_server = lines.index(f"use_backend websockets if {chosen} {{ req.hdr(upgrade) -i websocket }}")
    assert to_server < lines.index(f"use_backend websocket_management if {chosen}")
    # A client's own headers of the plugin are removed before the plugin's are set.
    removed = lines.index(f"http-request del-header x-engines- -m beg if {chosen}")
    assert removed < min(n for n, line in enumerate(lines) if line.startswith("http-request set-header x-engines-"))
    assert "server plugin unix@/gw/websockets.sock" in lines
