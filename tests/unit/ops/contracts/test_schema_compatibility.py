"""The check of published event schemas: it finds each breaking change, and lets each harmless one pass."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ops.contracts.schema_compatibility import breaking_event_changes

Schema = dict[str, Any]
Edit = Callable[[Schema], Any]

EVENT: Schema = {
    "type": "object",
    "required": ["id", "status"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "status": {"$ref": "#/$defs/Status"},
        "phone": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
    },
    "$defs": {"Status": {"enum": ["OPEN", "PAID"], "type": "string"}},
}

BREAKING_EVENT_EDITS: dict[str, Edit] = {
    "removed": lambda s: s["properties"].pop("phone"),
    "renamed": lambda s: s["properties"].update(telephone=s["properties"].pop("phone")),
    "other type": lambda s: s["properties"].update(id={"type": "integer"}),
    "other format": lambda s: s["properties"]["id"].update(format="date"),
    "null no longer": lambda s: s["properties"].update(phone={"type": "string"}),
    "null from now on": lambda s: s["properties"]["id"].update(type=None, anyOf=[{"type": "null"}, {"type": "string"}]),
    "new required": lambda s: (s["properties"].update(x={"type": "string"}), s["required"].append("x")),
    "optional made required": lambda s: s["required"].append("phone"),
    "required made optional": lambda s: s["required"].remove("id"),
    "value added": lambda s: s["$defs"]["Status"]["enum"].append("VOID"),
    "value removed": lambda s: s["$defs"]["Status"]["enum"].remove("PAID"),
    "stricter": lambda s: s["properties"]["id"].update(maxLength=3),
    "inside a list": lambda s: s["properties"]["tags"]["items"]["properties"].pop("name"),
}

HARMLESS_EVENT_EDITS: dict[str, Edit] = {
    "none": lambda s: None,
    "new optional": lambda s: s["properties"].update(nickname={"type": "string"}),
    "words": lambda s: s["properties"]["id"].update(description="which", title="Id"),
    "the same inline": lambda s: s["properties"].update(status=s["$defs"].pop("Status")),
}


@pytest.mark.parametrize("edit", BREAKING_EVENT_EDITS.values(), ids=BREAKING_EVENT_EDITS)
def test_a_breaking_change_of_an_event_is_found(edit: Edit) -> None:
    changed = copy.deepcopy(EVENT)
    edit(changed)
    assert breaking_event_changes(EVENT, changed)


@pytest.mark.parametrize("edit", HARMLESS_EVENT_EDITS.values(), ids=HARMLESS_EVENT_EDITS)
def test_a_harmless_change_of_an_event_passes(edit: Edit) -> None:
    changed = copy.deepcopy(EVENT)
    edit(changed)
    assert breaking_event_changes(EVENT, changed) == []


def test_a_schema_that_contains_itself_can_be_compared() -> None:
    tree = {"$defs": {"T": {"type": "object", "properties": {"left": {"$ref": "#/$defs/T"}}}}, "$ref": "#/$defs/T"}
    assert breaking_event_changes(tree, copy.deepcopy(tree)) == []
