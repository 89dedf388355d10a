"""Route selection of HTTP APIs, as an ordered list of regular expressions.

The order is AWS's: a full match, then a greedy path variable, then $default; a method before ANY. Patterns are matched
against method and path written together, "GET/pets/1".

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

import re
from collections.abc import Iterable

from localstack_engines.gateway.model import DEFAULT_ROUTE, Route

_STATIC, _VARIABLE, _GREEDY = 0, 1, 2


def split_key(key: str) -> tuple[str, list[str]]:
    """Returns method and path segments of a route key: "GET /a/{b}" -> ("GET", ["a", "{b}"])."""
    method, _, path = key.partition(" ")
    return method, path.lstrip("/").split("/")


def ordered(routes: Iterable[Route]) -> list[Route]:
    """Returns the routes in the order in which they are tried: the first that matches is chosen."""
    return sorted(routes, key=_precedence)


def pattern(route: Route) -> str:
    """Returns the regular expression of a route. It has no blanks and is anchored at both ends."""
    if route.key == DEFAULT_ROUTE:
        return "^"
    method, segments = split_key(route.key)
    verb = "[^/]+" if method == "ANY" else re.escape(method)
    return f"^{verb}/" + "/".join(_segment_pattern(segment) for segment in segments) + r"\z"


def variables(key: str) -> dict[str, tuple[int, bool]]:
    """Returns the path variables of a route key: name -> (number of its segment from 1, whether it is greedy)."""
    if key == DEFAULT_ROUTE:
        return {}
    _, segments = split_key(key)
    return {
        segment.strip("{}+"): (number, _kind(segment) == _GREEDY)
        for number, segment in enumerate(segments, 1)
        if _kind(segment) != _STATIC
    }


def _precedence(route: Route) -> tuple[object, ...]:
    if route.key == DEFAULT_ROUTE:
        return (_GREEDY + 1,)
    method, segments = split_key(route.key)
    kinds = [_kind(segment) for segment in segments]
    # Among greedy routes the longer static prefix is more specific: it has more segments before the variable.
    return (_GREEDY in kinds, kinds if _GREEDY not in kinds else _padded(kinds), method == "ANY", route.key)


def _padded(kinds: list[int]) -> list[int]:
    """Returns kinds that compare a greedy variable as less specific than any segment of a longer route in its place."""
    return [*kinds[: kinds.index(_GREEDY)], _GREEDY + 1]


def _kind(segment: str) -> int:
    if segment.startswith("{") and segment.endswith("+}"):
        return _GREEDY
    return _VARIABLE if segment.startswith("{") and segment.endswith("}") else _STATIC


def _segment_pattern(segment: str) -> str:
    kind = _kind(segment)
    if kind == _GREEDY:
        return r"[\s\S]+"
    return "[^/]+" if kind == _VARIABLE else re.escape(segment)
