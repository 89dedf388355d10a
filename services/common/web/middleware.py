"""Middleware for every request: trace, request id, limits, one log line, metrics, and unexpected exceptions."""

from __future__ import annotations

import asyncio
import re
import time
from functools import cache
from typing import Any
from urllib.parse import unquote_to_bytes

from opentelemetry.trace import Span, SpanKind
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common import metrics, telemetry
from services.common.errors import BadRequest, Overloaded, Problem, UnsupportedMediaType
from services.common.identifiers import uuid7
from services.common.logs import describe, logger
from services.common.settings import ServiceSettings
from services.common.web import problems

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_QUIET = ("/health", "/metrics")
_WITH_BODY = ("POST", "PUT", "PATCH")
MAX_ARRIVING_BYTES = 128 * 1024 * 1024
"""How much of all bodies that are being read may be in memory: a quarter of what a task has."""
_METHODS = (*_WITH_BODY, "GET", "DELETE", "HEAD", "OPTIONS")
"""Other text from a client does not get into logs and metrics."""
_TRACEPARENT = telemetry.HEADER.encode()


class ObservabilityMiddleware:
    """The outermost layer. It counts and logs every request once, and answers 500 for unexpected exceptions."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles a request; called by the ASGI server."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request_id = headers.get(b"x-request-id", b"").decode("latin-1")
        if not _REQUEST_ID.fullmatch(request_id):
            request_id = str(uuid7())
        traceparent = headers.get(_TRACEPARENT, b"").decode("latin-1")
        recorder = _ResponseRecorder(send, request_id)
        started = scope["state"]["started"] = time.perf_counter()
        metrics.HTTP_IN_FLIGHT.inc()
        try:
            with telemetry.span("request", SpanKind.SERVER, traceparent) as span:
                await self._answer(scope, receive, recorder)
                route = getattr(scope.get("route"), "path", "unmatched")
                method = scope["method"] if scope["method"] in _METHODS else "other"
                _describe(span, method, route, recorder.status)
                _report(scope, method, route, recorder, time.perf_counter() - started)
        finally:
            metrics.HTTP_IN_FLIGHT.dec()

    async def _answer(self, scope: Scope, receive: Receive, recorder: _ResponseRecorder) -> None:
        try:
            await self._app(scope, receive, recorder.send)
        except Exception as error:
            logger(__name__).error("unhandled_error", request_id=recorder.request_id, **describe(error))
            if not recorder.started:
                await problems.response(Problem(), scope["path"])(scope, receive, recorder.send)


class _ResponseRecorder:
    """Records the status of the response and adds headers to it."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self.request_id = request_id
        self.started = False
        self.status = 499  # nginx's convention for a client that left

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started, self.status = True, message["status"]
            headers = message["headers"] = list(message.get("headers", ()))
            headers.append((b"x-request-id", self.request_id.encode("latin-1")))
            headers.append((b"x-content-type-options", b"nosniff"))
            if not any(name == b"cache-control" for name, _ in headers):
                headers.append((b"cache-control", b"no-store"))
        await self._send(message)


def _describe(span: Span, method: str, route: str, status: int) -> None:
    span.update_name(f"{method} {route}")
    span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
    if status >= 500:  # a client's mistake is not a failure of the server
        telemetry.failed(span, str(status))


def _report(scope: Scope, method: str, route: str, recorder: _ResponseRecorder, seconds: float) -> None:
    _requests(method, route, recorder.status).inc()
    _seconds(method, route).observe(seconds)
    if route.startswith(_QUIET) and recorder.status < 400:
        return
    state: dict[str, Any] = scope.get("state", {})
    logger(__name__).info(
        "request",
        method=method,
        route=route,
        status=recorder.status,
        duration_ms=round(seconds * 1000, 1),
        request_id=recorder.request_id,
        subject=state.get("subject"),
    )


@cache
def _requests(method: str, route: str, status: int) -> Counter:
    return metrics.HTTP_REQUESTS.labels(method, route, status)


@cache
def _seconds(method: str, route: str) -> Histogram:
    return metrics.HTTP_SECONDS.labels(method, route)


class RequestLimitsMiddleware:
    """Rejects oversized or slow bodies, too many at once, wrong media types, and URLs with NUL or broken UTF-8."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._arriving = _ArrivingBodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles a request; called by the ASGI server."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            _check_url(scope)
            if scope["method"] in _WITH_BODY:
                receive = await self._read(scope, receive)
        except Problem as problem:
            answer = problems.response(problem, scope["path"])
            answer.headers["Connection"] = "close"  # the rest of the body is not read
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive) -> Receive:
        """Reads the whole body within the limits of size and time. Returns it as one message."""
        headers = Headers(scope=scope)
        settings: ServiceSettings = scope["state"]["runtime"].settings
        announced = headers.get("content-length", "")
        if announced.isdigit() and int(announced) > settings.max_body_bytes:
            raise _TooLarge()
        body = await self._arriving.read(receive, settings)
        if body and not _is_json(headers.get("content-type")):
            raise UnsupportedMediaType
        sent = False

        async def replay() -> Message:
            nonlocal sent
            if not sent:
                sent = True
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()

        return replay


class _ArrivingBodies:
    """The bodies that are being read: how many there are, and how many bytes of them are in memory."""

    def __init__(self) -> None:
        self._count = self._bytes = 0

    async def read(self, receive: Receive, settings: ServiceSettings) -> bytes:
        """Reads a body. Raises Overloaded when too many others arrive, _TooLarge and _TooSlow."""
        if self._count >= settings.max_requests:
            raise Overloaded
        body = bytearray()
        self._count += 1
        try:
            async with asyncio.timeout(settings.body_seconds):
                while await self._read_chunk(receive, body, settings):
                    continue
        except TimeoutError:
            raise _TooSlow() from None
        finally:
            self._count -= 1
            self._bytes -= len(body)
        return bytes(body)

    async def _read_chunk(self, receive: Receive, body: bytearray, settings: ServiceSettings) -> bool:
        """Appends the next chunk to `body`. Returns whether more follow."""
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("disconnected")
        chunk = message.get("body", b"")
        body += chunk
        self._bytes += len(chunk)
        if len(body) > settings.max_body_bytes:
            raise _TooLarge()
        if self._bytes > MAX_ARRIVING_BYTES:
            raise Overloaded
        return bool(message.get("more_body", False))


class _TooLarge(Problem):
    status, title, default_code = 413, "Content Too Large", "too-large"


class _TooSlow(Problem):
    status, title, default_code = 408, "Request Timeout", "too-slow"


class _BrokenUrl(Problem):
    status, title, default_code = 422, "Unprocessable Content", "broken-url"


def _is_json(content_type: str | None) -> bool:
    media_type, _, parameters = (content_type or "").partition(";")
    media_type = media_type.strip().lower()
    charset = parameters.strip().lower()
    return (media_type == "application/json" or media_type.endswith("+json")) and charset in (
        "", "charset=utf-8", 'charset="utf-8"',
    )  # fmt: skip


def _check_url(scope: Scope) -> None:
    for part in (scope.get("raw_path") or b"", scope["query_string"]):
        if b"%" not in part and part.isascii():
            continue
        plain = unquote_to_bytes(part)
        try:
            plain.decode("utf-8")
        except UnicodeDecodeError:
            raise _BrokenUrl(None, "The URL is not valid UTF-8.") from None
        if b"\0" in plain:
            raise _BrokenUrl(None, "The URL holds NUL.")
