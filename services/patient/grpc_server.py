"""PatientService over gRPC, with the same rules as over HTTP."""

from __future__ import annotations

from typing import Any

from services.common.errors import Unprocessable
from services.common.rpc.ids import uuid_of
from services.common.rpc.security import authorize
from services.contracts.proto import patient_v1_pb2, patient_v1_pb2_grpc
from services.contracts.roles import Scope
from services.patient import mapper
from services.patient.composition import PatientRuntime, patient_service

MAX_BATCH = 200


class PatientServicer(patient_v1_pb2_grpc.PatientServiceServicer):
    """Implements `contracts/proto/patient_v1.proto`. Errors of `common.errors` become gRPC statuses."""

    def __init__(self, runtime: PatientRuntime) -> None:
        self._runtime = runtime

    async def GetPatient(self, request: Any, context: Any) -> patient_v1_pb2.GetPatientResponse:
        """Returns one record."""
        id = uuid_of(request.id)
        principal = authorize(Scope.PATIENTS_READ)
        async with self._runtime.database.unit_of_work() as uow:
            patient = await patient_service(principal, uow, self._runtime).get(id)
        return patient_v1_pb2.GetPatientResponse(patient=mapper.patient_message(patient))

    async def BatchGetPatients(self, request: Any, context: Any) -> patient_v1_pb2.BatchGetPatientsResponse:
        """Returns several records. Those that are not found are left out."""
        if len(request.ids) > MAX_BATCH:
            raise Unprocessable("too-many-ids", f"At most {MAX_BATCH} ids are allowed.")
        ids = [uuid_of(id) for id in request.ids]
        principal = authorize(Scope.PATIENTS_READ)
        async with self._runtime.database.unit_of_work() as uow:
            patients = await patient_service(principal, uow, self._runtime).get_many(ids)
        return patient_v1_pb2.BatchGetPatientsResponse(patients=map(mapper.patient_message, patients))


def register(server: Any, runtime: PatientRuntime) -> None:
    """Adds the servicer to the gRPC server of the process."""
    patient_v1_pb2_grpc.add_PatientServiceServicer_to_server(PatientServicer(runtime), server)
