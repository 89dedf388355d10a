"""What a load balancer's HAProxy serves, in resolved form. Everything is immutable and compares by value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from localstack_engines.gateway.model import Server

LAST_PORT = 65535


@dataclass(frozen=True, kw_only=True)
class Stickiness:
    """Sends a client's requests to one target for `seconds`, by `cookie` of the target, or else by one of HAProxy."""

    seconds: int
    cookie: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A target group. `protocol` is HTTP, HTTPS, TCP or TLS. `preserves_client` sends the client's address (PROXY)."""

    id: str
    protocol: str
    balance: str = "roundrobin"
    http2: bool = False
    stickiness: Stickiness | None = None
    sends_proxy: bool = False
    by_source: bool = False

    @property
    def section(self) -> str:
        """The name of its section in HAProxy's configuration."""
        return f"pool-{self.id}"

    @property
    def server_options(self) -> str:
        """The options of its servers. A load balancer does not verify the certificates of its targets, as on AWS."""
        tls = " ssl verify none" if self.protocol in ("HTTPS", "TLS") else ""
        alpn = " alpn h2" if self.http2 and tls else " proto h2" if self.http2 else ""
        return f"{tls}{alpn}{' send-proxy-v2' if self.sends_proxy else ''}"


@dataclass(frozen=True, kw_only=True)
class Forward:
    """Forwards to the pools in proportion to their weights."""

    pools: tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """The parts may contain `#{protocol}` and so on."""

    status: int
    protocol: str
    host: str
    port: str
    path: str
    query: str


@dataclass(frozen=True, kw_only=True)
class FixedResponse:
    """An answer of the load balancer itself."""

    status: int
    content_type: str
    body: str


Action = Forward | Redirect | FixedResponse


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Is met when one of the values matches.

    `field` is host-header, path-pattern, http-header, http-request-method, query-string or source-ip. `name` is the
    header of http-header. The values of query-string are `(key or "", value)`.
    """

    field: str
    values: tuple[str, ...] = ()
    name: str = ""
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Applies when all conditions are met. `id` is unique within the listener."""

    id: str
    conditions: tuple[Condition, ...]
    action: Action


@dataclass(frozen=True, kw_only=True)
class Tls:
    """`certificates` are PEM texts with chain and private key; the first one is for clients without a matching SNI."""

    certificates: tuple[str, ...]
    minimum: str
    maximum: str
    ciphers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Listener:
    """A listener with its rules in the order in which they are tried; the last one has no conditions.

    `inner_port` accepts what LocalStack passes on for clients outside of the VPC, whose addresses it gives.
    `response_headers` are set in all responses.
    """

    id: str
    port: int
    inner_port: int
    protocol: str
    rules: tuple[Rule, ...]
    tls: Tls | None = None
    response_headers: tuple[tuple[str, str], ...] = ()
    shows_server: bool = True

    @property
    def is_http(self) -> bool:
        return self.protocol in ("HTTP", "HTTPS")


@dataclass(frozen=True, kw_only=True)
class Options:
    """The attributes of a load balancer that HAProxy honours. Times are in seconds.

    A line about each request goes to `log_port` of LocalStack, when there is one. With `logs_all` it has all
    fields of an access log, otherwise those of metrics.
    """

    idle_timeout: int = 60
    keep_alive: int = 3600
    http2: bool = True
    forwarded_for: str = "append"
    preserves_host: bool = False
    drops_invalid_headers: bool = False
    tls_headers: bool = False
    client_port: bool = False
    log_port: int | None = None
    logs_all: bool = False


@dataclass(frozen=True, kw_only=True)
class LoadBalancer:
    """A load balancer, and the servers that each pool has now. `trusted` is LocalStack's address in the VPC."""

    trusted: str
    listeners: tuple[Listener, ...] = ()
    pools: tuple[Pool, ...] = ()
    options: Options = field(default_factory=Options)
    servers: Mapping[str, tuple[Server, ...]] = field(default_factory=dict)


def inner_ports(known: Mapping[int, int]) -> dict[int, int]:
    """Returns a second port for each port of a listener, which is no listener's: the known one, or the last free one.

    `known` has the present second ports by the listeners' ports, 0 where there is none yet. They stay if they can:
    LocalStack passes connections on to them while a change takes effect.
    """
    kept = {port: inner for port, inner in known.items() if inner and inner not in known}
    free = (port for port in range(LAST_PORT, 0, -1) if port not in known and port not in kept.values())
    return {port: kept.get(port) or next(free) for port in sorted(known)}
