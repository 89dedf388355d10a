"""The check that keeps published contracts: each breaking change is found, each harmless one passes."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ops.contracts.openapi_compatibility import breaking_openapi_changes
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


def test_a_schema_that_contains_itself_is_no_trap() -> None:
    tree = {"$defs": {"T": {"type": "object", "properties": {"left": {"$ref": "#/$defs/T"}}}}, "$ref": "#/$defs/T"}
    assert breaking_event_changes(tree, copy.deepcopy(tree)) == []


def _json(schema: Schema) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}


API: Schema = {
    "paths": {
        "/things": {
            "get": {
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 200}}],
                "responses": {"200": _json({"$ref": "#/components/schemas/Thing"})},
            },
            "post": {
                "requestBody": _json({"$ref": "#/components/schemas/NewThing"}),
                "responses": {"201": _json({"$ref": "#/components/schemas/Thing"}), "422": {}},
            },
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["id"],
                "properties": {"id": {"type": "string"}, "kind": {"type": "string", "enum": ["A", "B"]}},
            },
            "NewThing": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string", "maxLength": 9}, "note": {"type": "string"}},
            },
        }
    },
}


def _get(api: Schema) -> Schema:
    operation: Schema = api["paths"]["/things"]["get"]
    return operation


def _model(api: Schema, name: str) -> Schema:
    model: Schema = api["components"]["schemas"][name]
    return model


BREAKING_API_EDITS: dict[str, Edit] = {
    "path removed": lambda a: a["paths"].pop("/things"),
    "operation removed": lambda a: a["paths"]["/things"].pop("post"),
    "parameter removed": lambda a: _get(a).update(parameters=[]),
    "parameter required": lambda a: _get(a)["parameters"][0].update(required=True),
    "parameter stricter": lambda a: _get(a)["parameters"][0]["schema"].update(maximum=100),
    "status removed": lambda a: _get(a).update(responses={"204": {}}),
    "answer lacks a property": lambda a: _model(a, "Thing")["properties"].pop("kind"),
    "answer with other type": lambda a: _model(a, "Thing")["properties"]["id"].update(type="integer"),
    "answer with new value": lambda a: _model(a, "Thing")["properties"]["kind"]["enum"].append("C"),
    "answer without promise": lambda a: _model(a, "Thing").update(required=[]),
    "body demands more": lambda a: _model(a, "NewThing")["required"].append("note"),
    "body stricter": lambda a: _model(a, "NewThing")["properties"]["name"].update(maxLength=8),
    "body takes less": lambda a: _model(a, "NewThing")["properties"].pop("note"),
    "body of another type": lambda a: a["paths"]["/things"]["post"].update(requestBody={"content": {"text/plain": {}}}),
}

HARMLESS_API_EDITS: dict[str, Edit] = {
    "none": lambda a: None,
    "new path": lambda a: a["paths"].update({"/more": {"get": {"responses": {}}}}),
    "new parameter": lambda a: _get(a)["parameters"].append({"name": "q", "in": "query", "schema": {}}),
    "answer says more": lambda a: _model(a, "Thing")["properties"].update(size={"type": "integer"}),
    "answer promises more": lambda a: _model(a, "Thing")["required"].append("kind"),
    "body takes more": lambda a: _model(a, "NewThing")["properties"].update(x={"type": "string"}),
    "body less strict": lambda a: _model(a, "NewThing")["properties"]["name"].update(maxLength=10),
}


@pytest.mark.parametrize("edit", BREAKING_API_EDITS.values(), ids=BREAKING_API_EDITS)
def test_a_breaking_change_of_an_api_is_found(edit: Edit) -> None:
    changed = copy.deepcopy(API)
    edit(changed)
    assert breaking_openapi_changes(API, changed)


@pytest.mark.parametrize("edit", HARMLESS_API_EDITS.values(), ids=HARMLESS_API_EDITS)
def test_a_harmless_change_of_an_api_passes(edit: Edit) -> None:
    changed = copy.deepcopy(API)
    edit(changed)
    assert breaking_openapi_changes(API, changed) == []
