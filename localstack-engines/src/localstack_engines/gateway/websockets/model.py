"""What the gateway serves of WebSocket APIs, in resolved form. Everything is immutable and compares by value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from localstack_engines.gateway.model import Throttle

CONNECT, DISCONNECT, DEFAULT = "$connect", "$disconnect", "$default"
"""The routes that API Gateway selects itself. A message selects one of the others by its content, or `DEFAULT`."""

MAX_INTEGRATION_SECONDS = 29.0
"""Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-quotas.html"""


@dataclass(frozen=True, kw_only=True)
class IntegrationResponse:
    """What becomes of an integration's answer. `key` is "$default", or a pattern for the status such as "/4\\d\\d/"."""

    key: str
    templates: Mapping[str, str] = field(default_factory=dict)
    template_selection: str = ""


@dataclass(frozen=True, kw_only=True)
class Integration:
    """What a route does. `kind` is AWS_PROXY, HTTP_PROXY, HTTP or MOCK; `uri` may refer to stage variables.

    `request_parameters` maps "integration.request.header.name" to an expression. `passthrough` says what happens when
    no template is selected.
    """

    id: str
    kind: str
    uri: str = ""
    method: str = "POST"
    request_parameters: Mapping[str, str] = field(default_factory=dict)
    request_templates: Mapping[str, str] = field(default_factory=dict)
    template_selection: str = ""
    passthrough: str = "WHEN_NO_MATCH"
    responses: tuple[IntegrationResponse, ...] = ()
    timeout_seconds: float = MAX_INTEGRATION_SECONDS


@dataclass(frozen=True, kw_only=True)
class Authorizer:
    """A Lambda function that decides about `$connect`. `uri` names it and may refer to stage variables."""

    id: str
    name: str
    uri: str
    identity_sources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Schemas:
    """The JSON schemas that a route's messages have to fit, by the keys that `selection` gives."""

    selection: str
    by_key: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Route:
    """`replies` says whether the integration's answer goes back to the client: two-way communication.

    `required` names the parameters without which a handshake is refused: "route.request.header.name" for instance.
    """

    id: str
    key: str
    integration: Integration | None = None
    authorizer: Authorizer | None = None
    replies: bool = False
    required: tuple[str, ...] = ()
    schemas: Schemas | None = None


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage and what is deployed to it: routes by their keys. A route without a limit of its own has `throttle`."""

    name: str
    routes: Mapping[str, Route] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    throttle: Throttle | None = None
    throttles: Mapping[str, Throttle] = field(default_factory=dict)
    access_log: bool = False


@dataclass(frozen=True, kw_only=True)
class WebSocketApi:
    """`domain` is host and port of its endpoint; `selection` is the expression that selects a message's route."""

    id: str
    domain: str
    selection: str
    account: str = "000000000000"
    region: str = "us-east-1"
    stages: Mapping[str, Stage] = field(default_factory=dict)


WebSocketApis = Mapping[str, WebSocketApi]
"""APIs by their identifiers."""
