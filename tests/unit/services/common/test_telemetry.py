"""Spans contain the type of an error, and no text of it."""

from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from services.common import telemetry
from services.common.settings import ServiceSettings


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    telemetry.set_up(ServiceSettings())
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
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
