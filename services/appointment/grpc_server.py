"""AppointmentService over gRPC, with the same rules as over HTTP."""

from __future__ import annotations

from typing import Any

from services.appointment import mapper
from services.appointment.composition import AppointmentRuntime, appointment_service
from services.common.rpc.ids import uuid_of
from services.common.rpc.security import authorize
from services.contracts.proto import appointment_v1_pb2, appointment_v1_pb2_grpc
from services.contracts.roles import Scope


class AppointmentServicer(appointment_v1_pb2_grpc.AppointmentServiceServicer):
    """Implements `contracts/proto/appointment_v1.proto`. Errors of `common.errors` become gRPC statuses."""

    def __init__(self, runtime: AppointmentRuntime) -> None:
        self._runtime = runtime

    async def ListOpenAppointments(self, request: Any, context: Any) -> appointment_v1_pb2.ListOpenAppointmentsResponse:
        """Returns the patient's booked appointments, those that have begun included."""
        patient_id = uuid_of(request.patient_id)
        principal = authorize(Scope.APPOINTMENTS_READ)
        async with self._runtime.database.unit_of_work() as uow:
            booked = await appointment_service(principal, uow, self._runtime).list_open(patient_id)
        return appointment_v1_pb2.ListOpenAppointmentsResponse(appointments=map(mapper.appointment_message, booked))


def register(server: Any, runtime: AppointmentRuntime) -> None:
    """Adds the servicer to the gRPC server of the process."""
    appointment_v1_pb2_grpc.add_AppointmentServiceServicer_to_server(AppointmentServicer(runtime), server)
