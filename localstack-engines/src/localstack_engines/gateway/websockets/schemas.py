"""Validation of messages by a route's models, which are JSON schemas of draft 4.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html
"""

import json
from typing import Any

from localstack_engines.gateway.websockets.calls import Call, values
from localstack_engines.gateway.websockets.model import DEFAULT, Schemas
from localstack_engines.gateway.websockets.selection import evaluate, parsed


def fits(schemas: Schemas, call: Call) -> bool:
    """Returns whether the message fits the schema that is selected for it. Without one, every message fits."""
    key = evaluate(schemas.selection, values(call))
    schema = schemas.by_key.get(key, schemas.by_key.get(DEFAULT))
    return schema is None or _validator(json.loads(schema)).is_valid(parsed(call.body))


def problem(schema: str) -> str | None:
    """Returns why a text is no schema that can be used, or None."""
    from jsonschema import Draft4Validator
    from jsonschema.exceptions import SchemaError

    try:
        document = json.loads(schema)
        Draft4Validator.check_schema(document)
        return _foreign_reference(document)
    except ValueError:
        return "the schema is not JSON"
    except RecursionError:
        return "the schema is nested too deeply"
    except SchemaError as error:
        return error.message


def _foreign_reference(document: Any) -> str | None:
    """Returns why a reference to another document cannot be used, or None when there is none."""
    if isinstance(document, dict):
        reference = document.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            return f"the reference {reference} to another model is not supported by the local API Gateway"
        document = list(document.values())
    if isinstance(document, list):
        return next((found for item in document if (found := _foreign_reference(item))), None)
    return None


def _validator(schema: Any) -> Any:
    from jsonschema import Draft4Validator
    from referencing import Registry

    # An empty registry fetches nothing.
    return Draft4Validator(schema, registry=Registry())
