"""The gRPC server of a service: identity, deadlines, traces, errors and health."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from opentelemetry.trace import Span, SpanKind

from services.common import metrics, telemetry
from services.common.database import is_disconnect
from services.common.errors import Problem, Unauthorized
from services.common.logs import describe, logger
from services.common.rpc.statuses import status_of
from services.common.security.context import caller, set_caller
from services.common.security.tokens import TokenVerifier

MAX_MESSAGE_BYTES = 1024 * 1024
DEFAULT_SECONDS = 5.0
"""The deadline of calls that come without one, because their caller may be gone."""
_HEALTH = "/grpc.health.v1.Health/"
_FAILURES = (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
"""Statuses that mark the server's span as failed. A caller's mistake does not."""

OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.so_reuseport", 0),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    # Clients then resolve the name again, and find new instances.
    ("grpc.max_connection_age_ms", 300_000),
    ("grpc.max_connection_age_grace_ms", 10_000),
)


class Server:
    """Listens after `start`. `stop` lets calls in flight finish."""

    def __init__(self, tokens: TokenVerifier, port: int) -> None:
        self.grpc = grpc.aio.server(interceptors=[_ServerInterceptor(tokens)], options=OPTIONS)
        self._health = HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self.grpc)
        self.port = self.grpc.add_insecure_port(f"[::]:{port}")

    async def start(self) -> None:
        """Starts to listen and reports SERVING."""
        await self.grpc.start()
        await self._health.set("", health_pb2.HealthCheckResponse.SERVING)

    async def drain(self) -> None:
        """Reports NOT_SERVING, so that clients turn to other instances. Calls are still answered."""
        await self._health.enter_graceful_shutdown()

    async def stop(self, seconds: float) -> None:
        """Rejects new calls and waits at most `seconds` for those in flight."""
        await self.grpc.stop(seconds)


class _ServerInterceptor(grpc.aio.ServerInterceptor):
    """Verifies the caller, limits the time and translates errors of every call. All our methods are unary."""

    def __init__(self, tokens: TokenVerifier) -> None:
        self._tokens = tokens

    async def intercept_service(
        self, proceed: Callable[[Any], Awaitable[Any]], details: grpc.HandlerCallDetails
    ) -> Any:
        """Wraps the method's handler; called by gRPC."""
        handler = await proceed(details)
        if handler is None or handler.unary_unary is None or details.method.startswith(_HEALTH):
            return handler
        method, behaviour = details.method, handler.unary_unary

        async def call(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            return await self._answer(method, behaviour, request, context)

        return grpc.unary_unary_rpc_method_handler(call, handler.request_deserializer, handler.response_serializer)

    async def _answer(self, method: str, behaviour: Any, request: Any, context: Any) -> Any:
        metadata = {name: value for name, value in context.invocation_metadata() or ()}
        remaining = context.time_remaining()
        seconds = min(remaining if remaining is not None else DEFAULT_SECONDS, 60.0)
        with telemetry.rpc_span(method, SpanKind.SERVER, metadata.get(telemetry.HEADER)) as span:
            try:
                async with asyncio.timeout(seconds):
                    await self._identify(metadata)
                    answer = await behaviour(request, context)
                _report(span, method, grpc.StatusCode.OK)
                return answer
            except Exception as error:
                status, text = _status(error)
                _report(span, method, status, error)
        return await context.abort(status, text)  # raises; outside the span, which has its status already

    async def _identify(self, metadata: dict[str, Any]) -> None:
        """Verifies the caller's own token, which the calling service passed on, like one from outside."""
        scheme, _, token = str(metadata.get("authorization", "")).partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthorized
        set_caller(await self._tokens.verify(token), token)


def _status(error: Exception) -> tuple[grpc.StatusCode, str]:
    if isinstance(error, Problem):
        return status_of(error), error.code
    if isinstance(error, TimeoutError):
        return grpc.StatusCode.DEADLINE_EXCEEDED, "deadline-exceeded"
    if is_disconnect(error):
        return grpc.StatusCode.UNAVAILABLE, "unavailable"
    return grpc.StatusCode.INTERNAL, "internal"


def _report(span: Span, method: str, status: grpc.StatusCode, error: Exception | None = None) -> None:
    span.set_attribute("rpc.response.status_code", status.name)
    if status in _FAILURES:
        telemetry.failed(span, status.name)
    metrics.RPC_HANDLED.labels(method, status.name).inc()
    log = logger(__name__)
    if status is grpc.StatusCode.INTERNAL and error is not None:
        log.error("unhandled_error", rpc=method, **describe(error))
    principal = caller()
    log.info("rpc", rpc=method, grpc_status=status.name, subject=principal.subject if principal else None)
