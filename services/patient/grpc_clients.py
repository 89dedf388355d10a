"""gRPC clients of the patient service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.common.errors import Problem
from services.common.logs import logger
from services.contracts.proto import appointment_v1_pb2, billing_v1_pb2
from services.patient import mapper
from services.patient.entity import OpenAppointment, OpenInvoice


class BillingClient:
    """Opens a patient's account early, and finds unpaid invoices with the caller's own token.

    The `patient.registered` event guarantees that the account is opened in the end. Without a stub the client does
    nothing and finds nothing.
    """

    def __init__(self, stub: Any | None) -> None:
        self._stub = stub

    async def open_account(self, patient_id: UUID, owner_user_id: UUID | None) -> None:
        """Asks once. It never raises, so a patient can be registered while the billing service is down."""
        if self._stub is None:
            return
        request = billing_v1_pb2.CreateBillingAccountRequest(
            patient_id=str(patient_id), owner_user_id=str(owner_user_id) if owner_user_id else None
        )
        try:
            await self._stub.CreateBillingAccount(request)
        except Problem as problem:
            logger(__name__).warning("billing_fast_path_missed", patient_id=patient_id, code=problem.code)

    async def open_invoices(self, patient_id: UUID) -> Sequence[OpenInvoice]:
        """Returns the patient's invoices on which something is due or to be refunded. Raises Unavailable."""
        if self._stub is None:
            return ()
        request = billing_v1_pb2.ListOpenInvoicesRequest(patient_id=str(patient_id))
        response = await self._stub.ListOpenInvoices(request)
        return [mapper.open_invoice_from(message) for message in response.invoices]


class AppointmentClient:
    """Finds a patient's booked appointments with the caller's own token. Without a stub it finds none."""

    def __init__(self, stub: Any | None) -> None:
        self._stub = stub

    async def open_appointments(self, patient_id: UUID) -> Sequence[OpenAppointment]:
        """Returns the patient's booked appointments. Raises Unavailable."""
        if self._stub is None:
            return ()
        request = appointment_v1_pb2.ListOpenAppointmentsRequest(patient_id=str(patient_id))
        response = await self._stub.ListOpenAppointments(request)
        return [mapper.open_appointment_from(message) for message in response.appointments]
