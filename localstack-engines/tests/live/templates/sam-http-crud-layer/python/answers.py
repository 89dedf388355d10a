"""The layer of sam-http-crud.yaml: answers of an HTTP API."""

import json
from typing import Any


def answer(status: int, body: Any) -> dict[str, Any]:
    """Returns the answer of a function behind an HTTP API."""
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
