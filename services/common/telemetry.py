"""OpenTelemetry's trace context through HTTP, gRPC and Kafka, into log lines; exported only when asked for.

Without OTEL_EXPORTER_OTLP_ENDPOINT spans exist for their ids alone and cost some microseconds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.common.settings import ServiceSettings

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("pms")
HEADER = "traceparent"


def set_up(settings: ServiceSettings) -> None:
    """Names this process in its spans and starts the exporter, if one is configured. Once a process."""
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return
    resource = Resource.create(
        {
            "service.namespace": "pms",
            "service.name": settings.service_name,
            "service.version": settings.service_version,
            "deployment.environment.name": settings.stage,
        }
    )
    provider = TracerProvider(resource=resource)
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def shut_down() -> None:
    """Sends what is buffered."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.force_flush(2000)


@contextmanager
def span(name: str, kind: SpanKind = SpanKind.INTERNAL, parent: str | None = None) -> Iterator[Span]:
    """A span around the block; `parent` is a traceparent that came from elsewhere (W3C Trace Context)."""
    carrier: Mapping[str, str] = {HEADER: parent} if parent else {}
    context = _propagator.extract(carrier) if parent else None
    with _tracer.start_as_current_span(name, context=context, kind=kind, record_exception=False) as current:
        yield current


def traceparent() -> str | None:
    """The current span, as the header that another process continues from."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get(HEADER)


def current_ids() -> tuple[str, str] | None:
    """Trace and span id in hexadecimal, for log lines."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return format(context.trace_id, "032x"), format(context.span_id, "016x")
