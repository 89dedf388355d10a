"""The traces that services send to an OpenTelemetry collector: they are complete, and contain no personal data."""

from __future__ import annotations

import asyncio
import gzip
import json
import signal
import sys
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from lab.waiting import eventually
from services.common.settings import ServiceSettings
from services.contracts.jwk import jwk_of
from services.contracts.roles import Role
from tests.integration.conftest import MakeSettings
from tests.integration.processes import environment_of
from tests.support.issuer import TestIssuer

CANARY = "Quixotecanary"


@dataclass
class Collector:
    """Receives spans as an OpenTelemetry collector does (OTLP/HTTP), and also serves the token issuer's keys."""

    url: str
    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[tuple[str, Span]]:
        """Returns all spans that were received, each with its service."""
        return [
            (next(a.value.string_value for a in one.resource.attributes if a.key == "service.name"), span)
            for body in self.bodies
            for one in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in one.scope_spans
            for span in scope.spans
        ]

    def trace(self, trace_id: str) -> set[tuple[str, str, str]]:
        """Returns service, kind and name of each span of a trace."""
        return {
            (service, Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"), span.name)
            for service, span in self.spans()
            if span.trace_id.hex() == trace_id
        }


@pytest.fixture
def collector(issuer: TestIssuer) -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path == "/v1/traces" and self.headers["content-type"] == "application/x-protobuf":
                plain = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
                made.bodies.append(plain)
            self._answer(b"")

        def do_GET(self) -> None:
            self._answer(json.dumps({"keys": [jwk_of(issuer.public_der)]}).encode())

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Writes no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Collector(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@dataclass
class Running:
    """A service in a process of its own, as its container runs it."""

    url: str
    grpc_port: int
    output: Path
    process: asyncio.subprocess.Process

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.read_text().splitlines()]


Serve = Callable[..., Any]


@pytest.fixture
def serve(service_settings: MakeSettings, collector: Collector, tmp_path: Path) -> Serve:
    @asynccontextmanager
    async def start(service: str, **variables: str) -> AsyncIterator[Running]:
        settings: ServiceSettings = await service_settings(service)
        usual = {
            "JWT_ISSUER": settings.jwt_issuer,
            "JWKS_URL": f"{collector.url}/jwks.json",
            "DRAIN_SECONDS": "0",
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_BSP_SCHEDULE_DELAY": "200",  # milliseconds
        }
        environment = environment_of(service, settings, **(usual | variables))
        output = tmp_path / f"{service}.log"
        with output.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.common.commands.serve", env=environment, stdout=file
            )
        url = f"http://127.0.0.1:{environment['HTTP_PORT']}"
        made = Running(url, int(environment["GRPC_PORT"]), output, process)
        try:
            await eventually(f"{service} to answer", lambda: answers(made), 90)
            yield made
        finally:
            if process.returncode is None:
                process.terminate()  # without a kill, after which the consumer group would wait 15 s for it
                await process.wait()

    return start


async def answers(service: Running) -> bool:
    assert service.process.returncode is None, service.output.read_text()
    async with httpx.AsyncClient() as client:
        try:
            return (await client.get(f"{service.url}/health/live")).status_code == 200
        except httpx.TransportError:
            return False


