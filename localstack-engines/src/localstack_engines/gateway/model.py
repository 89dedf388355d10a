"""What the front door serves: HTTP APIs in resolved form, without any AWS identifiers left to look up.

Everything is immutable and compares by value, so that two models tell what a change needs: nothing,
other servers (done in the running process), or another configuration (a reload).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_STAGE = "$default"
DEFAULT_ROUTE = "$default"

Parameters = tuple[tuple[str, str], ...]
"""Parameter mapping: ("append:header.name", value expression) in the order given."""


@dataclass(frozen=True, kw_only=True, order=True)
class Server:
    """One endpoint of an upstream; ``address`` is an IP address, never a name."""

    address: str
    port: int

    @property
    def name(self) -> str:
        return f"s{self.address.replace(':', '_')}_{self.port}"


@dataclass(frozen=True, kw_only=True)
class Throttle:
    """``rate`` requests a second, ``burst`` at once."""

    rate: float
    burst: int


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """An integration that HAProxy forwards to the servers of ``upstream``.

    ``path`` is None when the request's own path is sent, else a template with ``{variable}`` in it.
    ``host`` replaces the Host header. ``server_name`` turns TLS on and is what the certificate must say.
    """

    id: str
    upstream: str
    host: str | None = None
    server_name: str | None = None
    method: str | None = None
    path: str | None = None
    query: str = ""
    request_parameters: Parameters = ()
    response_parameters: tuple[tuple[str, Parameters], ...] = ()
    timeout_ms: int = 30_000


@dataclass(frozen=True, kw_only=True)
class Function:
    """An integration that the plugin answers itself by invoking a Lambda function."""

    id: str
    request_parameters: Parameters = ()
    response_parameters: tuple[tuple[str, Parameters], ...] = ()
    timeout_ms: int = 30_000


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """A public key in PEM by the ``kid`` that tokens name it with."""

    kid: str
    pem: str


@dataclass(frozen=True, kw_only=True)
class JwtAuthorizer:
    """``source`` is the identity source expression, ``$request.header.Authorization`` as a rule."""

    id: str
    source: str
    issuer: str
    audiences: tuple[str, ...]
    keys: tuple[SigningKey, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LambdaAuthorizer:
    """Decided by the plugin: HAProxy only asks."""

    id: str


@dataclass(frozen=True, kw_only=True)
class Route:
    """``key`` is "METHOD /path" or "$default"; without an integration it answers 500."""

    id: str
    key: str
    integration: Proxy | Function | None = None
    authorizer: JwtAuthorizer | LambdaAuthorizer | None = None
    scopes: tuple[str, ...] = ()
    throttle: Throttle | None = None


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage and what is deployed to it; ``throttle`` is shared by the routes without one of their own."""

    name: str
    routes: tuple[Route, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    throttle: Throttle | None = None
    access_log: bool = False


@dataclass(frozen=True, kw_only=True)
class Cors:
    allow_origins: tuple[str, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    max_age: int | None = None
    allow_credentials: bool = False


@dataclass(frozen=True, kw_only=True)
class Api:
    """``domain`` is the name in the API's own endpoint, which integrations see as Host."""

    id: str
    domain: str
    account: str = "000000000000"
    stages: tuple[Stage, ...] = ()
    cors: Cors | None = None


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """All APIs, and the servers that stand behind each upstream now."""

    apis: tuple[Api, ...] = ()
    servers: Mapping[str, tuple[Server, ...]] = field(default_factory=dict)
