"""Checks the properties of a resource against the schema of its type, and gives scalars the type that it names.

AWS takes a scalar in any form that can stand for the wanted one (`1.0` for "1.0", "true" for true) and refuses the
rest.
Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import re
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

# Most specific first: a boolean is an integer in Python.
_KINDS: tuple[tuple[type, str, str], ...] = (
    (bool, "boolean", "Boolean"),
    (str, "string", "String"),
    (int, "integer", "Integer"),
    (float, "number", "Number"),
    (list, "array", "JSONArray"),
    (dict, "object", "JSONObject"),
)
_WHOLE = re.compile(r"-?[0-9]+(\.0+)?", re.ASCII)
_NAMES = {kind: name for _, kind, name in _KINDS}


class InvalidProperties(ValueError):
    """The properties do not fit the schema. The message has a line for each fault, in AWS's words."""


def conform(schema: Schema, properties: dict[str, Any], present: dict[str, Any]) -> dict[str, Any]:
    """Returns the properties with scalars of the schema's types. Raises InvalidProperties.

    `present` are the properties and attributes that the resource has already. They are not checked again.
    """
    checker = _Checker(schema.get("definitions", {}))
    known = {**schema, "properties": {**{name: {} for name in present}, **schema.get("properties", {})}}
    changed = {name: value for name, value in properties.items() if name not in present or present[name] != value}
    unchanged = {name: value for name, value in properties.items() if name not in changed}
    converted = checker.object(known, changed, "#", unchanged)
    if checker.faults:
        raise InvalidProperties("\n".join(checker.faults))
    return {**unchanged, **converted}


class _Checker:
    def __init__(self, definitions: dict[str, Schema]) -> None:
        self.definitions = definitions
        self.faults: list[str] = []

    def value(self, schema: Schema, value: Any, path: str) -> Any:
        schema = self._resolve(schema)
        kinds = _kinds(schema)
        if not kinds or value is None:
            return value
        kind = _kind_of(value)
        if kind not in kinds:
            converted = next(_conversions(value, kinds), None)
            if converted is None:
                self.faults.append(f"{path}: expected type: {_NAMES[kinds[0]]}, found: {_NAMES[kind]}")
                return value
            value, kind = converted, _kind_of(converted)
        if kind == "object":
            return self.object(schema, value, path)
        if kind == "array":
            items = schema.get("items", {})
            return [self.value(items, item, f"{path}/{number}") for number, item in enumerate(value)]
        if "enum" in schema and value not in schema["enum"]:
            self.faults.append(f"{path}: {value} is not a valid enum value")
        return value

    def object(self, schema: Schema, value: dict[str, Any], path: str, also: Any = ()) -> dict[str, Any]:
        members: dict[str, Schema] = schema.get("properties", {})
        for name in schema.get("required", []):
            if value.get(name) is None and name not in also:
                self.faults.append(f"{path}: required key [{name}] not found")
        converted = {}
        for name, item in value.items():
            member = members[name] if name in members else _schema_of_others(schema)
            if member is None:
                self.faults.append(f"{path}: extraneous key [{name}] is not permitted")
                continue
            converted[name] = self.value(member, item, f"{path}/{name}")
        return converted

    def _resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self.definitions.get(schema["$ref"].rpartition("/")[2], {})
        return schema


def _schema_of_others(schema: Schema) -> Schema | None:
    """Returns the schema of members that have no name in it, or None where there may be no such members."""
    for pattern in (schema.get("patternProperties") or {}).values():
        return dict(pattern)
    others = schema.get("additionalProperties", True)
    if isinstance(others, dict):
        return others
    # A schema without members is one of a document that may have any.
    return {} if others or not schema.get("properties") else None


def _kinds(schema: Schema) -> list[str]:
    kinds = schema.get("type") or ("object" if "properties" in schema else [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _kind_of(value: Any) -> str:
    return next((kind for python, kind, _ in _KINDS if isinstance(value, python)), "string")


def _conversions(value: Any, kinds: list[str]) -> Iterator[Any]:
    """Yields the scalar as each of the kinds that it can stand for."""
    if isinstance(value, list | dict):
        return
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if "boolean" in kinds and text.lower() in ("true", "false"):
        yield text.lower() == "true"
    number = _number(text)
    if isinstance(number, int) and ("integer" in kinds or "number" in kinds):
        yield number
    if isinstance(number, float) and "number" in kinds:
        yield number
    if "string" in kinds:
        yield text


def _number(text: str) -> int | float | None:
    """Returns the number that a text stands for, as an integer where it is whole."""
    if _WHOLE.fullmatch(text):
        return int(text.partition(".")[0])
    try:
        return float(text)
    except ValueError:
        return None
