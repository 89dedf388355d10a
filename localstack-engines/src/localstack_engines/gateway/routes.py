"""Route selection of HTTP APIs, as an ordered list of regular expressions.

The order is AWS's: a full match, then a greedy path variable, then $default; a method before ANY. Source:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
Patterns are matched against METHOD and path written together, "GET/pets/1".
"""

import re
from collections.abc import Iterable

from localstack_engines.gateway.model import DEFAULT_ROUTE, Route

_STATIC, _VARIABLE, _GREEDY = 0, 1, 2


def split_key(key: str) -> tuple[str, list[str]]:
    """Method and path segments of a route key: "GET /a/{b}" -> ("GET", ["a", "{b}"])."""
    method, _, path = key.partition(" ")
    return method, path.lstrip("/").split("/")


def ordered(routes: Iterable[Route]) -> list[Route]:
    """The routes in the order in which they are tried; the first that matches is taken."""
    return sorted(routes, key=_precedence)


def pattern(route: Route) -> str:
    """The regular expression of a route: no blanks, anchored at both ends."""
    if route.key == DEFAULT_ROUTE:
        return "^"
    method, segments = split_key(route.key)
    verb = "[^/]+" if method == "ANY" else re.escape(method)
    return f"^{verb}/" + "/".join(_segment_pattern(segment) for segment in segments) + r"\z"


def variables(key: str) -> dict[str, tuple[int, bool]]:
    """Path variables of a route key: name -> (number of its segment from 1, whether it is greedy)."""
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
    """A greedy variable compares as less specific than anything that a longer route has at its place."""
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
