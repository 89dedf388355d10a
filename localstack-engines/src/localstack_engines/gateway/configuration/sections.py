"""The sections of HAProxy's configuration that do not depend on any API, and the frame of the edge frontend."""

from pathlib import Path

from localstack_engines.gateway import headers
from localstack_engines.gateway.edge import Edge
from localstack_engines.toolkit.settings import HEADER_PREFIX

# HTTP APIs answer 431 beyond 10,240 bytes of headers; AWS's own APIs take more, S3 presigned URLs among them.
HEADER_BYTES = 32768

REWRITE_BYTES = 16384
"""Room for headers that rules add. A body may fill the rest of the buffer; without room the answer is 500."""

_LUA = Path(__file__).with_name("subrequests.lua")

# The two forms of an API's URL.
BY_PATH = "{ path_beg /_aws/execute-api/ }"
BY_HOST = "{ req.hdr(host),lower,field(2,.) -m str execute-api }"
BY_OTHER_HOST = (
    "!{ req.hdr(host),lower,field(1,:) -m str localhost localhost.localstack.cloud } !{ hdr_ip(host) -m found }"
)
"""Custom domains have any name."""
_UNREACHABLE = f"{{ res.hdr({headers.UNREACHABLE}) -m found }}"
_TO_LOCALSTACK = (
    f"    http-request set-header {headers.SOURCE} %[src]",
    # On AWS the connection would time out. It ends without an answer, and no thread of LocalStack waits for that.
    f"    http-response lua.pause if {_UNREACHABLE}",
    f"    http-response deny errorfile /dev/null if {_UNREACHABLE}",
)
_TLS = "{ req.ssl_hello_type 1 }"
_SNI_OF_API = "{ req.ssl_sni,lower,field(2,.) -m str execute-api }"
_FOR_BALANCER = ("{ req.hdr(host),lower,field(3,.) -m str elb }", "{ req.hdr(host),lower,field(2,.) -m str ecs }")
_SNI_OF_BALANCER = ("{ req.ssl_sni,lower,field(3,.) -m str elb }", "{ req.ssl_sni,lower,field(2,.) -m str ecs }")
"""Names of load balancers themselves, and of ECS's Express services, which share load balancers."""


def render_global(edge: Edge) -> list[str]:
    """Returns the settings of the process."""
    lines = [
        "global",
        "    log stdout format raw daemon notice",
        # A new worker takes the old one's listening sockets over, so that at no moment are all of them closed.
        f"    stats socket unix@{edge.stats_socket} mode 600 level admin expose-fd listeners",
        # An old worker stays for the connections that it has, but not longer than this: a WebSocket may be open for two
        # hours.
        "    hard-stop-after 125m",
        f"    tune.bufsize {HEADER_BYTES + REWRITE_BYTES}",
        f"    tune.maxrewrite {REWRITE_BYTES}",
        "    tune.http.maxhdr 256",
        f"    lua-load {_LUA} {edge.subrequest_socket} {HEADER_PREFIX}",
    ]
    if edge.user:
        lines.append(f"    user {edge.user}")
    return lines


def render_defaults() -> list[str]:
    """Returns the settings of all sections that do not belong to an API."""
    return [
        "defaults",
        "    mode http",
        "    log global",
        "    option dontlognull",
        # Slow headers are answered with 408, so that they hold no connection (RFC 9110, 15.5.9).
        "    timeout http-request 10s",
        "    timeout http-keep-alive 65s",
        "    timeout connect 2s",
        # Long polls, Lambda invocations of 15 minutes and large objects pass through here.
        "    timeout client 20m",
        "    timeout server 20m",
        "    timeout tunnel 1h",
        # A request on an idle connection of an old worker is still answered, through its successor.
        "    option idle-close-on-response",
        # A request fails when its server closes the idle connection at that moment: HAProxy closes it earlier.
        "    default-server pool-purge-delay 1s",
    ]


