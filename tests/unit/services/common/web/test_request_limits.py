"""Bodies that arrive slowly, and too many of them, are refused; what has no body is not affected."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message

from services.common.settings import ServiceSettings
from services.common.web import middleware
from services.common.web.middleware import RequestLimitsMiddleware


class Client:
    """A client that sends its body when it is told to. `status` is the answer's."""

    def __init__(self, method: str, chunks: list[bytes], **settings: Any) -> None:
        runtime = SimpleNamespace(settings=ServiceSettings(**settings))
        headers = [(b"content-type", b"application/json")]
        self.scope = {"type": "http", "method": method, "path": "/x", "raw_path": b"/x", "query_string": b""}
        self.scope |= {"headers": headers, "state": {"runtime": runtime}}
        self.status = 0
        self.send_more = asyncio.Event()
        self._chunks = chunks

    async def receive(self) -> Message:
        if self._chunks:
            return {"type": "http.request", "body": self._chunks.pop(0), "more_body": True}
        await self.send_more.wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]

    async def run(self, limits: RequestLimitsMiddleware) -> None:
        await limits(self.scope, self.receive, self.send)


async def test_too_many_arriving_bodies_are_refused_and_requests_without_a_body_are_not() -> None:
    limits = RequestLimitsMiddleware(PlainTextResponse("ok"))
    slow = [Client("POST", [b"{"], max_requests=2) for _ in range(2)]
    tasks = [asyncio.create_task(client.run(limits)) for client in slow]
    await asyncio.sleep(0)
    third, health = Client("POST", [b"{"], max_requests=2), Client("GET", [], max_requests=2)
    await third.run(limits)
    await health.run(limits)
    assert (third.status, health.status) == (503, 200)
    for client in slow:
        client.send_more.set()
    await asyncio.gather(*tasks)
    assert [client.status for client in slow] == [200, 200]


async def test_the_memory_of_arriving_bodies_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "MAX_ARRIVING_BYTES", 100)
    limits = RequestLimitsMiddleware(PlainTextResponse("ok"))
    first, second = Client("POST", [b" " * 80]), Client("POST", [b" " * 80])
    task = asyncio.create_task(first.run(limits))
    await asyncio.sleep(0)
    await second.run(limits)
    assert second.status == 503
    first.send_more.set()
    await task
    assert first.status == 200
    third = Client("POST", [b" " * 80])
    third.send_more.set()
    await third.run(limits)
    assert third.status == 200


async def test_a_slow_body_gives_its_place_back() -> None:
    limits = RequestLimitsMiddleware(PlainTextResponse("ok"))
    slow = Client("POST", [b"{"], max_requests=1, body_seconds=0.01)
    await slow.run(limits)
    assert slow.status == 408
    next_one = Client("POST", [b"{}"], max_requests=1)
    next_one.send_more.set()
    await next_one.run(limits)
    assert next_one.status == 200
