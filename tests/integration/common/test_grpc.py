"""gRPC between services: who is asking, how long, how much, and what an error means."""

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
    """Does what the id says; answers with what it saw."""

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
    """As a service's `grpc_clients.py` makes it."""
    async with rpc_client.channel(f"dns:///localhost:{server.port}", "patient", seconds=3.0) as channel:
        yield rpc.PatientServiceStub(channel)


@pytest.fixture
async def bare(server: Server) -> AsyncIterator[grpc.aio.Channel]:
    """A channel that nobody set up."""
    async with grpc.aio.insecure_channel(f"localhost:{server.port}") as channel:
        yield channel


def signed_in(issuer: TestIssuer) -> uuid.UUID:
    """As a request's authentication leaves it."""
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
async def test_a_call_without_a_good_token_is_unauthenticated(
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
async def test_errors_arrive_as_they_were_raised(stub: Any, issuer: TestIssuer, servicer: Servicer, name: str) -> None:
    signed_in(issuer)
    with pytest.raises(getattr(errors, name)):
        await call(stub, name)
    assert servicer.attempts == 1


async def test_a_bug_is_unavailable_and_tells_nothing(stub: Any, issuer: TestIssuer) -> None:
    signed_in(issuer)
    with pytest.raises(errors.Unavailable) as failed:
        await call(stub, "bug")
    assert isinstance(failed.value.__cause__, grpc.aio.AioRpcError)
    assert failed.value.__cause__.code() is grpc.StatusCode.INTERNAL
    assert "canary" not in str(failed.value.__cause__.details())


async def test_unavailable_is_tried_again(stub: Any, issuer: TestIssuer, servicer: Servicer) -> None:
    signed_in(issuer)
    assert await call(stub, "flaky")
    assert servicer.attempts == 3


async def test_a_deadline_holds(stub: Any, issuer: TestIssuer) -> None:
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
async def test_oversized_messages_are_refused_both_ways(bare: grpc.aio.Channel, issuer: TestIssuer) -> None:
    metadata = (("authorization", f"Bearer {issuer.token(Role.STAFF)}"),)
    for what in ("x" * (MAX_MESSAGE_BYTES + 1), "big"):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await call(rpc.PatientServiceStub(bare), what, metadata=metadata)
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_health_needs_no_token_and_turns_when_draining(bare: grpc.aio.Channel, server: Server) -> None:
    health = health_pb2_grpc.HealthStub(bare)
    serving = await health.Check(health_pb2.HealthCheckRequest())
    assert serving.status == health_pb2.HealthCheckResponse.SERVING
    await server.drain()
    draining = await health.Check(health_pb2.HealthCheckRequest())
    assert draining.status == health_pb2.HealthCheckResponse.NOT_SERVING


async def test_an_absent_service_is_unavailable_soon(issuer: TestIssuer) -> None:
    signed_in(issuer)
    async with rpc_client.channel("dns:///localhost:1", "patient", seconds=2.0) as channel:
        started = asyncio.get_running_loop().time()
        with pytest.raises(errors.Unavailable):
            await call(rpc.PatientServiceStub(channel), "fine")
        assert asyncio.get_running_loop().time() - started < 3
