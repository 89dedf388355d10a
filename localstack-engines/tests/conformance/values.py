"""Values for the members of requests: valid ones by the model, and wrong ones."""

import re
from collections.abc import Iterator
from typing import Any

from localstack_engines.toolkit.constraints import violations

_SCALARS = {"string", "integer", "long", "boolean", "double", "float"}
_NUMBER = re.compile(r"\.\d+\.member")
WRONG_ENUM = "NO_SUCH_VALUE"


def valid(shape: Any, known: dict[str, Any], name: str = "") -> Any:
    """Returns a value for a shape. A member that `known` has by its name gets the value there."""
    if name in known:
        return known[name]
    if shape.type_name == "structure":
        return {member: valid(shape.members[member], known, member) for member in shape.required_members}
    if shape.type_name == "list":
        return [valid(shape.member, known)]
    if shape.type_name == "map":
        return {"a": valid(shape.value, known)}
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else "conformance".ljust(int(shape.metadata.get("min", 0)), "x")
    return {"boolean": False, "blob": b"x", "timestamp": 1_700_000_000}.get(
        shape.type_name, max(1, int(shape.metadata.get("min", 1)))
    )


def wrong_types(shape: Any) -> Iterator[tuple[str, Any]]:
    """Yields (member, value of another type) for the scalar members of a request that its body contains."""
    for name, member in shape.members.items():
        # botocore itself refuses to send a text as a floating-point number.
        is_sent = member.type_name not in ("float", "double") and not _outside_body(member)
        if member.type_name in _SCALARS and is_sent:
            yield name, ([] if member.type_name == "string" else "text")


def out_of_range(shape: Any) -> Iterator[tuple[str, Any]]:
    """Yields (member, value) for the members of a request that have a list of values, a minimum or a maximum."""
    for name, member in shape.members.items():
        if getattr(member, "enum", None):
            yield name, WRONG_ENUM
        elif member.type_name in ("integer", "long"):
            if "max" in member.metadata:
                yield name, int(member.metadata["max"]) + 1
            if "min" in member.metadata:
                yield name, int(member.metadata["min"]) - 1


def removable(shape: Any) -> list[str]:
    """Returns the required members of a request that it can be sent without.

    Those of an address cannot be missing, and botocore makes up a token that is.
    """
    tokens = {name for name, member in shape.members.items() if member.metadata.get("idempotencyToken")}
    return [name for name in shape.required_members if name not in tokens and not _outside_body(shape.members[name])]


def invalid_output(shape: Any, body: Any) -> list[str]:
    """Returns which members of a response break which constraint of the model.

    Lengths and ranges do not count: the model gives a structure's members those of requests.
    """
    broken = [one for one in violations(shape, body) if "must have" not in one.constraint]
    found = {(_NUMBER.sub("", one.path), one.constraint) for one in broken}
    return sorted(f"{path}: {constraint}" for path, constraint in found)


def _outside_body(member: Any) -> bool:
    return member.serialization.get("location") in ("uri", "querystring", "header")
