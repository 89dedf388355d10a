"""The record of a route: one line of text that HAProxy finds for a request, with named fields.

HAProxy keeps the record of the chosen route in the variable `txn.route`. HAProxy's rules read a field of it with
`fetch`, Python with `value`. No field contains the separator: route keys may not.
"""

from collections.abc import Mapping
from enum import IntEnum

VARIABLE = "txn.route"

NONE = "none"
"""The value of a field that the route does not have."""

_SEPARATOR = "|"


class Field(IntEnum):
    """The fields in their order. The value is the position as HAProxy counts it, from 1."""

    ID = 1
    AUTHORIZER = 2
    SCOPES = 3
    BACKEND = 4
    THROTTLE = 5
    THROTTLE_KEY = 6
    KEY = 7


def encode(fields: Mapping[Field, str | None]) -> str:
    """Returns the record. It has no blank, so that a line of HAProxy's map can hold it."""
    values = [fields.get(field) or NONE for field in Field]
    return _SEPARATOR.join(value.replace(" ", "_", 1) for value in values)


def value(record: str, field: Field) -> str:
    """Returns a field of a record."""
    text = record.split(_SEPARATOR)[field - 1]
    return text.replace("_", " ", 1) if field is Field.KEY else text


def fetch(field: Field) -> str:
    """Returns the HAProxy expression for a field of the chosen route's record."""
    expression = f"var({VARIABLE}),field({field.value},{_SEPARATOR})"
    return f'{expression},regsub(_," ")' if field is Field.KEY else expression
