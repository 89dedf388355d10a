"""The client of the patient service, against a gRPC server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import grpc
import pytest

from services.appointment.grpc_clients import PatientClient
from services.common.errors import Unavailable
from services.common.rpc import client as rpc_client
from services.contracts.proto import patient_v1_pb2 as messages
from services.contracts.proto import patient_v1_pb2_grpc


class PatientServer(patient_v1_pb2_grpc.PatientServiceServicer):
    """A patient service with one patient."""

    def __init__(self) -> None:
        self.id, self.owner = uuid4(), uuid4()
        self.failures = 0

    async def GetPatient(self, request: Any, context: Any) -> Any:
        if self.failures:
            self.failures -= 1
            await context.abort(grpc.StatusCode.UNAVAILABLE, "draining")
        if request.id != str(self.id):
            await context.abort(grpc.StatusCode.NOT_FOUND, "not-found")
        return messages.GetPatientResponse(patient=messages.Patient(id=request.id, owner_user_id=str(self.owner)))

    async def BatchGetPatients(self, request: Any, context: Any) -> Any:
        raise NotImplementedError


@pytest.fixture
async def patient_server() -> AsyncIterator[tuple[PatientServer, PatientClient]]:
    servicer, server = PatientServer(), grpc.aio.server()
    patient_v1_pb2_grpc.add_PatientServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("localhost:0")
    await server.start()
    async with rpc_client.channel(f"localhost:{port}", "patient") as channel:
        yield servicer, PatientClient(patient_v1_pb2_grpc.PatientServiceStub(channel))
    await server.stop(0)


async def test_patients_are_looked_up_and_short_failures_are_retried(
    patient_server: tuple[PatientServer, PatientClient],
) -> None:
    server, client = patient_server
    server.failures = 2
    found = await client.find(server.id)
    assert found is not None
    assert (found.id, found.owner_user_id) == (server.id, server.owner)
    assert await client.find(uuid4()) is None


async def test_a_patient_service_that_does_not_answer_is_reported_as_unavailable() -> None:
    async with rpc_client.channel("localhost:1", "patient", seconds=0.3) as channel:
        with pytest.raises(Unavailable):
            await PatientClient(patient_v1_pb2_grpc.PatientServiceStub(channel)).find(uuid4())
    with pytest.raises(Unavailable):
        await PatientClient(None).find(uuid4())
