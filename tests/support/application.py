"""A service's whole application, started in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from services.common.security.tokens import TokenVerifier
from services.common.settings import ServiceSettings
from tests.support.issuer import TestIssuer


@asynccontextmanager
async def running(
    app: FastAPI, settings: ServiceSettings, *, issuer: TestIssuer | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Starts the application as `serve` does. Yields a client that calls it without a socket.

    `app.state.runtime` is its runtime. An application runs once at a time.
    """
    app.state.settings, app.state.keys = settings, issuer
    async with app.router.lifespan_context(app) as state:
        if issuer is not None:
            app.state.runtime.tokens = TokenVerifier(issuer=issuer.issuer, audience=issuer.audience, keys=issuer)
        transport = httpx.ASGITransport(_WithState(app, state), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as client:
            yield client


class _WithState:
    """Gives each request a copy of the lifespan's state, as uvicorn does."""

    def __init__(self, app: FastAPI, state: Any) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app({**scope, "state": dict(self._state)}, receive, send)