def render_edge(edge: Edge, rules: list[str], sni_conditions: list[str]) -> list[str]:
    """Returns the edge frontend with the rules for APIs.

    A connection with TLS goes to the section that has the APIs' certificates when its SNI is an API's address or one of
    `sni_conditions` holds, to the load balancers when it is the name of one, and to LocalStack as a byte stream when
    not.

    After a reload an old worker keeps its clients' connections. It knows the old rules only, so it passes each further
    request for an API to the new worker.
    """
    for_successor = [f"{{ stopping }} {which}" for which in (BY_PATH, BY_HOST, BY_OTHER_HOST)]
    return [
        "frontend edge",
        "    mode tcp",
        f"    bind :{edge.edge_port}",
        f"    bind unix@{edge.successor_socket} mode 600 accept-proxy",
        "    tcp-request inspect-delay 10s",
        "    tcp-request content switch-mode http if !{ req.ssl_hello_type 1 }",
        *(f"    http-request allow if {condition}" for condition in for_successor),
        *(f"    {rule}" for rule in rules if not rule.startswith("use_backend")),
        *(f"    use_backend successor if {condition}" for condition in for_successor),
        *(f"    {rule}" for rule in rules if rule.startswith("use_backend")),
        *(f"    use_backend balancers if {condition}" for condition in _FOR_BALANCER),
        *(f"    use_backend balancers_tls if {_TLS} {condition}" for condition in _SNI_OF_BALANCER),
        *(f"    use_backend apis_tls if {_TLS} {sni}" for sni in (_SNI_OF_API, *sni_conditions) if edge.certificate),
        f"    use_backend localstack_tls if {_TLS}",
        "    use_backend localstack_upgrades if { req.hdr(upgrade) -m found }",
        "    default_backend localstack",
    ]


def render_tls(edge: Edge, certificates: Path | None) -> list[str]:
    """Returns the sections that take TLS off connections for APIs. Their requests come back to the edge frontend.

    `certificates` is a list of further certificates with the names that they are for.
    """
    more = f" crt-list {certificates}" if certificates else ""
    return [
        "backend apis_tls",
        "    mode tcp",
        f"    server tls unix@{edge.tls_socket} send-proxy-v2",
        "",
        "frontend apis_tls",
        "    mode tcp",
        "    no option idle-close-on-response",
        f"    bind unix@{edge.tls_socket} mode 600 accept-proxy ssl crt {edge.certificate}{more} alpn http/1.1",
        "    default_backend apis_plain",
        "",
        "backend apis_plain",
        "    mode tcp",
        f"    server edge unix@{edge.successor_socket} send-proxy-v2",
    ]


def render_passthrough(edge: Edge) -> list[str]:
    """Returns the sections for requests that pass unchanged: to the new worker, to load balancers and to LocalStack."""
    return [
        "backend successor",
        # There is a connection for each request, so that none is idle when the next successor comes.
        "    option http-server-close",
        "    http-reuse never",
        f"    server worker unix@{edge.successor_socket} send-proxy-v2",
        "",
        "backend balancers",
        # There is a connection for each request: an idle one could end when the load balancers change.
        "    option http-server-close",
        "    http-reuse never",
        '    http-error status 503 content-type application/json string \'{"message":"There is no load balancer"}\'',
        f"    server entrance unix@{edge.load_balancer_socket} send-proxy-v2",
        "",
        "backend balancers_tls",
        "    mode tcp",
        f"    server entrance unix@{edge.load_balancer_tls_socket} send-proxy-v2",
        "",
        "backend localstack",
        # LocalStack's gateway has not started yet, or has stopped.
        '    http-error status 503 content-type application/json string \'{"message":"LocalStack is not ready"}\'',
        *_TO_LOCALSTACK,
        f"    server gateway {edge.gateway_address}",
        "",
        # LocalStack answers nothing more on a connection on which it has refused an upgrade.
        "backend localstack_upgrades",
        "    option http-server-close",
        "    http-reuse never",
        *_TO_LOCALSTACK,
        f"    server gateway {edge.gateway_address}",
        "",
        "backend localstack_tls",
        "    mode tcp",
        f"    server gateway {edge.gateway_address}",
    ]


def render_loopback(edge: Edge) -> list[str]:
    """Returns the section that takes TLS off the connections of programs in this container."""
    return [
        "frontend loopback",
        f"    bind 127.0.0.1:{edge.https_port} ssl crt {edge.certificate} alpn http/1.1",
        "    default_backend localstack",
    ]
