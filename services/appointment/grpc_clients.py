"""gRPC clients of the appointment service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.appointment import mapper
from services.appointment.entity import Patient
from services.common.errors import NotFound, Unavailable
from services.contracts.proto import patient_v1_pb2


class PatientClient:
    """Looks up patients with the caller's own token. Without a stub every look-up raises Unavailable."""

    def __init__(self, stub: Any | None) -> None:
        self._stub = stub

    async def find(self, id: UUID) -> Patient | None:
        """Returns the patient, or None when there is none that the caller may see. Raises Unavailable."""
        if self._stub is None:
            raise Unavailable("The patient service is not configured.")
        try:
            response = await self._stub.GetPatient(patient_v1_pb2.GetPatientRequest(id=str(id)))
        except NotFound:
            return None
        return mapper.patient_from(response.patient)
