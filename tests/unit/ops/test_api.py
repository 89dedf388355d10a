"""The clients of the public API, with an API that answers as each test needs it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from ops import api
from ops.api import Credentials, Session, UnexpectedAnswer

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """`serve(answer)` gives the answers of a function to all clients."""

    def replace(answer: Answer) -> None:
        for name in ("Client", "AsyncClient"):
            original = getattr(httpx, name)

            def client(original: Any = original, **options: Any) -> Any:
                return original(transport=httpx.MockTransport(answer), **options)

            monkeypatch.setattr(httpx, name, client)

    monkeypatch.setattr(api, "pauses", lambda seconds: iter([0.0] * 3))
    return replace


def test_a_refused_sign_in_says_what_was_answered(serve: Callable[[Answer], None]) -> None:
    serve(lambda request: httpx.Response(401, text="no"))
    with api.client() as http, pytest.raises(UnexpectedAnswer, match=r"POST .*/auth/login answered 401: no"):
        api.sign_in(http, Credentials("ada", "wrong"))


async def test_a_session_signs_in_and_repeats_what_failed_for_the_moment(serve: Callable[[Answer], None]) -> None:
    failures: Iterator[int | None] = iter([None, 503])

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/auth/login"):
            return httpx.Response(200, json={"access_token": "token"})
        assert request.headers["authorization"] == "Bearer token"
        failure = next(failures, 200)
        if failure is None:
            raise httpx.ConnectError("nobody is there")
        return httpx.Response(failure, json={"id": "1"})

    serve(answer)
    async with Session() as session:
        await session.sign_in(Credentials("ada", "right"))
        assert await session.get("/api/patients/1") == {"id": "1"}


@pytest.mark.parametrize(("status", "attempts"), [(422, 1), (503, 3)])
async def test_a_session_gives_up(serve: Callable[[Answer], None], status: int, attempts: int) -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(status)

    serve(answer)
    async with Session() as session:
        with pytest.raises(UnexpectedAnswer):
            await session.post("/api/patients", {})
    assert len(requests) == attempts


async def test_a_session_accepts_one_more_status(serve: Callable[[Answer], None]) -> None:
    serve(lambda request: httpx.Response(409, json={"type": "conflict"}))
    async with Session() as session:
        assert await session.post("/api/patients", {}, accept=409) == {"type": "conflict"}
