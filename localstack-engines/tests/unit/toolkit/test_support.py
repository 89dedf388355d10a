"""A request's members are used, recorded, ignored for a reason, or refused by name."""

from typing import Any

import botocore.model
import pytest

from localstack_engines.toolkit.support import Members, Support, input_structures

_DEFINITION = {
    "metadata": {"protocol": "json", "endpointPrefix": "x", "serviceId": "x"},
    "operations": {"Put": {"name": "Put", "http": {}, "input": {"shape": "PutRequest"}}},
    "shapes": {
        "PutRequest": {
            "type": "structure",
            "members": {
                "name": {"shape": "Text"},
                "mode": {"shape": "Text"},
                "role": {"shape": "Item"},
                "new": {"shape": "Text"},
                "items": {"shape": "Items"},
                "byName": {"shape": "ItemMap"},
            },
        },
        "Items": {"type": "list", "member": {"shape": "Item"}},
        "ItemMap": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Item"}},
        "Item": {"type": "structure", "members": {"size": {"shape": "Number"}, "items": {"shape": "Items"}}},
        "Text": {"type": "string"},
        "Number": {"type": "integer"},
    },
}
MODEL = botocore.model.ServiceModel(_DEFINITION)
SUPPORT = Support(
    "Invalid",
    {
        "PutRequest": Members("items byName", recorded="name", ignored={"role": "none"}, only={"mode": ("FAST",)}),
        "Item": Members("items"),
    },
)


def problem(request: dict[str, Any]) -> str | None:
    return SUPPORT.problem(MODEL.operation_model("Put").input_shape, request)


@pytest.mark.parametrize(
    ("request_", "wanted"),
    [
        ({"name": "a", "mode": "FAST", "role": {"size": 1}, "items": [{}]}, None),
        ({"new": "x"}, "new"),
        ({"mode": "SLOW"}, "mode='SLOW'"),
        ({"items": [{}, {"items": [{"size": 0}]}]}, "items.items.size"),
        ({"byName": {"a": {"size": 1}}}, "byName.size"),
    ],
)
def test_only_members_that_the_table_knows_pass(request_: dict[str, Any], wanted: str | None) -> None:
    assert problem(request_) == wanted


@pytest.mark.parametrize("empty", [None, False, "", [], {}])
def test_a_value_that_asks_for_nothing_passes(empty: object) -> None:
    assert problem({"new": empty}) is None


def test_members_of_another_model_are_left_to_the_parser() -> None:
    assert problem({"unknown": 1}) is None


def test_the_structures_of_an_input_are_found_once_and_through_lists_and_maps() -> None:
    assert sorted(input_structures(MODEL, ["Put"])) == ["Item", "PutRequest"]
