"""Calls a route's function with what its signature declares.

FastAPI analyses the signatures, and describes them in OpenAPI. Its own way of a request decides everything anew for
each request, which costs more than the function itself. Here most of it is decided once (docs/adr/0019).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from typing import Any

from fastapi import Request, Response
from fastapi._compat import ModelField, field_annotation_is_sequence, lenient_issubclass
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_body_to_args, request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from starlette.datastructures import QueryParams

from services.common.dto import json_response
from services.common.errors import BadRequest, Unprocessable
from services.common.web import strict_json


class Endpoint:
    """A route's function with its dependencies.

    The dependencies are called one after the other, each once. The errors of all parameters are one
    RequestValidationError; a dependency whose parameters have errors is not called.
    """

    def __init__(self, route: APIRoute) -> None:
        self._needs = _Needs.of(route.dependant)
        self._status = route.status_code or 200
        self._has_body, self._embedded = route.body_field is not None, route._embed_body_fields
        self._has_content = route.response_field is not None

    async def __call__(self, request: Request) -> Response:
        """Returns the response. Raises RequestValidationError, and what the functions raise."""
        given = _Given(request, await _body(request) if self._has_body else PydanticUndefined, self._embedded)
        arguments = await self._needs.arguments(given)
        if arguments is None:
            raise RequestValidationError(given.errors)
        result = await self._needs.call(**arguments)
        if isinstance(result, Response):
            return result
        response = json_response(result, self._status) if self._has_content else Response(status_code=self._status)
        if given.response is not None:
            response.raw_headers.extend(given.response.raw_headers)
        return response


@dataclass(slots=True)
class _Given:
    """A request, and what the functions said about it. `response` takes the headers that they set."""

    request: Request
    body: Any
    embedded: bool
    response: Response | None = None
    results: dict[Any, Any] = field(default_factory=dict)
    errors: list[Any] = field(default_factory=list)

    def headers(self) -> Response:
        """Returns the response whose headers are added to the real one."""
        if self.response is None:
            self.response = Response()
            self.response.raw_headers.clear()
        return self.response


@dataclass(slots=True)
class _Needs:
    """What a function needs: the results of other functions, and parameters of the request."""

    call: Callable[..., Any]
    name: str | None
    others: Sequence[_Needs]
    path: Sequence[ModelField]
    query: Sequence[ModelField]
    query_model: ModelField | None
    lists: frozenset[str]
    headers: Sequence[ModelField]
    body: list[ModelField]
    request_name: str | None
    response_name: str | None

    @classmethod
    def of(cls, analysed: Dependant) -> _Needs:
        """Returns the needs in FastAPI's analysis of a function. Raises TypeError for what is not provided for."""
        assert analysed.call is not None
        if not _is_coroutine(analysed.call) or analysed.cookie_params or analysed.background_tasks_param_name:
            raise TypeError(f"{analysed.call} must be a coroutine function, without cookies and background tasks")
        model = _plain_model(analysed.query_params)
        return cls(
            call=analysed.call,
            name=analysed.name,
            others=[cls.of(other) for other in analysed.dependencies],
            path=analysed.path_params,
            query=[] if model else analysed.query_params,
            query_model=model,
            lists=frozenset(_lists(analysed.query_params)),
            headers=analysed.header_params,
            body=analysed.body_params,
            request_name=analysed.request_param_name,
            response_name=analysed.response_param_name,
        )

    async def arguments(self, given: _Given) -> dict[str, Any] | None:
        """Returns the function's arguments. Returns None when some have errors, which it adds to those of `given`."""
        values: dict[str, Any] = {}
        errors = given.errors
        before = len(errors)
        for other in self.others:
            result = await other.result(given)
            if other.name is not None:
                values[other.name] = result
        request = given.request
        for parameter in self.path:
            _validate(parameter, request.path_params[parameter.alias], ("path", parameter.alias), values, errors)
        if self.query or self.query_model is not None:
            self._take_query(request.query_params, values, errors)
        if self.headers:
            _take(request_params_to_args(self.headers, request.headers), values, errors)
        if self.body:
            _take(await request_body_to_args(self.body, given.body, given.embedded), values, errors)
        if self.request_name is not None:
            values[self.request_name] = request
        if self.response_name is not None:
            values[self.response_name] = given.headers()
        return values if len(errors) == before else None

    def _take_query(self, parameters: QueryParams, values: dict[str, Any], errors: list[Any]) -> None:
        errors += _repeated(parameters, self.lists)
        if self.query_model is not None:
            _validate(self.query_model, dict(parameters), ("query",), values, errors)
        if self.query:
            _take(request_params_to_args(self.query, parameters), values, errors)

    async def result(self, given: _Given) -> Any:
        """Returns what the function returns. It is called once for a request, and not at all without its arguments."""
        if self.call not in given.results:
            arguments = await self.arguments(given)
            if arguments is None:
                return None
            given.results[self.call] = await self.call(**arguments)
        return given.results[self.call]


def _is_coroutine(call: Callable[..., Any]) -> bool:
    return iscoroutinefunction(call) or iscoroutinefunction(getattr(call, "__call__", None))  # noqa: B004


def _plain_model(query: Sequence[ModelField]) -> ModelField | None:
    """Returns the only parameter if it is a model whose fields have one value each, under their own names."""
    if len(query) != 1 or not lenient_issubclass(model := query[0].field_info.annotation, BaseModel):
        return None
    members = model.model_fields.values()
    plain = all(not member.alias and not field_annotation_is_sequence(member.annotation) for member in members)
    return query[0] if plain else None


def _lists(query: Sequence[ModelField]) -> Iterator[str]:
    """Yields the names of the parameters that take several values."""
    for parameter in query:
        annotation = parameter.field_info.annotation
        if lenient_issubclass(annotation, BaseModel):
            for name, member in annotation.model_fields.items():
                if field_annotation_is_sequence(member.annotation):
                    yield member.alias or name
        elif field_annotation_is_sequence(annotation):
            yield parameter.alias


def _repeated(parameters: QueryParams, lists: Container[str]) -> list[Any]:
    """Returns an error for each parameter that is given twice, unless it takes several values."""
    given = parameters.multi_items()
    if len(given) == len(parameters):
        return []
    counts = Counter(name for name, _ in given)
    text = "Is given more than once."
    repeated = [name for name, count in counts.items() if count > 1 and name not in lists]
    return [{"type": "repeated", "loc": ("query", name), "msg": text} for name in repeated]


def _validate(
    parameter: ModelField, value: Any, place: tuple[str, ...], values: dict[str, Any], errors: list[Any]
) -> None:
    result, faults = parameter.validate(value, loc=place)
    if faults:
        errors += faults
    else:
        values[parameter.name] = result


def _take(found: tuple[Mapping[str, Any], list[Any]], values: dict[str, Any], errors: list[Any]) -> None:
    values.update(found[0])
    errors += found[1]


async def _body(request: Request) -> Any:
    """Returns the parsed body, which `RequestLimitsMiddleware` has read. Raises BadRequest and Unprocessable."""
    content = await request.body()
    if not content:
        return PydanticUndefined
    try:
        return strict_json.loads(content)
    except strict_json.UnfitText as error:
        raise Unprocessable("unfit-text", f"{error}.") from error
    except strict_json.MalformedJson as error:
        raise BadRequest("malformed-json", f"{error}.") from error
