"""Finds breaking changes from one JSON schema to another.

Data has a writer and a reader. Where an old reader must understand a new writer (a response), nothing may be removed or
get a new type. Where a new reader must understand an old writer (a request), nothing more may be required. An event is
both: old consumers read new messages, and new consumers read the old messages that are still on the topic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Flag, auto
from typing import Any

Schema = dict[str, Any]

_LOWER_BOUNDS = ("minLength", "minItems", "minimum", "exclusiveMinimum")
_UPPER_BOUNDS = ("maxLength", "maxItems", "maximum", "exclusiveMaximum")


class Direction(Flag):
    """Which reader must understand which writer."""

    OLD_READER = auto()
    NEW_READER = auto()
    BOTH = OLD_READER | NEW_READER


@dataclass(frozen=True)
class Side:
    """One of the two documents, which contains the targets of its references."""

    document: Schema

    def resolve(self, schema: Schema) -> Schema:
        """Returns the target of a reference, or the schema itself."""
        while "$ref" in schema:
            target: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            schema = target
        return schema

    def alternatives(self, schema: Schema) -> list[Schema]:
        """Returns the alternative schemas of a value: `anyOf` and `oneOf` flattened, references resolved."""
        schema = self.resolve(schema)
        options = schema.get("anyOf") or schema.get("oneOf")
        if not options:
            return [schema]
        return [shape for option in options for shape in self.alternatives(option)]


def breaking_event_changes(published: Schema, current: Schema) -> list[str]:
    """Returns the breaking changes from an event's published schema to the current one."""
    return sorted(Comparison(Side(published), Side(current), Direction.BOTH).compare("", published, current))


@dataclass(frozen=True)
class Comparison:
    """Compares two schemas in one direction. It yields messages that name the place and the change."""

    old: Side
    new: Side
    direction: Direction

    def compare(self, place: str, old: Schema, new: Schema, parents: tuple[int, ...] = ()) -> Iterator[str]:
        """Yields the breaking changes between two schemas at `place`."""
        before = {_kind(shape): shape for shape in self.old.alternatives(old)}
        after = {_kind(shape): shape for shape in self.new.alternatives(new)}
        here = place or "(root)"
        if Direction.NEW_READER in self.direction and before.keys() - after.keys():
            yield f"{here}: no longer takes {_names(before.keys() - after.keys())}"
        if Direction.OLD_READER in self.direction and after.keys() - before.keys():
            yield f"{here}: may now be {_names(after.keys() - before.keys())}"
        for kind in before.keys() & after.keys():
            shape = before[kind]
            if id(shape) in parents:  # a schema that contains itself
                continue
            yield from self._same_kind(here, shape, after[kind])
            yield from self._parts(place, shape, after[kind], (*parents, id(shape)))

    def _same_kind(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        yield from self._values(place, _values(old), _values(new))
        if old.get("pattern") != new.get("pattern"):
            yield f"{place}: pattern changed"
        for bounds, sign in ((_LOWER_BOUNDS, 1), (_UPPER_BOUNDS, -1)):
            for bound in bounds:
                yield from self._bound(place, bound, sign, old.get(bound), new.get(bound))

    def _values(self, place: str, old: set[str] | None, new: set[str] | None) -> Iterator[str]:
        narrowed = new is not None and (old is None or bool(old - new))
        widened = old is not None and (new is None or bool(new - old))
        if narrowed and Direction.NEW_READER in self.direction:
            yield f"{place}: takes fewer values"
        if widened and Direction.OLD_READER in self.direction:
            yield f"{place}: may have new values"

    def _bound(self, place: str, bound: str, sign: int, old: Any, new: Any) -> Iterator[str]:
        if Direction.NEW_READER not in self.direction or new is None:
            return  # readers do not rely on the bounds of what is written
        if old is None or sign * new > sign * old:
            yield f"{place}: {bound} is stricter"

    def _parts(self, place: str, old: Schema, new: Schema, parents: tuple[int, ...]) -> Iterator[str]:
        for part in ("items", "additionalProperties"):
            if isinstance(old.get(part), dict) and isinstance(new.get(part), dict):
                yield from self.compare(f"{place}[]", old[part], new[part], parents)
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in sorted(before.keys() - after.keys()):
            yield f"{_join(place, name)}: removed"
        for name in sorted(before.keys() & after.keys()):
            yield from self.compare(_join(place, name), before[name], after[name], parents)
        yield from self._required(place, old, new)

    def _required(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        before, after = set(old.get("required", ())), set(new.get("required", ()))
        if Direction.NEW_READER in self.direction:
            for name in sorted(after - before):
                yield f"{_join(place, name)}: now required"
        if Direction.OLD_READER in self.direction:
            for name in sorted((before - after) & new.get("properties", {}).keys()):
                yield f"{_join(place, name)}: no longer always there"


def _kind(shape: Schema) -> str:
    kind = shape.get("type") or ("string" if "enum" in shape or "const" in shape else "anything")
    form = shape.get("format")
    return f"{kind}({form})" if form else str(kind)


def _values(shape: Schema) -> set[str] | None:
    if "const" in shape:
        return {repr(shape["const"])}
    return {repr(value) for value in shape["enum"]} if "enum" in shape else None


def _names(kinds: set[str]) -> str:
    return ", ".join(sorted(kinds))


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
