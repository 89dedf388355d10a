"""Conditions of rules as HAProxy's ACLs.

Wildcards are `*` for any characters and `?` for one; a backslash makes either literal.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

import re

from localstack_engines.gateway.configuration.syntax import quote
from localstack_engines.services.elbv2.engine.model import Condition

_TOKEN = re.compile(r"\\(.)|(\*)|(\?)|([^\\*?]+)|(\\)", re.DOTALL)


def acl(name: str, condition: Condition) -> list[str]:
    """Returns the lines of an ACL: it is met when one of its lines is."""
    if condition.field == "query-string":
        return [f"acl {name} query -m reg -i {quote(_pair(key, value))}" for key, value in condition.pairs]
    fetch, flags, patterns = _parts(condition)
    return [f"acl {name} {fetch} {flags} {quote(pattern)}".replace("  ", " ") for pattern in patterns]


def wildcard(pattern: str, any_character: str = ".") -> str:
    """Returns the regular expression of a pattern. It is not anchored."""
    parts = []
    for escaped, star, question, text, backslash in _TOKEN.findall(pattern):
        if star:
            parts.append(f"{any_character}*")
        elif question:
            parts.append(any_character)
        else:
            parts.append(re.escape(escaped or text or backslash))
    return "".join(parts)


def _parts(condition: Condition) -> tuple[str, str, list[str]]:
    """Returns HAProxy's fetch, the flags of the match, and the patterns."""
    anchored = [f"^{wildcard(value)}$" for value in condition.values]
    if condition.field == "host-header":
        return "req.hdr(host),host_only", "-m reg -i", anchored
    if condition.field == "path-pattern":
        return "path", "-m reg", anchored
    if condition.field == "http-header":
        return f"req.fhdr({condition.name})", "-m reg -i", anchored
    if condition.field == "http-request-method":
        return "method", "-m str", list(condition.values)
    if condition.field == "source-ip":
        return "src", "", list(condition.values)
    raise ValueError(condition.field)


def _pair(key: str, value: str) -> str:
    """Returns the regular expression that finds a parameter in a query string. Without a key any name will do."""
    name = wildcard(key, "[^&=]") if key else "[^&=]*"
    return f"(?:^|&){name}={wildcard(value, '[^&]')}(?:&|$)"
