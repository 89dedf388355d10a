"""The resources that the valid requests of a service need, and how its requests refer to them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conformance import values

Json = dict[str, Any]


@dataclass
class World:
    """`known` has the values of members by their names, `calls` whole requests of operations.

    `kept` says which values later requests take from an operation's response: member -> path in the response.
    Operations in `last` run after all others in that order: they delete what the others need. Requests of `costly`
    operations start processes: they get no wrong requests. `fresh` has the member that names the new resource in the
    requests of creating operations: each wrong request gets a name of its own. `close` removes what is left.
    """

    implemented: set[str]
    known: Json = field(default_factory=dict)
    calls: dict[str, Json | Callable[["World"], Json]] = field(default_factory=dict)
    kept: dict[str, dict[str, str]] = field(default_factory=dict)
    last: tuple[str, ...] = ()
    costly: frozenset[str] = frozenset()
    fresh: dict[str, str] = field(default_factory=dict)
    close: Callable[["World"], None] = lambda world: None

    def ordered(self, operations: list[str]) -> list[str]:
        """Returns the operations in the order in which they are probed."""
        first = [name for name in self.calls if name in operations and name not in self.last]
        rest = [name for name in operations if name not in first and name not in self.last]
        return [*first, *rest, *(name for name in self.last if name in operations)]

    def request(self, operation: str, shape: Any) -> Json:
        """Returns a valid request."""
        given = self.calls.get(operation)
        if given is not None:
            return given(self) if callable(given) else dict(given)
        return {} if shape is None else dict(values.valid(shape, self.known))

    def renamed(self, operation: str, request: Json) -> Json:
        """Returns a request that creates another resource than the valid request of the operation."""
        member = self.fresh.get(operation)
        return {**request, member: unique("wrong")} if member in request else request

    def keep(self, operation: str, body: Json) -> None:
        """Takes the values that later requests need from a response."""
        for member, path in self.kept.get(operation, {}).items():
            found: Any = body
            for part in path.split("."):
                found = found[int(part)] if isinstance(found, list) else (found or {}).get(part)
            if found is not None:
                self.known[member] = found

    def names(self, member: str, value: Any) -> bool:
        """Whether a member of a request names a resource."""
        return isinstance(value, str) and member in self.known and self.known[member] == value

    @staticmethod
    def unknown(value: str) -> str:
        """Returns the name of a resource that does not exist, of the same form."""
        return value[:-3] + ("zzz" if not value.endswith("zzz") else "yyy")


def unique(prefix: str = "cf") -> str:
    """Returns a name that no other run has."""
    return f"{prefix}-{uuid.uuid4().hex[:8]}"
