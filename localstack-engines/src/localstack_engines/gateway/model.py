"""What the gateway serves: HTTP APIs in resolved form, with no AWS identifier left to look up.

Everything is immutable and compares by value. `haproxy/process.py` finds out what a change of the model needs: nothing
when only sub-requests use what changed, other servers (done in the running process), or a reload.
Of WebSocket APIs HAProxy needs the addresses only; `websockets/model.py` has the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_STAGE = "$default"
DEFAULT_ROUTE = "$default"

MAX_BODY_BYTES = 10 * 1024 * 1024
"""The largest body of a request to an HTTP API.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""

Parameters = tuple[tuple[str, str], ...]
"""Parameter mapping: ("append:header.name", value expression) in the order given."""


@dataclass(frozen=True, kw_only=True, order=True)
class Server:
    """One endpoint of an upstream. `address` is an IP address, never a name."""

    address: str
    port: int

    @property
    def name(self) -> str:
        """The server's name in HAProxy."""
        return f"s{self.address.replace(':', '_')}_{self.port}"

    @property
    def endpoint(self) -> str:
        """Address and port; an IPv6 address is in brackets."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Throttle:
    """`rate` requests a second, `burst` at once."""

    rate: float
    burst: int


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """An integration that HAProxy forwards to the servers of `upstream`.

    `path` is None when the request's own path is sent, else a template with `{variable}` in it.
    `host` replaces the Host header. `server_name` turns TLS on; the certificate must be valid for it.
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
    """An integration that the plugin answers by invoking a Lambda function.

    `uri` names the function and may refer to stage variables. `payload_version` is "1.0" or "2.0".
    """

    id: str
    uri: str
    payload_version: str
    request_parameters: Parameters = ()
    response_parameters: tuple[tuple[str, Parameters], ...] = ()
    timeout_ms: int = 30_000


@dataclass(frozen=True, kw_only=True)
class ServiceCall:
    """An integration that the plugin answers by calling an AWS service.

    `subtype` is one of `service_actions.ACTIONS`. `parameters` are (name, value expression).
    """

    id: str
    subtype: str
    parameters: Parameters
    request_parameters: Parameters = ()
    response_parameters: tuple[tuple[str, Parameters], ...] = ()
    timeout_ms: int = 30_000


Integration = Proxy | Function | ServiceCall


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """A public key (PEM). Tokens refer to it by `kid`."""

    kid: str
    pem: str


@dataclass(frozen=True, kw_only=True)
class JwtAuthorizer:
    """`source` is the identity source expression, usually `$request.header.Authorization`."""

    id: str
    source: str
    issuer: str
    audiences: tuple[str, ...]
    keys: tuple[SigningKey, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LambdaAuthorizer:
    """The plugin decides by invoking a Lambda function.

    `uri` names the function and may refer to stage variables. A result is kept for `result_ttl` seconds for the same
    values of `identity_sources`. `simple_responses` says that the function returns `isAuthorized` and no policy.
    """

    id: str
    name: str
    uri: str
    payload_version: str
    simple_responses: bool = False
    identity_sources: tuple[str, ...] = ()
    result_ttl: float = 300


@dataclass(frozen=True, kw_only=True)
class Route:
    """`key` is "METHOD /path" or "$default". A route without an integration answers 500."""

    id: str
    key: str
    integration: Integration | None = None
    authorizer: JwtAuthorizer | LambdaAuthorizer | None = None
    scopes: tuple[str, ...] = ()
    throttle: Throttle | None = None


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage and what is deployed to it. Routes without a limit of their own share `throttle`."""

    name: str
    routes: tuple[Route, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    throttle: Throttle | None = None
    access_log: bool = False


@dataclass(frozen=True, kw_only=True)
class Cors:
    """What scripts from other origins may do. `max_age` is in seconds."""

    allow_origins: tuple[str, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    max_age: int | None = None
    allow_credentials: bool = False


@dataclass(frozen=True, kw_only=True)
class Api:
    """`domain` is host and port of the API's own endpoint, which integrations see as Host.

    Without `has_endpoint` the API is served at custom domains only.
    """

    id: str
    domain: str
    account: str = "000000000000"
    region: str = "us-east-1"
    stages: tuple[Stage, ...] = ()
    cors: Cors | None = None
    has_endpoint: bool = True


@dataclass(frozen=True, kw_only=True)
class ApiMapping:
    """A stage of an API at a custom domain. `key` is the beginning of its paths without slashes around it, or empty."""

    key: str
    api: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class CustomDomain:
    """`name` is in lower case and may begin with "*.". `certificate` is a chain with its private key (PEM)."""

    name: str
    mappings: tuple[ApiMapping, ...] = ()
    certificate: str | None = None


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """All APIs, the custom domains of some, the servers that each upstream has now, and the WebSocket APIs' endpoints.

    An endpoint is a host and port, by the API's identifier.
    """

    apis: tuple[Api, ...] = ()
    domains: tuple[CustomDomain, ...] = ()
    servers: Mapping[str, tuple[Server, ...]] = field(default_factory=dict)
    websockets: Mapping[str, str] = field(default_factory=dict)

    def routes(self) -> list[tuple[Api, Stage, Route]]:
        """Returns every route with its API and stage."""
        return [(api, stage, route) for api in self.apis for stage in api.stages for route in stage.routes]

    def find_route(self, api_id: str, stage_name: str, route_id: str) -> tuple[Api, Stage, Route]:
        """Returns the route with its API and stage. Raises LookupError when it is not served."""
        wanted = (api_id, stage_name, route_id)
        for api, stage, route in self.routes():
            if (api.id, stage.name, route.id) == wanted:
                return api, stage, route
        raise LookupError(f"no route {route_id} in stage {stage_name} of API {api_id}")

    def find_route_now_or_before(
        self, before: "Gateway", api_id: str, stage_name: str, route_id: str
    ) -> tuple[Api, Stage, Route]:
        """Returns the route as it is served now, or else as it was served `before`.

        HAProxy may have chosen the route of a request just before a change. Raises LookupError.
        """
        try:
            return self.find_route(api_id, stage_name, route_id)
        except LookupError:
            return before.find_route(api_id, stage_name, route_id)

    def jwt_authorizers(self) -> dict[str, JwtAuthorizer]:
        """Returns the JWT authorizers of all routes by their ids."""
        found = [route.authorizer for _, _, route in self.routes()]
        return {authorizer.id: authorizer for authorizer in found if isinstance(authorizer, JwtAuthorizer)}
