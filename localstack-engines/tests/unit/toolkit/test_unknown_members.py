"""Members that the model does not have are found, wherever they are."""

from typing import Any

import botocore.model
import pytest

from localstack_engines.toolkit.unknown_members import find

_DEFINITION: dict[str, Any] = {
    "metadata": {"protocol": "json", "endpointPrefix": "x", "serviceId": "x"},
    "operations": {"Put": {"name": "Put", "http": {}, "input": {"shape": "PutRequest"}}},
    "shapes": {
        "PutRequest": {
            "type": "structure",
            "members": {
                "name": {"shape": "Text", "locationName": "Name"},
                "items": {"shape": "Items"},
                "byName": {"shape": "ItemMap"},
            },
        },
        "Items": {"type": "list", "member": {"shape": "Item"}},
        "ItemMap": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Item"}},
        "Item": {"type": "structure", "members": {"size": {"shape": "Text"}}},
        "Text": {"type": "string"},
    },
}
_SHAPE = botocore.model.ServiceModel(_DEFINITION).operation_model("Put").input_shape


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"Name": "a", "items": [{"size": "1"}]}', None),
        (b'{"new": ["a"]}', "new"),
        (b'{"items": [{"size": "1"}, {"colour": "red"}]}', "items.colour"),
        (b'{"byName": {"any": {"colour": "red"}}}', "byName.colour"),
        (b'{"new": null, "other": false}', None),
        (b'{"new": []}', "new"),
        (b'{"clientToken": "a"}', None),
        (b"{", None),
        (b"", None),
    ],
)
def test_find(body: bytes, found: str | None) -> None:
    assert find("json", _SHAPE, body) == found


def test_other_protocols_have_no_documents() -> None:
    assert find("query", _SHAPE, b'{"new": 1}') is None
