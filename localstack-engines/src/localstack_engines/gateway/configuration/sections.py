"""The part of HAProxy's configuration that does not depend on any API."""

from dataclasses import dataclass
from pathlib import Path

# HTTP APIs answer 431 beyond 10,240 bytes of headers; AWS's own APIs take more, S3 presigned URLs among them.
BUFFER_BYTES = 32768

# The two forms of an API's URL.
BY_PATH = "{ path_beg /_aws/execute-api/ }"
BY_HOST = "{ req.hdr(host),lower,field(2,.) -m str execute-api }"


@dataclass(frozen=True, kw_only=True)
class Door:
    """Where the front door listens and what it stands before; ``directory`` holds its files."""

    edge_port: int
    gateway_address: str
    directory: Path
    user: str | None = None

    @property
    def master_socket(self) -> Path:
        return self.directory / "master.sock"

    @property
    def successor_socket(self) -> Path:
        """Where a worker that is being replaced hands requests to the one that replaces it."""
        return self.directory / "successor.sock"

    @property
    def python_socket(self) -> Path:
        """Where the plugin answers for Lambda functions and authorizers."""
        return self.directory / "python.sock"

    @property
    def access_log_socket(self) -> Path:
        return self.directory / "access.sock"


def render_global(door: Door) -> list[str]:
    lines = [
        "global",
        "    log stdout format raw daemon notice",
        # Without it the old worker's listening sockets would close before the new one's are open.
        f"    stats socket unix@{door.directory}/stats.sock mode 600 level admin expose-fd listeners",
        # An old worker lives on for its connections, an upload for instance, but not for ever.
        "    hard-stop-after 15m",
        f"    tune.bufsize {BUFFER_BYTES}",
        "    tune.http.maxhdr 256",
        f"    setenv ENGINES_FRONTDOOR_PYTHON {door.python_socket}",
        f"    lua-load {Path(__file__).with_name('subrequests.lua')}",
    ]
    if door.user:
        lines.append(f"    user {door.user}")
    return lines


def render_defaults() -> list[str]:
    return [
        "defaults",
        "    mode http",
        "    log global",
        "    option dontlognull",
        # Slow headers: 408, so that they hold no connection (RFC 9110, 15.5.9).
        "    timeout http-request 10s",
        "    timeout http-keep-alive 65s",
        "    timeout connect 2s",
        # Long polls, Lambda invocations of 15 minutes and large objects pass through here.
        "    timeout client 20m",
        "    timeout server 20m",
        "    timeout tunnel 1h",
        # A request that arrives on an idle connection of an old worker is still answered, by way of its successor.
        "    option idle-close-on-response",
        # A connection that the server closes just as a request goes out fails that request: let go of it first.
        "    default-server pool-purge-delay 1s",
    ]


def render_edge(door: Door, rules: list[str]) -> list[str]:
    """The edge frontend with the rules for APIs; TLS goes to LocalStack as a byte stream.

    After a reload the old worker keeps its clients' connections. It would judge a request on one of them by what
    was so before, and so gives it to the new worker.
    """
    outdated = [f"{{ stopping }} {which}" for which in (BY_PATH, BY_HOST)]
    return [
        "frontend edge",
        "    mode tcp",
        f"    bind :{door.edge_port}",
        f"    bind unix@{door.successor_socket} mode 600 accept-proxy",
        "    tcp-request inspect-delay 10s",
        "    tcp-request content switch-mode http if !{ req.ssl_hello_type 1 }",
        *(f"    http-request allow if {condition}" for condition in outdated),
        *(f"    {rule}" for rule in rules if not rule.startswith("use_backend")),
        *(f"    use_backend successor if {condition}" for condition in outdated),
        *(f"    {rule}" for rule in rules if rule.startswith("use_backend")),
        "    use_backend localstack_tls if { req.ssl_hello_type 1 }",
        "    default_backend localstack",
    ]


def render_passthrough(door: Door) -> list[str]:
    return [
        "backend successor",
        # One connection for each request: none is idle when the next successor comes.
        "    option http-server-close",
        "    http-reuse never",
        f"    server worker unix@{door.successor_socket} send-proxy-v2",
        "",
        "backend localstack",
        # The error of a gateway that has not started yet, or is gone.
        '    http-error status 503 content-type application/json string \'{"message":"LocalStack is not ready"}\'',
        f"    server gateway {door.gateway_address}",
        "",
        "backend localstack_tls",
        "    mode tcp",
        f"    server gateway {door.gateway_address}",
    ]
