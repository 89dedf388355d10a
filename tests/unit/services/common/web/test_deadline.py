"""Requests end: after their time, when their client leaves, and at once when there are too many."""

from __future__ import annotations

import asyncio
import json
import time
from types import SimpleNamespace
from typing import Any

from starlette.types import ASGIApp, Message

from services.common.settings import ServiceSettings
from services.common.web.deadline import DeadlineMiddleware


class Exchange:
    """One request of a client. `leave` closes its connection."""

    def __init__(self, path: str = "/things", **settings: Any) -> None:
        runtime = SimpleNamespace(settings=ServiceSettings(**settings))
        state = {"runtime": runtime, "started": time.perf_counter()}
        self.scope = {"type": "http", "method": "POST", "path": path, "headers": [], "state": state}
        self.left = asyncio.Event()
        self.sent: list[Message] = []
        self._messages = iter([{"type": "http.request", "body": b"{}", "more_body": False}])

    async def run(self, app: ASGIApp) -> None:
        await app(self.scope, self._receive, self._send)

    async def _receive(self) -> Message:
        for message in self._messages:
            return message
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def problem(self) -> str:
        return str(json.loads(self.sent[1]["body"])["type"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])


class Handler:
    """A handler that works until `finish` is set."""

    def __init__(self) -> None:
        self.finish = asyncio.Event()
        self.entered = 0
        self.canceled = 0
        self.after_response = asyncio.Event()
        self.done_after_response = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["body"] == b"{}"
        self.entered += 1
        try:
            await self.finish.wait()
        except asyncio.CancelledError:
            self.canceled += 1
            raise
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})
        await self.after_response.wait()
        self.done_after_response += 1


def test_a_request_that_takes_too_long_is_ended() -> None:
    async def check() -> None:
        handler, exchange = Handler(), Exchange(request_seconds=0.05)
        await exchange.run(DeadlineMiddleware(handler))
        assert handler.canceled == 1
        assert exchange.status == 503
        assert exchange.problem == "urn:pms:problem:deadline-exceeded"
        assert exchange.headers[b"content-type"] == b"application/problem+json"
        assert exchange.headers[b"retry-after"]

    asyncio.run(check())


def test_the_deadlines_answer_counts_when_the_work_answers_its_own_cancellation() -> None:
    async def answering(scope: Any, receive: Any, send: Any) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await send({"type": "http.response.start", "status": 500, "headers": []})

    async def check() -> None:
        exchange = Exchange(request_seconds=0.05)
        await exchange.run(DeadlineMiddleware(answering))
        assert exchange.status == 503
        assert exchange.problem == "urn:pms:problem:deadline-exceeded"

    asyncio.run(check())


def test_the_work_ends_when_the_client_leaves() -> None:
    async def check() -> None:
        handler, exchange = Handler(), Exchange()
        running = asyncio.create_task(exchange.run(DeadlineMiddleware(handler)))
        await asyncio.sleep(0.01)
        exchange.left.set()
        async with asyncio.timeout(1):
            await running
        assert handler.canceled == 1
        assert exchange.sent == []

    asyncio.run(check())


def test_what_follows_the_response_is_not_interrupted() -> None:
    async def check() -> None:
        handler, exchange = Handler(), Exchange(request_seconds=0.05)
        handler.finish.set()
        running = asyncio.create_task(exchange.run(DeadlineMiddleware(handler)))
        await asyncio.sleep(0.01)
        exchange.left.set()
        await asyncio.sleep(0.1)
        handler.after_response.set()
        await running
        assert exchange.status == 200
        assert (handler.canceled, handler.done_after_response) == (0, 1)

    asyncio.run(check())


def test_too_many_requests_are_refused_and_health_is_answered() -> None:
    async def check() -> None:
        handler = Handler()
        app = DeadlineMiddleware(handler)
        handler.after_response.set()
        first, second, health = Exchange(max_requests=1), Exchange(max_requests=1), Exchange("/health/live")
        running = asyncio.create_task(first.run(app))
        await asyncio.sleep(0.01)
        await second.run(app)
        assert second.status == 503
        assert second.headers[b"retry-after"] == b"1"
        checking = asyncio.create_task(health.run(app))
        await asyncio.sleep(0.01)
        assert handler.entered == 2
        handler.finish.set()
        await asyncio.gather(running, checking)
        assert first.status == health.status == 200
        third = Exchange(max_requests=1)
        await third.run(app)
        assert third.status == 200

    asyncio.run(check())
