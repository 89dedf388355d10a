"""Traces with OpenTelemetry, across HTTP, gRPC and Kafka. Log lines contain the trace id.

Without OTEL_EXPORTER_OTLP_ENDPOINT spans only provide ids, and the SDK is not even loaded. With it they are exported
as OTLP over HTTP (protobuf); the SDK's other OTEL_ variables apply too. Attributes are methods, route templates,
topics and statuses, named as in OpenTelemetry's semantic conventions; never a path, a query, a value or the text of an
exception.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.common.settings import ServiceSettings

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("pms")
_ids = random.Random()  # noqa: S311 - ids need not be secret
HEADER = "traceparent"
FLUSH_SECONDS = 2.0
"""How long a stopping process tries to send its last spans. Most of its stopTimeout is for requests and events."""


def set_up(settings: ServiceSettings) -> None:
    """Starts the exporter if one is configured. Does nothing the second time."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or _records():
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create(
        {
            "service.namespace": "pms",
            "service.name": settings.service_name,
            "service.version": settings.service_version,
            "deployment.environment.name": settings.stage,
        }
    )
    # At the exit it would wait 30 s for a collector that is down.
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def _records() -> bool:
    """Returns whether spans are recorded: whether there is a provider other than the API's own, which does nothing."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def shut_down() -> None:
    """Sends the buffered spans for at most FLUSH_SECONDS: the SDK's own flush ignores its timeout."""
    if _records():
        flush = threading.Thread(target=trace.get_tracer_provider().force_flush, daemon=True)  # type: ignore[attr-defined]
        flush.start()
        flush.join(FLUSH_SECONDS)


@contextmanager
def span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    parent: str | None = None,
    attributes: Mapping[str, str] | None = None,
) -> Iterator[Span]:
    """A span around the block. `parent` is the traceparent of another process (W3C Trace Context).

    An exception marks the span as failed, with the name of its type only.
    """
    context = _propagator.extract({HEADER: parent}) if parent else None
    if not _records():
        current = _with_new_id(context)
        token = attach(trace.set_span_in_context(current))
        try:
            yield current
        finally:
            detach(token)
        return
    with _tracer.start_as_current_span(
        name,
        context=context,
        kind=kind,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,  # its description would be the exception's text
    ) as current:
        try:
            yield current
        except Exception as error:
            failed(current, type(error).__name__)
            raise


def _with_new_id(context: Context | None) -> Span:
    """Returns a span that only has ids, in the trace of `context`, or of the current span, or in a new one."""
    parent = trace.get_current_span(context).get_span_context()
    trace_id = parent.trace_id if parent.is_valid else _ids.getrandbits(128)
    flags = parent.trace_flags if parent.is_valid else TraceFlags(TraceFlags.SAMPLED)
    return NonRecordingSpan(SpanContext(trace_id, _ids.getrandbits(64), False, flags, parent.trace_state))


def rpc_span(method: str, kind: SpanKind, parent: str | None = None) -> AbstractContextManager[Span]:
    """A span around a gRPC call of `/package.Service/Method`, in the client or in the server."""
    name = method.removeprefix("/")
    return span(name, kind, parent, {"rpc.system.name": "grpc", "rpc.method": name})


def event_span(operation: str, topic: str, kind: SpanKind, parent: str | None) -> AbstractContextManager[Span]:
    """A span around the sending or the processing of one event."""
    about = {"messaging.system": "kafka", "messaging.destination.name": topic, "messaging.operation.name": operation}
    return span(f"{operation} {topic}", kind, parent, about)


def failed(span: Span, reason: str) -> None:
    """Marks a span as failed. `reason` is the name of a class of failures, not a message."""
    span.set_status(StatusCode.ERROR, reason)


def traceparent() -> str | None:
    """Returns the current span as the header from which another process continues the trace."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get(HEADER)


def current_ids() -> tuple[str, str] | None:
    """Returns trace id and span id in hexadecimal, or None without a current span."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return format(context.trace_id, "032x"), format(context.span_id, "016x")
