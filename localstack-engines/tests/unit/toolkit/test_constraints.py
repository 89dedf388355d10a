"""A request must fit the model: AWS's sentence says which member does not."""

import re
from typing import Any

import pytest
from botocore.model import ServiceModel

from localstack_engines.toolkit.constraints import missing, violation

SHAPE = (
    ServiceModel(
        {
            "metadata": {},
            "operations": {"Put": {"name": "Put", "http": {}, "input": {"shape": "Put"}}},
            "shapes": {
                "Put": {
                    "type": "structure",
                    "required": ["name"],
                    "members": {
                        "name": {"shape": "Name"},
                        "kind": {"shape": "Kind"},
                        "size": {"shape": "Size"},
                        "on": {"shape": "On"},
                        "parts": {"shape": "Parts"},
                        "tags": {"shape": "Tags"},
                    },
                },
                "Name": {"type": "string", "min": 2, "max": 4},
                "Kind": {"type": "string", "enum": ["A", "B"]},
                "Size": {"type": "integer", "min": 1, "max": 9},
                "On": {"type": "boolean"},
                "Parts": {"type": "list", "max": 2, "member": {"shape": "Part"}},
                "Part": {"type": "structure", "required": ["size"], "members": {"size": {"shape": "Size"}}},
                "Tags": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Kind"}},
            },
        }
    )
    .operation_model("Put")
    .input_shape
)


@pytest.mark.parametrize(
    ("member", "sentence"),
    [
        ({"name": "x"}, "Value 'x' at 'name' .* length greater than or equal to 2"),
        ({"name": "xxxxx"}, "Value 'xxxxx' at 'name' .* length less than or equal to 4"),
        ({"name": 7}, "Value '7' at 'name' .* type string"),
        ({"kind": "C"}, r"Value 'C' at 'kind' .* Member must satisfy enum value set: \[A, B\]"),
        ({"size": 0}, "Value '0' at 'size' .* value greater than or equal to 1"),
        ({"size": 10}, "Value '10' at 'size' .* value less than or equal to 9"),
        ({"size": True}, "Value 'True' at 'size' .* type integer"),
        ({"on": "yes"}, "Value 'yes' at 'on' .* type boolean"),
        ({"parts": [{"size": 1}, {}]}, "Value 'null' at 'parts.2.member.size' .* must not be null"),
        ({"parts": [{"size": 1}] * 3}, "at 'parts' .* length less than or equal to 2"),
        ({"parts": ["x"]}, "at 'parts.1.member' .* type structure"),
        ({"tags": {"a": "C"}}, "at 'tags.a' .* enum value set"),
    ],
)
def test_what_breaks_a_constraint_is_named(member: dict[str, Any], sentence: str) -> None:
    found = violation(SHAPE, {"name": "ab", **member})
    assert found is not None
    assert re.search(sentence, found)


def test_a_request_that_fits_has_no_violation() -> None:
    request = {"name": "ab", "kind": "A", "size": 9, "on": False, "parts": [{"size": 1}], "tags": {}, "other": 1}
    assert violation(SHAPE, request) is None
    assert missing(SHAPE, request) is None
    assert missing(SHAPE, {}) == "name"
