"""Spans contain the type of an error, and no text of it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from services.common import telemetry


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):  # it can be set once in a process
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    exporter.shutdown()  # it stays registered, because the provider is that of the whole process


def test_an_exceptions_text_stays_out_of_the_span(exported: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="canary"), telemetry.span("work"):
        raise ValueError("canary-4410")
    (span,) = exported.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description == "ValueError"
    assert "canary" not in span.to_json()


def test_a_call_and_an_event_are_named_as_the_conventions_say(exported: InMemorySpanExporter) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with telemetry.rpc_span("/pms.patient.v1.PatientService/GetPatient", SpanKind.CLIENT):
        pass
    with telemetry.event_span("send", "pms.user.v1", SpanKind.PRODUCER, parent):
        pass
    call, event = exported.get_finished_spans()
    assert (call.name, call.kind) == ("pms.patient.v1.PatientService/GetPatient", SpanKind.CLIENT)
    assert (event.name, event.kind) == ("send pms.user.v1", SpanKind.PRODUCER)
    assert event.parent is not None
    assert format(event.parent.span_id, "016x") == parent.split("-")[2]


IDS_ONLY = """
from services.common import telemetry
with telemetry.span("outer", parent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"):
    outer = telemetry.current_ids()
    with telemetry.span("inner"):
        print(*outer, *telemetry.current_ids(), telemetry.traceparent(), telemetry._records())
"""


def test_without_an_exporter_spans_have_ids_and_continue_the_callers_trace() -> None:
    done = subprocess.run([sys.executable, "-c", IDS_ONLY], capture_output=True, text=True, check=True)
    trace_id, outer, same_trace, inner, header, records = done.stdout.split()
    assert trace_id == same_trace == "0af7651916cd43dd8448eb211c80319c"
    assert len({outer, inner, "b7ad6b7169203331"}) == 3
    assert header == f"00-{trace_id}-{inner}-01"
    assert records == "False"
