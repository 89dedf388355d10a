"""Middleware that ends requests: those that take too long, those whose client left, and those that are too many."""

from __future__ import annotations

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common.errors import Overloaded, Unavailable
from services.common.runtime import Runtime
from services.common.web import problems

_OPERATORS = ("/health/", "/metrics")
UNHEARD_SECONDS = 0.1
"""After this time a request is ended when its client has left."""


class DeadlineMiddleware:
    """Gives every request `request_seconds`, and cancels its work when they are over or when the client leaves.

    Health checks and metrics are exempt: a service with too much to do stays alive, and can be observed.
    The time counts from `scope["state"]["started"]`, so it includes the arrival of the body, which
    `RequestLimitsMiddleware` has read before.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles a request; called by the ASGI server."""
        if scope["type"] != "http" or scope["path"].startswith(_OPERATORS):
            await self._app(scope, receive, send)
            return
        runtime: Runtime = scope["state"]["runtime"]
        if self._in_flight >= runtime.settings.max_requests:
            await problems.response(Overloaded(), scope["path"])(scope, receive, send)
            return
        self._in_flight += 1
        try:
            seconds = runtime.settings.request_seconds - (time.perf_counter() - scope["state"]["started"])
            await _Request(scope, receive, send, seconds).run(self._app)
        finally:
            self._in_flight -= 1


class _Request:
    """One request with its timeout. When the client leaves, the timeout is set to now.

    Only requests that take a while have a timeout and listen for that: most have ended before it would be worth the
    cost.
    A response that has begun is not interrupted: what follows it, such as calls after the commit, has its own limits.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, seconds: float) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._ends_at = asyncio.get_running_loop().time() + seconds
        self._patience = max(min(seconds, UNHEARD_SECONDS), 0.0)
        self._timeout = asyncio.timeout(None)
        self._messages: asyncio.Queue[Message] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._started = False
        self._client_left = False

    async def run(self, app: ASGIApp) -> None:
        patience = asyncio.get_running_loop().call_later(self._patience, self._begin_to_listen)
        try:
            async with self._timeout:
                await app(self._scope, self._next_message, self._forward)
        except TimeoutError:
            if not self._timeout.expired():
                raise
            if not self._client_left:
                problem = Unavailable(
                    "The request took too long and was ended. Repeat it with the same Idempotency-Key.",
                    code="deadline-exceeded",
                )
                await problems.response(problem, self._scope["path"])(self._scope, self._receive, self._send)
        finally:
            patience.cancel()
            if self._listening is not None:
                self._listening.cancel()

    async def _forward(self, message: Message) -> None:
        if not self._started:
            if self._timeout.expired():
                raise asyncio.CancelledError  # the work has answered its own cancellation; the deadline's answer counts
            self._started = True
            self._timeout.reschedule(None)
        await self._send(message)

    async def _next_message(self) -> Message:
        """Returns the client's next message. The body is one message, which `RequestLimitsMiddleware` has read."""
        return await (self._receive() if self._messages is None else self._messages.get())

    def _begin_to_listen(self) -> None:
        if self._started:
            return
        self._timeout.reschedule(self._ends_at)
        self._messages = asyncio.Queue(maxsize=4)
        self._listening = asyncio.create_task(self._listen(self._messages))

    async def _listen(self, messages: asyncio.Queue[Message]) -> None:
        """Passes the client's messages on. Ends the request when the client leaves before the response begins."""
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect" and not self._started and not self._timeout.expired():
                self._client_left = True
                self._timeout.reschedule(asyncio.get_running_loop().time())
            await messages.put(message)
            if message["type"] == "http.disconnect":
                return
