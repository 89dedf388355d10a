"""Calls of the appointment service to others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.appointment.config import AppointmentSettings
from services.appointment.entity import Patient
from services.appointment.reminders import Reminders
from services.common.errors import NotFound, Unavailable
from services.common.rpc import client
from services.common.runtime import Runtime
from services.contracts.proto import patient_v1_pb2, patient_v1_pb2_grpc


class PatientClient:
    """Looks patients up in the caller's name; without a stub it says that nobody can be looked up."""

    def __init__(self, stub: Any | None) -> None:
        self._stub = stub

    async def find(self, id: UUID) -> Patient | None:
        """The patient, if there is one that the caller may see. Raises Unavailable."""
        if self._stub is None:
            raise Unavailable("The patient service is not configured.")
        try:
            answer = await self._stub.GetPatient(patient_v1_pb2.GetPatientRequest(id=str(id)))
        except NotFound:
            return None
        owner = UUID(answer.patient.owner_user_id) if answer.patient.HasField("owner_user_id") else None
        return Patient(UUID(answer.patient.id), owner)


@dataclass(frozen=True, slots=True)
class Components:
    """What lives as long as the process."""

    patients: PatientClient


@asynccontextmanager
async def compose(runtime: Runtime[AppointmentSettings]) -> AsyncIterator[Components]:
    """Opens the channel, which connects when it is first used, and starts the reminders."""
    settings = runtime.settings
    runtime.background.start("reminders", Reminders(runtime.database, settings.reminder_poll_seconds).run)
    if not settings.patient_grpc_target:
        yield Components(PatientClient(None))
        return
    channel = client.channel(settings.patient_grpc_target, "patient", seconds=settings.patient_grpc_seconds)
    async with channel:
        yield Components(PatientClient(patient_v1_pb2_grpc.PatientServiceStub(channel)))
