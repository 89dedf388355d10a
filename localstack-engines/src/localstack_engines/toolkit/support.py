"""What a local service does with the operations and members of its API, as tables that the dispatch enforces.

Each service has one such table, `services/<service>/support.py`. An operation runs when the provider has a method for
it or the table allows moto to answer. A member of a request reaches an operation when the table says what becomes of
it. Everything else is refused, so nothing that a newer model adds can pass without effect.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

UNDECIDED = "not decided yet: the service does not read it"
"""The reason of members that were dropped when the tables were made. No new one may get it."""


@dataclass(frozen=True)
class Members:
    """What becomes of the members of a structure in requests. Names are separated by blanks.

    `used` change what the service does. `recorded` are only kept and answered back, on AWS too: descriptions, tags.
    `ignored` have no local meaning, for the reason given. `only` gives the values that have AWS's meaning here.
    """

    used: str = ""
    recorded: str = ""
    ignored: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Returns the names of all members that are not refused."""
        return [*self.used.split(), *self.recorded.split(), *self.ignored, *self.only]


@dataclass(frozen=True)
class Support:
    """The table of a service.

    `moto` maps the operations that moto answers to the reason why its record is all there is to them. `refused` maps
    operations to the reason in their error; operations that are not in any table are refused without one. `members`
    maps the model's names of structures to their members. `member_error` is the API's error code for bad requests,
    `missing_error` that for a missing member where it has another, with a sentence for the member's name.
    """

    member_error: str
    members: Mapping[str, Members]
    moto: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    missing_error: tuple[str, str] | None = None

    def problem(self, shape: Any, request: Any) -> str | None:
        """Returns what the service cannot honour in a request, by its path ("containerDefinitions.hostname"), or None.

        `shape` is botocore's structure of the request.
        """
        return next(self._problems(shape, request, ""), None)

    def _problems(self, shape: Any, value: Any, path: str) -> Iterator[str]:
        if shape.type_name == "structure":
            yield from self._problems_of_structure(shape, value, path)
        elif shape.type_name == "list":
            for item in value:
                yield from self._problems(shape.member, item, path)
        elif shape.type_name == "map":
            for item in value.values():
                yield from self._problems(shape.value, item, path)

    def _problems_of_structure(self, shape: Any, value: Mapping[str, Any], path: str) -> Iterator[str]:
        known = self.members.get(shape.name, Members())
        names = known.names()
        for name, item in value.items():
            if name not in shape.members or _asks_for_nothing(item):
                continue
            here = f"{path}.{name}" if path else name
            if name in known.only:
                if item not in known.only[name]:
                    yield f"{here}={item!r}"
            elif name not in names:
                yield here
            elif name not in known.ignored:
                yield from self._problems(shape.members[name], item, here)


def input_structures(model: Any, operations: list[str]) -> dict[str, Any]:
    """Returns all structures in the inputs of operations by their names; `model` is botocore's service model."""
    found: dict[str, Any] = {}
    for operation in operations:
        _collect(model.operation_model(operation).input_shape, found)
    return found


def _collect(shape: Any, found: dict[str, Any]) -> None:
    if shape is None or shape.name in found:
        return
    if shape.type_name == "structure":
        found[shape.name] = shape
        for member in shape.members.values():
            _collect(member, found)
    elif shape.type_name == "list":
        _collect(shape.member, found)
    elif shape.type_name == "map":
        _collect(shape.value, found)


def _asks_for_nothing(value: Any) -> bool:
    """Whether a value is what an absent member means: false, or empty. A zero asks for something."""
    return value is None or value is False or (isinstance(value, str | bytes | list | tuple | dict) and not value)
