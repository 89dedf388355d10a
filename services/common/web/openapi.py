"""The OpenAPI document: operation ids for generated clients, and errors as problem+json."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from services.common.web import problems
from services.contracts.routes import ROUTES

_BEARER: dict[str, list[str]] = {"bearer": []}
_SCHEME = {
    "type": "http",
    "description": "Access token from POST /auth/login.",
    "scheme": "bearer",
    "bearerFormat": "JWT",
}
_FASTAPI_ERRORS = ("HTTPValidationError", "ValidationError")


def operation_id(route: APIRoute) -> str:
    """Returns the name of the handler, which is unique within a service."""
    return route.name


def install(app: FastAPI) -> None:
    """Replaces FastAPI's schemas of validation errors with ours, and says which operations take a token."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, routes=app.routes)
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            for name in _FASTAPI_ERRORS:
                schemas.pop(name, None)
            schemas["ProblemOut"] = problems.problem_schema()
            _add_tokens(made)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _add_tokens(document: dict[str, Any]) -> None:
    """Adds security (OpenAPI 3.1, "Security Requirement Object", where an empty requirement makes it optional)."""
    for route in ROUTES:
        operation = document["paths"].get(route.path, {}).get(route.method.lower())
        if operation and (route.optional_token or not route.public):
            operation["security"] = [{}, _BEARER] if route.optional_token else [_BEARER]
            document["components"]["securitySchemes"] = {"bearer": _SCHEME}
