"""The check of published OpenAPI documents: it finds each breaking change, and lets each harmless one pass."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ops.contracts.openapi_compatibility import breaking_openapi_changes

Schema = dict[str, Any]
Edit = Callable[[Schema], Any]


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