async def test_a_registration_is_one_trace_over_http_grpc_and_kafka(
    serve: Serve, collector: Collector, issuer: TestIssuer
) -> None:
    async with AsyncExitStack() as stack:
        billing = await stack.enter_async_context(serve("billing"))
        target = f"dns:///localhost:{billing.grpc_port}"
        patient = await stack.enter_async_context(
            serve("patient", BILLING_GRPC_TARGET=target, BILLING_GRPC_SECONDS="20")
        )
        trace_id = uuid.uuid4().hex
        headers = issuer.bearer(Role.STAFF) | {"traceparent": f"00-{trace_id}-{'b7' * 8}-01"}
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=patient.url, headers=headers, timeout=30))
        body = {"name": f"Ada {CANARY}", "email": f"{CANARY}@example.org", "dob": "1990-02-28", "address": CANARY}
        made = await client.post("/api/patients", json=body, headers={"Idempotency-Key": CANARY})
        assert made.status_code == 201, made.text
        refused = await client.post("/api/patients", json={"name": [CANARY], "dob": CANARY, CANARY: 1})
        assert refused.status_code == 422
        await client.get("/api/patients", params={"q": CANARY, "name": CANARY, "email": f"{CANARY}@example.org"})
        await client.get(f"/api/patients/{CANARY}")
        await client.get(f"/{CANARY}", headers={"User-Agent": CANARY, "tracestate": f"vendor={CANARY}"})
        await client.request(CANARY.upper(), "/api/patients")

        method = "pms.billing.v1.BillingService/CreateBillingAccount"
        expected = {
            ("patient", "SERVER", "POST /api/patients"),
            ("patient", "CLIENT", method),
            ("billing", "SERVER", method),
            ("patient", "PRODUCER", "send pms.patient.v1"),
            ("billing", "CONSUMER", "process pms.patient.v1"),
            ("patient", "SERVER", "GET /api/patients"),
            ("patient", "SERVER", "GET /api/patients/{id}"),
            ("patient", "SERVER", "GET unmatched"),
        }

        async def arrived() -> bool:
            return expected <= collector.trace(trace_id)

        try:
            await eventually("the spans", arrived)
        except AssertionError:  # this message names the spans that are missing
            assert expected <= collector.trace(trace_id)
        spans = [span for _, span in collector.spans() if span.trace_id.hex() == trace_id]
        by_name = {(span.name, span.kind): span for span in spans}
        request = next(span for span in spans if span.name == "POST /api/patients" and _attribute(span, 201))
        assert request.parent_span_id.hex() == "b7" * 8
        call = by_name[(method, Span.SPAN_KIND_CLIENT)]
        assert call.parent_span_id == request.span_id
        assert by_name[(method, Span.SPAN_KIND_SERVER)].parent_span_id == call.span_id
        assert by_name[("send pms.patient.v1", Span.SPAN_KIND_PRODUCER)].parent_span_id == request.span_id
        assert by_name[("process pms.patient.v1", Span.SPAN_KIND_CONSUMER)].parent_span_id == request.span_id

        for service, event in ((patient, "request"), (billing, "rpc"), (billing, "event_consumed")):
            assert [line for line in service.lines() if line["event"] == event and line.get("trace_id") == trace_id]
        texts = [*collector.bodies, patient.output.read_bytes(), billing.output.read_bytes()]
        for service in (patient, billing):
            texts.append((await client.get(f"{service.url}/metrics")).content)
        assert [text for text in texts if CANARY.lower().encode() in text.lower()] == []


def _attribute(span: Span, status: int) -> bool:
    return any(a.key == "http.response.status_code" and a.value.int_value == status for a in span.attributes)


async def test_a_failure_is_a_failed_span_without_the_exceptions_text(serve: Serve, collector: Collector) -> None:
    """The database of a running service is away. A mistake of the client is no failure."""
    async with serve("billing", DATABASE_NAME=f"no_{CANARY}", DATABASE_START_SECONDS="1") as billing:
        async with httpx.AsyncClient(base_url=billing.url, timeout=30) as client:
            assert (await client.get("/health/ready")).status_code == 503
            assert (await client.get("/api/billing/invoices")).status_code == 401

        async def arrived() -> bool:
            return (
                len([s for _, s in collector.spans() if s.name in ("GET /health/ready", "GET /api/billing/invoices")])
                == 2
            )

        await eventually("the spans", arrived)
        found = {span.name: span for _, span in collector.spans()}
        assert found["GET /health/ready"].status.code == Status.STATUS_CODE_ERROR
        assert found["GET /api/billing/invoices"].status.code == Status.STATUS_CODE_UNSET
        assert not [body for body in collector.bodies if CANARY.encode() in body]


async def test_a_collector_that_does_not_answer_delays_nothing(serve: Serve) -> None:
    """Requests are answered, and the process ends before ECS kills it after 30 s. OTLP waits 10 s for each batch."""
    connections: list[Any] = []
    silent = await asyncio.start_server(lambda *streams: connections.append(streams), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
    away = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    async with serve("billing", **away) as billing, httpx.AsyncClient(base_url=billing.url) as client:
        for _ in range(50):
            started = time.monotonic()
            assert (await client.get("/info")).status_code == 200
            assert time.monotonic() - started < 9
        started = time.monotonic()
        billing.process.send_signal(signal.SIGTERM)
        assert await billing.process.wait() == 0
        assert time.monotonic() - started < 9
    assert connections
    silent.close()
