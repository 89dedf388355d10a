"""Members of a JSON request that this version of the API's model does not have (pure).

LocalStack's parser drops them, so a newer client would be told that they took effect.
"""

import json
from collections.abc import Iterator
from typing import Any

_TOKENS = ("clienttoken", "clientrequesttoken", "idempotencytoken")
"""Newer clients send these on their own. They only say that a request is the same one again."""


def find(protocol: str, shape: Any, body: bytes) -> str | None:
    """Returns the path of an unknown member ("primaryContainer.user"), or None. Null and false ask for nothing.

    `shape` is botocore's structure of the request, `body` what the client has sent.
    """
    if protocol not in ("json", "rest-json") or not body:
        return None
    payload = shape.serialization.get("payload")
    known = shape.members[payload] if payload else shape
    if known.type_name != "structure" or known.metadata.get("document"):
        return None
    try:
        document = json.loads(body)
    except ValueError:
        # Not for this check: the parser answers, or the body is no document.
        return None
    return next(_unknown(known, document, ""), None)


def _unknown(shape: Any, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, dict) and not shape.metadata.get("document"):
        yield from _unknown_in_structure(shape, value, path)
    elif shape.type_name == "list" and isinstance(value, list):
        for item in value:
            yield from _unknown(shape.member, item, path)
    elif shape.type_name == "map" and isinstance(value, dict):
        for item in value.values():
            yield from _unknown(shape.value, item, path)


def _unknown_in_structure(shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    for name, item in value.items():
        here = f"{path}.{name}" if path else name
        if name in members or name in shape.members:
            yield from _unknown(members.get(name, shape.members.get(name)), item, here)
        elif item is not None and item is not False and name.lower() not in _TOKENS and name != "__type":
            yield here
