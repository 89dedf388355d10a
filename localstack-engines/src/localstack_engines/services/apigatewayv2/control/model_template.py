"""A sample mapping template for a model: the JSON that its schema describes, with sample values.

Source: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-models-modelid-template.html
"""

import json
from typing import Any

_SAMPLES: dict[str, Any] = {"string": "foo", "integer": 42, "number": 42, "boolean": True, "null": None}
_MAX_DEPTH = 20
"""A schema may refer to itself."""


def mapping_template(schema: str) -> str:
    """Returns the template for a model's schema, which is JSON."""
    document = json.loads(schema)
    sample = json.dumps(_sample(document, document, 0), indent=2)
    return f"#set($inputRoot = $input.path('$'))\n{sample}"


def _sample(schema: Any, document: Any, depth: int) -> Any:
    if not isinstance(schema, dict) or depth > _MAX_DEPTH:
        return {}
    if "$ref" in schema:
        return _sample(_referred(schema["$ref"], document), document, depth + 1)
    kind = schema.get("type", "object")
    if kind == "array":
        items = schema.get("items")
        return [_sample(items, document, depth + 1)] if isinstance(items, dict) else []
    if kind != "object":
        return _SAMPLES.get(kind[0] if isinstance(kind, list) else kind)
    properties = schema.get("properties") or {}
    return {name: _sample(member, document, depth + 1) for name, member in properties.items()}


def _referred(reference: str, document: Any) -> Any:
    """Returns what a JSON pointer in the document names, or None."""
    for part in reference.removeprefix("#").strip("/").split("/"):
        if part:
            document = document.get(part) if isinstance(document, dict) else None
    return document
