"""Error responses: all have the form problem+json (RFC 9457)."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from asyncpg import InterfaceError, InternalClientError, PostgresError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from services.common.database import is_disconnect, sqlstate
from services.common.dto import ProblemOut
from services.common.errors import Problem, Unavailable
from services.common.logs import describe, logger

MEDIA_TYPE = "application/problem+json"
_MAX_FAULTS = 20
_TEXTS = {"string_pattern_mismatch": "Has characters that are not allowed here, or not the form that is documented."}
"""What people read instead of Pydantic's text, which would show them a regular expression."""
_CANCELED = "57014"  # statement_timeout

RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "An error, as problem details.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    },
    422: {
        "description": "The request is well-formed, but a value is not acceptable.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    },
}
"""For OpenAPI: the response for everything that is not success."""


def problem_schema() -> dict[str, Any]:
    """Returns the schema that RESPONSES refers to."""
    return ProblemOut.model_json_schema()


def response(problem: Problem, instance: str | None = None) -> JSONResponse:
    """Returns the response for a problem."""
    body = {
        "type": f"urn:pms:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": instance,
        **problem.members,
    }
    content = {name: value for name, value in body.items() if value is not None}
    return JSONResponse(content, problem.status, problem.headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Registers the exception handlers."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for kind in (PostgresError, InterfaceError, InternalClientError, OSError):
        app.add_exception_handler(kind, _database)


def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return response(error, request.url.path)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Returns a 422 with the places and kinds of the errors, without the values, which may be passwords."""
    assert isinstance(error, RequestValidationError)
    faults = [
        {
            "pointer": "/" + "/".join(_place(part) for part in fault["loc"]),
            "code": fault["type"],
            "detail": _TEXTS.get(fault["type"], fault["msg"]),
        }
        for fault in error.errors()[:_MAX_FAULTS]
    ]
    if faults and faults[0]["code"] == "json_invalid":
        malformed = Problem("malformed-json", "The body is not valid JSON.")
        malformed.status, malformed.title = 400, "Bad Request"
        return response(malformed, request.url.path)
    invalid = Problem("validation", "Some values are missing or wrong.", errors=faults)
    invalid.status, invalid.title = 422, "Unprocessable Content"
    return response(invalid, request.url.path)


def _place(part: int | str) -> str:
    """Returns a segment of a JSON pointer (RFC 6901). Long names, which a client may have invented, are cut."""
    return str(part)[:64].replace("~", "~0").replace("/", "~1")


def _http(request: Request, error: Exception) -> JSONResponse:
    """Returns the response for Starlette's own 404 and 405, and for what FastAPI rejects."""
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed(request) or headers.get("Allow", "")
    problem = Problem(phrase.lower().replace(" ", "-"), headers=headers)
    problem.status, problem.title = error.status_code, phrase
    return response(problem, request.url.path)


def _allowed(request: Request) -> str:
    """Returns the methods of the resource (RFC 9110, section 10.2.1). Starlette knows those of one route only."""
    methods: set[str] = set()
    for template, operations in request.app.openapi()["paths"].items():
        pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, request.url.path):
            methods |= {name.upper() for name in operations}
    return ", ".join(sorted(methods))


def _database(request: Request, error: Exception) -> JSONResponse:
    """Returns a 503 when the database is away or overloaded, and a 500 for any other database error."""
    log = logger(__name__)
    if is_disconnect(error) or sqlstate(error) == _CANCELED:
        log.warning("database_unavailable", **describe(error))
        return response(Unavailable("The database does not answer at the moment."), request.url.path)
    log.error("unhandled_error", **describe(error))
    return response(Problem(), request.url.path)
