"""Routes that retry handler and transaction together, and commit before the response is sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from enum import Enum
from functools import cached_property
from typing import Any, NoReturn

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.background import BackgroundTask
from starlette.types import Receive, Scope, Send

from services.common import metrics
from services.common.backoff import jittered
from services.common.database import is_transient, sqlstate
from services.common.errors import BadRequest, Problem, Unprocessable
from services.common.idempotency import InFlight, Replay
from services.common.runtime import runtime_of
from services.common.unit_of_work import Call
from services.common.web import problems, strict_json

TRIES = 3
CONFLICT_SECONDS, POLL_SECONDS = 0.03, 0.05
"""Mean pauses before a transaction is tried again, and before an Idempotency-Key in flight is looked at again."""
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def router(prefix: str = "", *, tags: Sequence[str | Enum] = ()) -> APIRouter:
    """Returns a router for the public routes of a service."""
    return APIRouter(prefix=prefix, tags=list(tags), route_class=TransactionalRoute, responses=problems.RESPONSES)


class StrictRequest(Request):
    """A request whose JSON is parsed strictly."""

    async def json(self) -> Any:
        """Returns the parsed body."""
        try:
            return strict_json.loads(await self.body())
        except strict_json.MalformedJson as error:
            unfit = isinstance(error, strict_json.UnfitText)
            problem = Unprocessable("unfit-text", f"{error}.") if unfit else BadRequest("malformed-json", f"{error}.")
            raise _Refused(problem) from error


class _Refused(strict_json.MalformedJson):
    """Carries a problem through FastAPI, which turns every error of the body's parser into a plain 400."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class TransactionalRoute(APIRoute):
    """Runs each try of the handler in a unit of work of its own, which commits before the response is sent.

    So the commit is a part of what is retried, and the response for an Idempotency-Key is stored in the same
    transaction. The handler's dependencies find the unit of work in `request.state.uow`.
    """

    @cached_property
    def _handler(self) -> Handler:
        return self.get_route_handler()

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request; called by the router.

        FastAPI's own way opens stacks for dependencies with `yield`, and translates errors once more. There are no such
        dependencies, and `ExceptionMiddleware` translates errors.
        """
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        scope["fastapi_inner_astack"] = scope["fastapi_function_astack"] = _NO_STACK
        response = await _until_done(self._handler, StrictRequest(scope, receive))
        await response(scope, receive, send)


class _NoStack(AsyncExitStack):
    """Refuses dependencies with `yield`, which nobody would close."""

    async def enter_async_context(self, _: Any) -> NoReturn:
        raise NotImplementedError("a dependency of a TransactionalRoute must not use yield")


_NO_STACK = _NoStack()


async def _until_done(handle: Handler, request: Request) -> Response:
    attempt, waiting_since = 1, time.monotonic()
    patience = runtime_of(request).settings.idempotency_wait_seconds
    while True:
        try:
            return await _once(handle, request)
        except Replay as replay:
            return replay.response
        except InFlight as in_flight:
            if time.monotonic() - waiting_since > patience:
                raise in_flight.problem() from None
            await asyncio.sleep(jittered(POLL_SECONDS, spread=0.6))
        except Exception as error:
            if attempt >= TRIES or not is_transient(error):
                raise
            metrics.TRANSACTION_RETRIES.labels(sqlstate(error) or "disconnect").inc()
            await asyncio.sleep(jittered(CONFLICT_SECONDS * attempt, spread=0.8))
            attempt += 1


async def _once(handle: Handler, request: Request) -> Response:
    """Runs the handler in one unit of work, which has committed when this returns."""
    state = request.state
    state.idempotency = None
    calls: list[Call] = []
    async with runtime_of(request).database.unit_of_work(defer=calls.append) as uow:
        state.uow = uow
        try:
            response = await handle(request)
        except Exception as error:
            raise _original(error) from error
        if state.idempotency is not None and 200 <= response.status_code < 300:
            state.idempotency.store(response)
    if calls:
        response.background = _AfterCommit(calls)
    return response


class _AfterCommit(BackgroundTask):
    """Makes the calls that wait for the commit, after the response was sent."""

    def __init__(self, calls: Sequence[Call]) -> None:
        super().__init__(self._make)
        self._calls = calls

    async def _make(self) -> None:
        for call in self._calls:
            await call()


def _original(error: BaseException) -> BaseException:
    """Returns the problem that `json()` raised instead of the 400 that FastAPI made of it."""
    cause = error.__cause__
    return cause.problem if isinstance(cause, _Refused) else error
