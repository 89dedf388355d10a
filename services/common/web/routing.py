"""Routes that retry handler and transaction together, and commit before the response is sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from enum import Enum
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError

from services.common import metrics
from services.common.backoff import jittered
from services.common.database import is_transient, sqlstate
from services.common.errors import BadRequest, Problem, Unprocessable
from services.common.idempotency import InFlight, Replay
from services.common.runtime import runtime_of
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
    """Runs each try of the handler in a dependency stack of its own.

    FastAPI closes dependencies of scope "function" after the handler and before the response is sent. Closing them here
    makes the commit a part of what is retried, and stores the response for an Idempotency-Key in the same transaction.
    """

    def get_route_handler(self) -> Handler:
        """Returns the handler with retries; called by FastAPI."""
        handle = super().get_route_handler()

        async def run(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            return await _until_done(handle, strict)

        return run


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
        except DBAPIError as error:
            if attempt >= TRIES or not is_transient(error):
                raise
            metrics.TRANSACTION_RETRIES.labels(sqlstate(error) or "disconnect").inc()
            await asyncio.sleep(jittered(CONFLICT_SECONDS * attempt, spread=0.8))
            attempt += 1


async def _once(handle: Handler, request: Request) -> Response:
    request.state.idempotency = None
    async with AsyncExitStack() as function_scope:
        request.scope["fastapi_function_astack"] = function_scope
        try:
            response = await handle(request)
        except Exception as error:
            raise _original(error) from error
        claim = request.state.idempotency
        if claim is not None and 200 <= response.status_code < 300:
            await claim.store(response)
    return response


def _original(error: BaseException) -> BaseException:
    """Returns the problem that `json()` raised instead of the 400 that FastAPI made of it."""
    cause = error.__cause__
    return cause.problem if isinstance(cause, _Refused) else error
