"""PatientService over gRPC: the same rules as over HTTP, for the same callers."""

from __future__ import annotations

from typing import Any

from services.common.errors import Forbidden, Unprocessable
from services.common.rpc.ids import uuid_of
from services.common.rpc.server import current_principal
from services.common.runtime import Runtime
from services.common.unit_of_work import UnitOfWork
from services.contracts.proto import patient_v1_pb2, patient_v1_pb2_grpc
from services.contracts.roles import Scope
from services.patient import mapper
from services.patient.composition import patient_service

MAX_BATCH = 200


class PatientServicer(patient_v1_pb2_grpc.PatientServiceServicer):
    """Errors of `common.errors` become gRPC statuses in the server's interceptor."""

    def __init__(self, runtime: Runtime[Any, Any]) -> None:
        self._runtime = runtime

    async def GetPatient(self, request: Any, context: Any) -> patient_v1_pb2.GetPatientResponse:
        """One record."""
        id = uuid_of(request.id)
        async with self._runtime.database.unit_of_work() as work:
            patient = await self._service(work).get(id)
            return patient_v1_pb2.GetPatientResponse(patient=mapper.message(patient))

    async def BatchGetPatients(self, request: Any, context: Any) -> patient_v1_pb2.BatchGetPatientsResponse:
        """Several records; those not found are left out."""
        if len(request.ids) > MAX_BATCH:
            raise Unprocessable("too-many-ids", f"At most {MAX_BATCH} ids.")
        ids = [uuid_of(id) for id in request.ids]
        async with self._runtime.database.unit_of_work() as work:
            patients = await self._service(work).get_many(ids)
            return patient_v1_pb2.BatchGetPatientsResponse(patients=map(mapper.message, patients))

    def _service(self, work: UnitOfWork) -> Any:
        principal = current_principal()
        if not principal.may(Scope.PATIENTS_READ):
            raise Forbidden
        return patient_service(principal, work, self._runtime)


def register(server: Any, runtime: Runtime[Any, Any], components: Any) -> None:
    """Adds the servicer to the process's gRPC server."""
    patient_v1_pb2_grpc.add_PatientServiceServicer_to_server(PatientServicer(runtime), server)
