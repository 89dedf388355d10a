"""Request parameters: what an integration's mapping reads from a call, and which of them a route requires.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from localstack_engines.gateway.websockets.calls import Call, values
from localstack_engines.gateway.websockets.selection import look_up, text

_TARGET = re.compile(r"integration\.request\.(header|querystring|path)\.([\w.!#$&^`|~-]+)")
_SOURCE = re.compile(
    r"'[^']*'|route\.request\.(header|querystring)\.[\w.!#$&^`|~-]+|route\.request\.body(\.[\w.-]+)?"
    r"|context\.[\w.-]+|stageVariables\.[\w-]+"
)
REQUIRABLE = re.compile(r"route\.request\.(header|querystring)\.[\w.!#$&^`|~-]+")
"""What a route can require of a handshake."""


@dataclass
class Mapped:
    """The values for an integration's request."""

    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)


def is_valid(target: str, source: str) -> bool:
    """Returns whether a mapping has the form that WebSocket APIs know."""
    return bool(_TARGET.fullmatch(target) and _SOURCE.fullmatch(source))


def request_parameters(mapping: Mapping[str, str], call: Call) -> Mapped:
    """Returns the values of an integration's request parameters. A source without a value is left out."""
    mapped = Mapped()
    for target, source in mapping.items():
        found, value = _TARGET.fullmatch(target), source_value(source, call)
        if found and value is not None:
            kinds = {"header": mapped.headers, "querystring": mapped.query, "path": mapped.path}
            kinds[found[1]][found[2]] = value
    return mapped


def source_value(source: str, call: Call) -> str | None:
    """Returns the value of `route.request.header.name`, `context.connectionId`, `'static text'` and the like."""
    if source.startswith("'"):
        return source.strip("'")
    place, _, name = source.removeprefix("route.request.").partition(".")
    if source.startswith("route.request."):
        if place == "header":
            return call.header(name)
        if place == "querystring":
            return call.parameter(name)
        if not name:
            return call.body
        return _found(look_up(values(call)["request"]["body"], name))
    return _found(look_up(values(call), source))


def _found(value: object) -> str | None:
    return None if value is None else text(value)
