"""A route's function gets what it declares, and its dependencies are called once and in order."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import Depends, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from services.common.dto import RequestModel, response_model
from services.common.errors import BadRequest, Unprocessable
from services.common.paging import PageRequest
from services.common.web.endpoint import Endpoint

ID = "0190b6f0-0000-7000-8000-000000000001"


class ThingIn(RequestModel):
    name: str


@response_model
class ThingOut:
    id: UUID
    name: str


def answer(function: Callable[..., Any], query: str = "", body: bytes = b"", id: str = ID, **route: Any) -> Response:
    """Returns the answer of a route with this function to one request. Header `x-number` is 7."""
    endpoint = Endpoint(APIRoute("/things/{id}", function, methods=["POST"], **route))
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Any:
        return next(messages)

    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/things/{id}",
        "query_string": query.encode(),
        "headers": [(b"x-number", b"7")],
        "path_params": {"id": id},
    }
    return asyncio.run(endpoint(Request(scope, receive)))


def errors_of(function: Callable[..., Any], **request: Any) -> list[tuple[str, tuple[Any, ...]]]:
    with pytest.raises(RequestValidationError) as raised:
        answer(function, **request)
    return [(error["type"], error["loc"]) for error in raised.value.errors()]


def test_parameters_of_all_kinds_arrive_converted() -> None:
    async def create(
        id: UUID,
        body: ThingIn,
        query: Annotated[PageRequest, Query()],
        x_number: Annotated[int, Header()],
        request: Request,
        response: Response,
    ) -> ThingOut:
        response.headers["ETag"] = f'"{x_number}-{query.limit}-{request.method}"'
        return ThingOut(id, body.name)

    answered = answer(create, "limit=3", b'{"name": "a"}', status_code=201)
    assert (answered.status_code, json.loads(bytes(answered.body))) == (201, {"id": ID, "name": "a"})
    assert answered.headers["etag"] == '"7-3-POST"'
    assert answered.headers["content-type"] == "application/json"


def test_the_errors_of_all_parameters_are_one_answer() -> None:
    async def create(id: UUID, body: ThingIn, query: Annotated[PageRequest, Query()]) -> None:
        raise AssertionError

    errors = errors_of(create, id="1", query="limit=x&colour=red", body=b"{}")
    assert errors == [
        ("uuid_parsing", ("path", "id")),
        ("int_parsing", ("query", "limit")),
        ("extra_forbidden", ("query", "colour")),
        ("missing", ("body", "name")),
    ]


def test_a_missing_body_is_an_error_of_the_request() -> None:
    async def create(body: ThingIn) -> None:
        raise AssertionError

    assert errors_of(create) == [("missing", ("body",))]


@pytest.mark.parametrize(("body", "problem"), [(b"{", BadRequest), (b'{"name": "\\u0000"}', Unprocessable)])
def test_a_body_is_parsed_before_anything_is_called(body: bytes, problem: type[Exception]) -> None:
    async def refuse() -> None:
        raise AssertionError

    async def create(body: ThingIn) -> None:
        raise AssertionError

    with pytest.raises(problem):
        answer(create, body=body, dependencies=[Depends(refuse)])


def test_a_dependency_is_called_once_however_many_need_it() -> None:
    calls: list[str] = []

    async def first() -> int:
        calls.append("first")
        return 1

    async def second(one: Annotated[int, Depends(first)]) -> int:
        calls.append("second")
        return one + 1

    async def read(one: Annotated[int, Depends(first)], two: Annotated[int, Depends(second)]) -> Response:
        return Response(f"{one}{two}")

    assert answer(read, dependencies=[Depends(second)]).body == b"12"
    assert calls == ["first", "second"]


def test_a_dependency_without_its_parameters_is_not_called_and_the_others_are() -> None:
    calls: list[str] = []

    async def needs(limit: int) -> None:
        raise AssertionError

    async def other() -> None:
        calls.append("other")

    async def read() -> None:
        raise AssertionError

    dependencies = [Depends(needs), Depends(other)]
    assert errors_of(read, dependencies=dependencies, query="limit=x") == [("int_parsing", ("query", "limit"))]
    assert calls == ["other"]


def test_an_answer_without_content_has_none() -> None:
    async def delete() -> None:
        """Returns nothing."""

    answered = answer(delete, status_code=204)
    assert (answered.status_code, answered.body) == (204, b"")
    assert "content-type" not in answered.headers


def test_what_nobody_would_close_is_refused_when_the_route_is_made() -> None:
    async def connection() -> AsyncIterator[int]:
        yield 1

    async def read(number: Annotated[int, Depends(connection)]) -> None:
        raise AssertionError

    with pytest.raises(TypeError, match="must be a coroutine function"):
        answer(read)


class ListQuery(PageRequest):
    status: str | None = None


@pytest.mark.parametrize("query", ["status=A&status=B", "status=A&status=A", "limit=1&status=A&limit=2"])
def test_a_parameter_that_is_given_twice_is_an_error(query: str) -> None:
    async def listing(query: Annotated[ListQuery, Query()]) -> Response:
        raise AssertionError

    async def parameter(status: str = "", limit: int = 1) -> Response:
        raise AssertionError

    repeated = "status" if query.startswith("status") else "limit"
    assert errors_of(listing, query=query) == [("repeated", ("query", repeated))]
    assert errors_of(parameter, query=query) == [("repeated", ("query", repeated))]
