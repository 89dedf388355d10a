"""The functions of sam-http-crud.yaml."""

import os
from typing import Any

import boto3
from answers import answer

Json = dict[str, Any]


def read(event: Json, context: Any) -> Json:
    """Answers GET /notes and GET /notes/{id}."""
    table = _table()
    if note := (event.get("pathParameters") or {}).get("id"):
        item = table.get_item(Key={"id": note}).get("Item")
        return answer(200, item) if item else answer(404, {"message": "no such note"})
    return answer(200, sorted(table.scan()["Items"], key=lambda item: item["id"]))


def write(event: Json, context: Any) -> Json:
    """Answers PUT and DELETE /notes/{id}."""
    key = {"id": event["pathParameters"]["id"]}
    if event["requestContext"]["http"]["method"] == "DELETE":
        _table().delete_item(Key=key)
        return answer(204, None)
    item = {**key, "value": event["body"]}
    _table().put_item(Item=item)
    return answer(201, item)


def _table() -> Any:
    return boto3.resource("dynamodb").Table(os.environ["TABLE"])
