"""Selection expressions of WebSocket APIs: text with references such as `$request.body.action`.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
"""

import json
import re
from collections.abc import Mapping
from typing import Any

_REFERENCE = re.compile(
    r"\\\$|\$\{(?P<braced>[^}]+)\}|\$(?P<plain>(?:request|context|stageVariables|integration)\.[\w.-]*\w)"
)
_ROOTS = ("request.body.", "request.header.", "request.querystring.", "context.", "stageVariables.")


def evaluate(expression: str, values: Mapping[str, Any]) -> str:
    """Returns the expression with its references replaced; a value that does not exist is empty.

    `values` has the roots of references, nested: {"request": {"body": {...}}, "context": {...}}. `\\$` stands for $.
    """

    def replaced(found: re.Match[str]) -> str:
        reference = found["braced"] or found["plain"]
        return text(look_up(values, reference)) if reference else "$"

    return _REFERENCE.sub(replaced, expression)


def unknown_reference(expression: str) -> str | None:
    """Returns a reference in the expression whose root does not exist, or None. An expression may have none."""
    for found in _REFERENCE.finditer(expression):
        reference = found["braced"] or found["plain"]
        if reference and not reference.startswith(_ROOTS):
            return str(reference)
    return None


def refers_to_message(expression: str) -> bool:
    """Returns whether the expression depends on the message."""
    return any(
        (found["braced"] or found["plain"] or "").startswith("request.body.")
        for found in _REFERENCE.finditer(expression)
    )


def look_up(values: Any, path: str) -> Any:
    """Returns the value at a path such as "context.identity.sourceIp", or None."""
    for part in path.split("."):
        if not isinstance(values, Mapping):
            return None
        values = values.get(part)
    return values


def text(value: Any) -> str:
    """Returns a value as text: a string as it is, "" for None, JSON for all else."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def parsed(body: str | None) -> Any:
    """Returns the message as JSON, or None for one that is not JSON or is nested too deeply."""
    try:
        return json.loads(body or "")
    except (ValueError, RecursionError):
        return None
