"""Routes whose handler and transaction are one thing: run again together, committed before the answer is sent."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from enum import Enum
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError

from services.common import metrics
from services.common.database import is_transient, sqlstate
from services.common.errors import BadRequest, Problem, Unprocessable
from services.common.idempotency import InFlight, Replay
from services.common.runtime import runtime_of
from services.common.web import problems, strict_json

TRIES = 3
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def router(prefix: str = "", *, tags: Sequence[str | Enum] = ()) -> APIRouter:
    """A router for a service's public routes."""
    return APIRouter(prefix=prefix, tags=list(tags), route_class=TransactionalRoute, responses=problems.RESPONSES)


class StrictRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> Any:
        """The parsed body."""
        try:
            return strict_json.loads(await self.body())
        except strict_json.MalformedJson as error:
            unfit = isinstance(error, strict_json.UnfitText)
            problem = Unprocessable("unfit-text", f"{error}.") if unfit else BadRequest("malformed-json", f"{error}.")
            raise _Refused(problem) from error


class _Refused(strict_json.MalformedJson):
    """FastAPI makes any exception of its body reader a bare 400; this one's problem is put in its place."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class TransactionalRoute(APIRoute):
    """Runs the handler inside a dependency stack of its own for each try.

    FastAPI closes dependencies of scope "function" after the handler and before the answer is sent; closing them here
    puts the commit inside the retried part, and lets the stored answer of an Idempotency-Key join the transaction.
    """

    def get_route_handler(self) -> Handler:
        """FastAPI's hook."""
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
            await asyncio.sleep(random.uniform(0.02, 0.08))  # noqa: S311 - jitter
        except DBAPIError as error:
            if attempt >= TRIES or not is_transient(error):
                raise
            metrics.TRANSACTION_RETRIES.labels(sqlstate(error) or "disconnect").inc()
            await asyncio.sleep(random.uniform(0.005, 0.05) * attempt)  # noqa: S311 - jitter
            attempt += 1


async def _once(handle: Handler, request: Request) -> Response:
    request.state.idempotency = None
    async with AsyncExitStack() as function_scope:
        request.scope["fastapi_function_astack"] = function_scope
        try:
            response = await handle(request)
        except Exception as error:
            raise _refusal(error) from error
        claim = request.state.idempotency
        if claim is not None and 200 <= response.status_code < 300:
            await claim.store(response)
    return response


def _refusal(error: BaseException) -> BaseException:
    """FastAPI turns what `json()` raises into a 400 of its own; ours says more."""
    cause = error.__cause__
    return cause.problem if isinstance(cause, _Refused) else error
