"""Properties against the schema of their type."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_engines.cloudformation.property_check import InvalidProperties, conform

SCHEMA: dict[str, Any] = {
    "properties": {
        "Text": {"type": "string"},
        "Flag": {"type": "boolean"},
        "Count": {"type": "integer"},
        "Rate": {"type": "number"},
        "List": {"type": "array", "items": {"type": "string"}},
        "Member": {"$ref": "#/definitions/Member"},
        "Map": {"type": "object", "patternProperties": {".*": {"type": "string"}}},
        "Document": {"type": ["object", "string"]},
        "Choice": {"type": "string", "enum": ["A", "B"]},
        "Days": {"type": "integer", "enum": [1, 3]},
        "Arn": {"type": "string"},
    },
    "definitions": {
        "Member": {
            "type": "object",
            "additionalProperties": False,
            "required": ["Size"],
            "properties": {"Size": {"type": "integer"}, "Inner": {"$ref": "#/definitions/Member"}},
        }
    },
    "additionalProperties": False,
    "required": ["Text"],
}


def check(**properties: Any) -> dict[str, Any]:
    return conform(SCHEMA, {"Text": "x", **properties}, {})


@pytest.mark.parametrize(
    ("name", "given", "wanted"),
    [
        ("Text", 1.0, "1.0"),
        ("Text", 2, "2"),
        ("Text", True, "true"),
        ("Flag", "true", True),
        ("Flag", "False", False),
        ("Count", "3000", 3000),
        ("Count", 30.0, 30),
        ("Rate", "10.5", 10.5),
        ("Rate", 10, 10),
        ("List", [1, True, "x"], ["1", "true", "x"]),
        ("Member", {"Size": "1", "Inner": {"Size": "2"}}, {"Size": 1, "Inner": {"Size": 2}}),
        ("Map", {"a": 1, "b": True}, {"a": "1", "b": "true"}),
        ("Document", {"Any": [1, {"x": True}]}, {"Any": [1, {"x": True}]}),
        ("Document", "text", "text"),
        ("Days", "3", 3),
        ("Count", "12345678901234567890", 12345678901234567890),
        ("Count", None, None),
    ],
)
def test_a_scalar_takes_the_type_of_the_schema(name: str, given: Any, wanted: Any) -> None:
    converted = conform(SCHEMA, {"Text": "x", name: given}, {})[name]
    assert (converted, type(converted)) == (wanted, type(wanted))


@pytest.mark.parametrize(
    ("properties", "fault"),
    [
        ({"Count": "abc"}, "#/Count: expected type: Integer, found: String"),
        ({"Count": 1.5}, "#/Count: expected type: Integer, found: Number"),
        ({"Flag": "yes"}, "#/Flag: expected type: Boolean, found: String"),
        ({"Flag": []}, "#/Flag: expected type: Boolean, found: JSONArray"),
        ({"Text": {"a": 1}}, "#/Text: expected type: String, found: JSONObject"),
        ({"List": "one"}, "#/List: expected type: JSONArray, found: String"),
        ({"List": [[]]}, "#/List/0: expected type: String, found: JSONArray"),
        ({"Member": []}, "#/Member: expected type: JSONObject, found: JSONArray"),
        ({"Member": {}}, "#/Member: required key [Size] not found"),
        ({"Member": {"Size": 1, "Inner": {"Size": "x"}}}, "#/Member/Inner/Size: expected type: Integer, found: String"),
        ({"Member": {"Size": 1, "Other": 1}}, "#/Member: extraneous key [Other] is not permitted"),
        ({"Other": 1}, "#: extraneous key [Other] is not permitted"),
        ({"Choice": "C"}, "#/Choice: C is not a valid enum value"),
    ],
)
def test_a_fault_is_named_in_words_of_aws(properties: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidProperties) as refused:
        check(**properties)
    assert str(refused.value) == fault


def test_all_faults_are_named() -> None:
    with pytest.raises(InvalidProperties) as refused:
        conform(SCHEMA, {"Count": "x", "Flag": "y"}, {})
    assert len(str(refused.value).splitlines()) == 3


def test_what_the_resource_has_already_is_not_checked() -> None:
    present = {"Text": "x", "Attribute": {"a": 1}, "Member": {"Odd": 1}}
    assert conform(SCHEMA, {**present, "Count": "1"}, present) == {**present, "Count": 1}


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)


@given(VALUES, st.sampled_from(sorted(SCHEMA["properties"])))
def test_any_value_is_converted_or_refused_and_a_result_stays_as_it_is(value: Any, name: str) -> None:
    try:
        converted = conform(SCHEMA, {"Text": "x", name: value}, {})
    except InvalidProperties:
        return
    assert conform(SCHEMA, converted, {}) == converted
