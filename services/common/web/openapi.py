"""The OpenAPI document: operation ids for generated clients, and errors as problem+json."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from services.common.web import problems
from services.contracts.routes import ROUTES

# A token is optional (OpenAPI 3.1, "Security Requirement Object").
_OPTIONAL: list[dict[str, list[str]]] = [{}, {"bearer": []}]
_FASTAPI_ERRORS = ("HTTPValidationError", "ValidationError")


def operation_id(route: APIRoute) -> str:
    """Returns the name of the handler, which is unique within a service."""
    return route.name


def install(app: FastAPI) -> None:
    """Replaces FastAPI's schemas of validation errors with ours, and marks tokens as optional on public routes."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, routes=app.routes)
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            for name in _FASTAPI_ERRORS:
                schemas.pop(name, None)
            schemas["ProblemOut"] = problems.problem_schema()
            _tokens_are_optional_on_public_routes(made)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _tokens_are_optional_on_public_routes(document: dict[str, Any]) -> None:
    for route in ROUTES:
        operation = document["paths"].get(route.path, {}).get(route.method.lower())
        if route.public and operation and "security" in operation:
            operation["security"] = _OPTIONAL
