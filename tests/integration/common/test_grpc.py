"""gRPC between services: the caller's identity, deadlines, limits and errors."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common import errors, telemetry
from services.common.rpc import client as rpc_client
from services.common.rpc.security import authorize
from services.common.rpc.server import MAX_MESSAGE_BYTES, Server
from services.common.security.context import set_caller
from services.common.security.tokens import TokenVerifier
from services.common.settings import ServiceSettings
from services.contracts.proto import patient_v1_pb2 as pb
from services.contracts.proto import patient_v1_pb2_grpc as rpc
from services.contracts.roles import Role
from tests.support.issuer import AUDIENCE, ISSUER, TestIssuer


class Servicer(rpc.PatientServiceServicer):
    """Behaves as the id in the request says. It stores the number of attempts and the trace."""

    def __init__(self) -> None:
        self.attempts = 0
        self.traceparent: str | None = None

    async def GetPatient(self, request: Any, context: Any) -> Any:
        self.attempts += 1
        self.traceparent = telemetry.traceparent()
        problem = getattr(errors, request.id, None)
        if request.id == "flaky" and self.attempts < 3:
            raise errors.Unavailable
        if request.id == "slow":
            await asyncio.sleep(30)
        if request.id == "bug":
            raise RuntimeError("canary-2209")
        if request.id == "big":
            return pb.GetPatientResponse(patient=pb.Patient(name="x" * (MAX_MESSAGE_BYTES + 1)))
        if problem is not None:
            raise problem(retry_after=1) if problem is errors.TooManyRequests else problem()
        return pb.GetPatientResponse(patient=pb.Patient(id=str(authorize().subject)))


@pytest.fixture
def servicer() -> Servicer:
    telemetry.set_up(ServiceSettings())
    return Servicer()


@pytest.fixture
async def server(issuer: TestIssuer, servicer: Servicer) -> AsyncIterator[Server]:
    made = Server(TokenVerifier(issuer=ISSUER, audience=AUDIENCE, keys=issuer), 0)
    rpc.add_PatientServiceServicer_to_server(servicer, made.grpc)
    await made.start()
    yield made
    await made.stop(0)


@pytest.fixture
async def stub(server: Server) -> AsyncIterator[Any]:
    """A stub on a channel like that of a service."""
    async with rpc_client.channel(f"dns:///localhost:{server.port}", "patient", seconds=3.0) as channel:
        yield rpc.PatientServiceStub(channel)


@pytest.fixture
async def bare(server: Server) -> AsyncIterator[grpc.aio.Channel]:
    """A channel without retries, deadlines and identity."""
    async with grpc.aio.insecure_channel(f"localhost:{server.port}") as channel:
        yield channel


def signed_in(issuer: TestIssuer) -> uuid.UUID:
    """Sets the current caller, as the authentication of a request does. Returns their id."""
    subject = uuid.uuid4()
    set_caller(None, issuer.token(Role.STAFF, subject=subject))
    return subject


async def call(stub: Any, what: str, **options: Any) -> Any:
    return await stub.GetPatient(pb.GetPatientRequest(id=what), **options)


async def test_the_callers_identity_and_trace_are_passed_on(stub: Any, issuer: TestIssuer, servicer: Servicer) -> None:
    subject = signed_in(issuer)
    with telemetry.span("request"):
        trace = telemetry.current_ids()
        answer = await call(stub, "fine")
    assert answer.patient.id == str(subject)
    assert trace is not None
    assert servicer.traceparent is not None
    assert servicer.traceparent.split("-")[1] == trace[0]


@pytest.mark.attack(8)
@pytest.mark.parametrize("token", [None, "a.b.c", "expired"])
async def test_a_call_without_a_valid_token_is_unauthenticated(
    bare: grpc.aio.Channel, issuer: TestIssuer, token: str | None
) -> None:
    if token == "expired":
        token = issuer.token(Role.ADMIN, exp=1)
    spoofed = (("x-user-id", "admin"), ("x-user-roles", "ADMIN"))
    metadata = spoofed if token is None else (*spoofed, ("authorization", f"Bearer {token}"))
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call(rpc.PatientServiceStub(bare), "fine", metadata=metadata)
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize(
    "name",
    ["NotFound", "Forbidden", "Unauthorized", "Conflict", "PreconditionFailed", "Unprocessable", "TooManyRequests"],
)
async def test_the_client_raises_the_error_that_the_server_raised(
    stub: Any, issuer: TestIssuer, servicer: Servicer, name: str
) -> None:
    signed_in(issuer)
    with pytest.raises(getattr(errors, name)):
        await call(stub, name)
    assert servicer.attempts == 1


async def test_an_unexpected_error_is_unavailable_without_its_text(stub: Any, issuer: TestIssuer) -> None:
    signed_in(issuer)
    with pytest.raises(errors.Unavailable) as failed:
        await call(stub, "bug")
    assert isinstance(failed.value.__cause__, grpc.aio.AioRpcError)
    assert failed.value.__cause__.code() is grpc.StatusCode.INTERNAL
    assert "canary" not in str(failed.value.__cause__.details())


async def test_a_call_that_was_unavailable_is_repeated(stub: Any, issuer: TestIssuer, servicer: Servicer) -> None:
    signed_in(issuer)
    assert await call(stub, "flaky")
    assert servicer.attempts == 3


async def test_a_call_ends_at_its_deadline(stub: Any, issuer: TestIssuer) -> None:
    signed_in(issuer)
    started = asyncio.get_running_loop().time()
    with pytest.raises(errors.Unavailable) as failed:
        await call(stub, "slow", timeout=0.3)
    assert asyncio.get_running_loop().time() - started < 2
    assert isinstance(failed.value.__cause__, grpc.aio.AioRpcError)
    assert failed.value.__cause__.code() is grpc.StatusCode.DEADLINE_EXCEEDED


@pytest.mark.attack(27)
async def test_a_call_without_a_deadline_gets_one(
    bare: grpc.aio.Channel, issuer: TestIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.common.rpc.server.DEFAULT_SECONDS", 0.3)
    metadata = (("authorization", f"Bearer {issuer.token(Role.STAFF)}"),)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call(rpc.PatientServiceStub(bare), "slow", metadata=metadata)
    assert refused.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


@pytest.mark.attack(27)
async def test_oversized_requests_and_responses_are_rejected(bare: grpc.aio.Channel, issuer: TestIssuer) -> None:
    metadata = (("authorization", f"Bearer {issuer.token(Role.STAFF)}"),)
    for what in ("x" * (MAX_MESSAGE_BYTES + 1), "big"):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await call(rpc.PatientServiceStub(bare), what, metadata=metadata)
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_health_needs_no_token_and_reports_draining(bare: grpc.aio.Channel, server: Server) -> None:
    health = health_pb2_grpc.HealthStub(bare)
    serving = await health.Check(health_pb2.HealthCheckRequest())
    assert serving.status == health_pb2.HealthCheckResponse.SERVING
    await server.drain()
    draining = await health.Check(health_pb2.HealthCheckRequest())
    assert draining.status == health_pb2.HealthCheckResponse.NOT_SERVING


async def test_a_service_that_is_away_is_unavailable_within_the_deadline(issuer: TestIssuer) -> None:
    signed_in(issuer)
    async with rpc_client.channel("dns:///localhost:1", "patient", seconds=2.0) as channel:
        started = asyncio.get_running_loop().time()
        with pytest.raises(errors.Unavailable):
            await call(rpc.PatientServiceStub(channel), "fine")
        assert asyncio.get_running_loop().time() - started < 3
