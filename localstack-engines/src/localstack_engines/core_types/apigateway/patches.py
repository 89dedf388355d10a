"""Patch operations, with which API Gateway's update operations change a resource.

https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
"""

from collections.abc import Iterable, Mapping
from typing import Any

Patch = dict[str, str]


def replace(path: str, value: Any) -> Patch:
    """Returns the operation that sets the value at a path."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return {"op": "replace", "path": path, "value": text}


def remove(path: str) -> Patch:
    """Returns the operation that removes what is at a path."""
    return {"op": "remove", "path": path}


def changed(paths: Iterable[tuple[str, str]], model: Mapping[str, Any], previous: Mapping[str, Any]) -> list[Patch]:
    """Returns the operations for properties that changed. `paths` has pairs of a property's name and its path.

    A property that is gone is set to the empty text.
    """
    return [
        replace(path, "" if model.get(name) is None else model[name])
        for name, path in paths
        if model.get(name) != previous.get(name)
    ]


def escaped(key: str) -> str:
    """Returns a key as a segment of a path (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
