"""The constraints that an API's model puts on requests: required members, types, enumerations, ranges, lengths.

AWS checks them before an operation sees a request. Patterns are not checked: they are in Java's dialect.
"""

import math
from collections.abc import Iterator, Sized
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list, tuple),
    "string": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "blob": (bytes, str),
    "timestamp": (datetime, int, float, str),
}
_NUMBERS = ("integer", "long", "float", "double")
_MAX_SHOWN = 200


@dataclass(frozen=True)
class Violation:
    """A value of a shape that breaks a constraint, and where it is."""

    shape: Any
    value: Any
    path: str
    constraint: str

    @property
    def sentence(self) -> str:
        """AWS's words. A secret is not repeated in them."""
        shown = "***" if self.shape.metadata.get("sensitive") else str(self.value)[:_MAX_SHOWN]
        return f"Value '{shown}' at '{self.path}' failed to satisfy constraint: {self.constraint}"


def missing(shape: Any, request: dict[str, Any]) -> str | None:
    """Returns a required member that the request itself lacks, or None. `shape` is botocore's structure."""
    return next((name for name in shape.required_members if request.get(name) is None), None)


def violation(shape: Any, request: Any) -> str | None:
    """Returns AWS's sentence about the first constraint that a request violates, or None."""
    found = next(violations(shape, request), None)
    return f"1 validation error detected: {found.sentence}" if found else None


def violations(shape: Any, value: Any, path: str = "") -> Iterator[Violation]:
    """Yields what is wrong with a value of a shape, and with what it consists of."""
    if not _has_type(shape, value):
        yield Violation(shape, value, path, f"Member must be of type {shape.type_name}")
        return
    yield from _own_violations(shape, value, path)
    if shape.type_name == "structure":
        yield from _violations_of_structure(shape, value, path)
    elif shape.type_name == "list":
        for number, item in enumerate(value, 1):
            yield from violations(shape.member, item, f"{path}.{number}.member")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from violations(shape.value, item, _join(path, key))


def _violations_of_structure(shape: Any, value: dict[str, Any], path: str) -> Iterator[Violation]:
    for name, member in shape.members.items():
        here = _join(path, name)
        if value.get(name) is not None:
            yield from violations(member, value[name], here)
        elif name in shape.required_members:
            yield Violation(member, "null", here, "Member must not be null")


def _own_violations(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    """Yields the violations of a value itself, without those of what it consists of."""
    if shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield Violation(shape, value, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    low, high = (float(shape.metadata.get(name, default)) for name, default in (("min", -math.inf), ("max", math.inf)))
    size, what = (value, "value") if shape.type_name in _NUMBERS else (_length(value), "length")
    if size < low:
        yield Violation(shape, value, path, f"Member must have {what} greater than or equal to {low:.0f}")
    if size > high:
        yield Violation(shape, value, path, f"Member must have {what} less than or equal to {high:.0f}")


def _has_type(shape: Any, value: Any) -> bool:
    is_number = shape.type_name in _NUMBERS
    return isinstance(value, _TYPES[shape.type_name]) and not (is_number and isinstance(value, bool))


def _length(value: Any) -> int:
    return len(value) if isinstance(value, Sized) else 0


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
