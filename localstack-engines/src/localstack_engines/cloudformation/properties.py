"""Converts the properties of a CloudFormation resource into the arguments of an API operation.

Templates spell members in Pascal case and may carry numbers and booleans as text. The botocore shape of the operation's
input tells which member and which type the API wants. A property that the API does not have is an error.
"""

import json
from collections.abc import Collection
from typing import Any

_NUMBERS = {"integer": int, "long": int, "float": float, "double": float}


class UnsupportedProperty(ValueError):
    """The API operation has no member for a property."""


def to_request(client: Any, operation: str, tree: dict[str, Any], ignore: Collection[str] = ()) -> dict[str, Any]:
    """Returns the arguments of `operation` (in the API's spelling, e.g. "CreateService") for a resource's properties.

    Properties in `ignore` (read-only ones, or those that the caller handles) are left out. Raises UnsupportedProperty.
    """
    shape = client.meta.service_model.operation_model(operation).input_shape
    return dict(fit(shape, {k: v for k, v in tree.items() if k not in ignore}, operation))


class ReplacementNeeded(ValueError):
    """A changed property cannot be changed on an existing resource."""


def refuse_replacement(previous: dict[str, Any], desired: dict[str, Any], names: Collection[str]) -> None:
    """Raises ReplacementNeeded when one of the create-only properties in `names` changed."""
    for name in names:
        if desired.get(name) is not None and desired[name] != previous.get(name):
            raise ReplacementNeeded(
                f"{name} cannot be changed from {previous.get(name)} to {desired[name]}: give the resource a new "
                "logical id, so that it is replaced"
            )


def is_true(value: Any) -> bool:
    """Returns whether a boolean property is true. Templates may carry booleans as text, in any case."""
    return str(value).lower() == "true"


def json_text(document: Any) -> str:
    """Returns a policy as the text that APIs want. Templates carry policies as JSON objects or as text."""
    return document if isinstance(document, str) else json.dumps(document)


def fit(shape: Any, value: Any, path: str) -> Any:
    """Returns the value in the form of a botocore shape; `path` names it in errors.

    Raises UnsupportedProperty, and ValueError or TypeError for a value that has no such form.
    """
    if value is None:
        return None
    if shape.type_name == "structure":
        return _structure(shape, value, path)
    if shape.type_name == "list":
        return [fit(shape.member, item, f"{path}[{index}]") for index, item in enumerate(value)]
    if shape.type_name == "map":
        return {key: fit(shape.value, item, f"{path}.{key}") for key, item in value.items()}
    if shape.type_name == "boolean":
        return is_true(value)
    if shape.type_name in _NUMBERS:
        return _NUMBERS[shape.type_name](value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _structure(shape: Any, value: dict[str, Any], path: str) -> dict[str, Any]:
    members = {name.lower(): name for name in shape.members}
    converted = {}
    for key, item in value.items():
        name = members.get(key.lower())
        if name is None:
            raise UnsupportedProperty(f"Unsupported property: {path}.{key}")
        if item is not None:
            converted[name] = fit(shape.members[name], item, f"{path}.{key}")
    return converted
