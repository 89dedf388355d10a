"""HAProxy's part in WebSocket APIs: it finds the API, and passes WebSockets and @connections requests to the plugin."""

from pathlib import Path

from localstack_engines.gateway import headers
from localstack_engines.gateway.configuration.integrations import DEFAULTS, REMOVE_CLIENTS_HEADERS, to_plugin
from localstack_engines.gateway.configuration.sections import BY_HOST, BY_PATH
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.model import Gateway

_SERVER, _MANAGEMENT = "websockets", "websocket_management"
_CHOSEN = "{ var(txn.websocket) -m found }"


def domains(gateway: Gateway) -> str:
    """Returns the map of all WebSocket APIs: identifier, and host and port of its endpoint."""
    return "".join(f"{identifier} {domain}\n" for identifier, domain in gateway.websockets.items())


def rules(domain_map: Path) -> list[str]:
    """Returns the rules of the edge frontend. A request that they choose passes no other rule."""
    found = [
        f"http-request set-var(txn.websocket) var(txn.candidate),map_str({domain_map})",
        f"http-request set-var(txn.websocket_path) path if {BY_HOST}",
        f"http-request set-var-fmt(txn.websocket_path) '/%[path,field(5,/,0)]' if {BY_PATH}",
        f"http-request set-var(txn.domain) var(txn.websocket) if {_CHOSEN}",
        f"http-request set-var(txn.domain) req.hdr(host) if {_CHOSEN} {BY_HOST} !{BY_PATH}",
        f"{REMOVE_CLIENTS_HEADERS} if {_CHOSEN}",
    ]
    described = {
        headers.API: "%[var(txn.candidate)]",
        headers.PATH: "%[var(txn.websocket_path)]",
        headers.DOMAIN: "%[var(txn.domain)]",
        headers.SOURCE: "%[src]",
    }
    return [
        *found,
        *(f"http-request set-header {header} '{value}' if {_CHOSEN}" for header, value in described.items()),
        f"http-request allow if {_CHOSEN}",
        f"use_backend {_SERVER} if {_CHOSEN} {{ req.hdr(upgrade) -i websocket }}",
        f"use_backend {_MANAGEMENT} if {_CHOSEN}",
    ]


def render(edge: Edge) -> list[list[str]]:
    """Returns the sections for WebSockets and for @connections."""
    server = [
        # An authorizer and an integration may take 29 seconds each.
        "timeout server 65s",
        f"server plugin unix@{edge.websocket_socket}",
    ]
    management = [
        "timeout server 60s",
        f"http-request set-header {headers.SUBREQUEST} connections",
        to_plugin(edge),
    ]
    return [
        [f"backend {name} from {DEFAULTS}", *(f"    {line}" for line in lines)]
        for name, lines in ((_SERVER, server), (_MANAGEMENT, management))
    ]
