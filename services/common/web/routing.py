"""Routes that retry handler and transaction together, and commit before the response is sent."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.background import BackgroundTask
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from services.common import metrics
from services.common.backoff import jittered
from services.common.database import is_transient, sqlstate
from services.common.idempotency import InFlight, Replay
from services.common.runtime import runtime_of
from services.common.unit_of_work import Call
from services.common.web import problems
from services.common.web.endpoint import Endpoint

TRIES = 3
CONFLICT_SECONDS, POLL_SECONDS = 0.03, 0.05
"""Mean pauses before a transaction is tried again, and before an Idempotency-Key in flight is looked at again."""


def router(prefix: str = "", *, tags: Sequence[str | Enum] = ()) -> APIRouter:
    """Returns a router for the public routes of a service."""
    return APIRouter(prefix=prefix, tags=list(tags), route_class=TransactionalRoute, responses=problems.RESPONSES)


class TransactionalRoute(APIRoute):
    """Runs each try of the handler in a unit of work of its own, which commits before the response is sent.

    So the commit is a part of what is retried, and the response for an Idempotency-Key is stored in the same
    transaction. The handler's dependencies find the unit of work in `request.state.uow`.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._endpoint = Endpoint(self)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request; called by the router."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        response = await _until_done(self._endpoint, Request(scope, receive))
        await response(scope, receive, send)


class RouteTable:
    """Finds the route of a request by method and path. Everything else is the business of FastAPI's router.

    That one looks at all routes, twice, with their contexts.
    """

    def __init__(self, routes: Iterable[BaseRoute], others: ASGIApp) -> None:
        self._others = others
        self._by_method: defaultdict[str, list[TransactionalRoute]] = defaultdict(list)
        for route in routes:
            assert isinstance(route, TransactionalRoute)
            for method in route.methods or ():
                self._by_method[method].append(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request to its route; called by the middleware."""
        if scope["type"] == "http":
            for route in self._by_method.get(scope["method"], ()):
                if found := route.path_regex.match(scope["path"]):
                    scope["route"], scope["path_params"] = route, found.groupdict()
                    await route.handle(scope, receive, send)
                    return
        await self._others(scope, receive, send)


async def _until_done(endpoint: Endpoint, request: Request) -> Response:
    attempt, waiting_since = 1, time.monotonic()
    patience = runtime_of(request).settings.idempotency_wait_seconds
    while True:
        try:
            return await _once(endpoint, request)
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


async def _once(endpoint: Endpoint, request: Request) -> Response:
    """Runs the handler in one unit of work, which has committed when this returns."""
    state = request.state
    state.idempotency = None
    calls: list[Call] = []
    async with runtime_of(request).database.unit_of_work(defer=calls.append) as uow:
        state.uow = uow
        response = await endpoint(request)
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
