"""gRPC channels: round robin over Cloud Map's addresses, retries, deadlines, the caller's identity and the trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import grpc
from opentelemetry.trace import SpanKind

from services.common import telemetry
from services.common.rpc.server import MAX_MESSAGE_BYTES
from services.common.rpc.statuses import problem_of
from services.common.security.context import caller_token

DEFAULT_SECONDS = 1.0

_SERVICE_CONFIG = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [
        {
            "name": [{}],
            # UNAVAILABLE only: the call reached no handler, or one that is draining. gRPC adds jitter itself.
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.05s",
                "maxBackoff": "0.5s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
    # Stops retrying when most calls fail, so that a service is not overloaded when it comes back.
    "retryThrottling": {"maxTokens": 20, "tokenRatio": 0.2},
}

_OPTIONS = (
    ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
    ("grpc.enable_retries", 1),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    ("grpc.dns_min_time_between_resolutions_ms", 2_000),
)


def channel(target: str, service: str, *, seconds: float = DEFAULT_SECONDS) -> grpc.aio.Channel:
    """Returns a channel to `target`, such as `dns:///billing.pms.local:50051`. `service` is its name in errors.

    `seconds` is the deadline of calls without one. A failed call raises an error of `common.errors`.
    """
    interceptor = _ClientInterceptor(service, seconds)
    return grpc.aio.insecure_channel(target, options=_OPTIONS, interceptors=[interceptor])


class _ClientInterceptor(grpc.aio.UnaryUnaryClientInterceptor):
    """Adds deadline, identity and trace to every call, and translates its errors."""

    def __init__(self, service: str, seconds: float) -> None:
        self._service = service
        self._seconds = seconds

    async def intercept_unary_unary(
        self, proceed: Callable[[Any, Any], Any], details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        """Makes the call; called by gRPC."""
        method = details.method.decode() if isinstance(details.method, bytes) else details.method
        with telemetry.rpc_span(method, SpanKind.CLIENT) as span:
            metadata = grpc.aio.Metadata(*(details.metadata or ()))
            parent, token = telemetry.traceparent(), caller_token()
            if parent:
                metadata[telemetry.HEADER] = parent
            if token:
                metadata["authorization"] = f"Bearer {token}"
            sent = grpc.aio.ClientCallDetails(
                details.method,
                details.timeout or self._seconds,
                metadata,
                details.credentials,
                details.wait_for_ready,
            )
            call = await proceed(sent, request)
            try:
                return await call
            except grpc.aio.AioRpcError as error:
                span.set_attribute("rpc.response.status_code", error.code().name)
                raise problem_of(error.code(), self._service) from error
