"""Sample mapping templates of models."""

import json
from typing import Any

import pytest

from localstack_engines.services.apigatewayv2.control.model_template import mapping_template


@pytest.mark.parametrize(
    ("schema", "sample"),
    [
        (
            {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "boolean"}}},
            {"a": "foo", "b": True},
        ),
        ({"type": "array", "items": {"type": "integer"}}, [42]),
        ({"type": ["number", "null"]}, 42),
        ({}, {}),
        (
            {"properties": {"x": {"$ref": "#/definitions/y"}}, "definitions": {"y": {"type": "string"}}},
            {"x": "foo"},
        ),
        ({"properties": {"x": {"$ref": "#/none"}}}, {"x": {}}),
    ],
)
def test_a_template_has_a_sample(schema: dict[str, Any], sample: Any) -> None:
    first, _, rest = mapping_template(json.dumps(schema)).partition("\n")
    assert first == "#set($inputRoot = $input.path('$'))"
    assert json.loads(rest) == sample


def test_a_schema_that_refers_to_itself_ends() -> None:
    assert mapping_template('{"properties": {"x": {"$ref": "#"}}}')
