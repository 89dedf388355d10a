"""Says whether a JSON schema or an OpenAPI document still keeps what an earlier one promised.

Data has a writer and a reader. Where the old reader must understand the new writer (a response), nothing may vanish or
take new shapes; where the new reader must understand the old writer (a request), nothing more may be demanded. An event
is both: old consumers read new messages, and new consumers read old messages that the topic still holds.
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
    """Which of the two promises is to be kept."""

    OLD_READER = auto()
    NEW_READER = auto()
    BOTH = OLD_READER | NEW_READER


@dataclass(frozen=True)
class Side:
    """One of the two documents, for following its references."""

    document: Schema

    def resolve(self, schema: Schema) -> Schema:
        """What a reference points at."""
        while "$ref" in schema:
            target: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            schema = target
        return schema

    def alternatives(self, schema: Schema) -> list[Schema]:
        """The shapes that a value may have: `anyOf`/`oneOf` flattened, references followed."""
        schema = self.resolve(schema)
        options = schema.get("anyOf") or schema.get("oneOf")
        if not options:
            return [schema]
        return [shape for option in options for shape in self.alternatives(option)]


def breaking_event_changes(published: Schema, current: Schema) -> list[str]:
    """The promises of an event's published schema that the current one breaks."""
    return sorted(Comparison(Side(published), Side(current), Direction.BOTH).compare("", published, current))


@dataclass(frozen=True)
class Comparison:
    """Compares two schemas in one direction; what it yields are sentences that name the place and the change."""

    old: Side
    new: Side
    direction: Direction

    def compare(self, place: str, old: Schema, new: Schema, parents: tuple[int, ...] = ()) -> Iterator[str]:
        """The changes between two schemas at `place` that break a promise."""
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
            return  # a writer's bound is no promise that a reader relies on
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
