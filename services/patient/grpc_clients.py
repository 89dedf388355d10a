"""gRPC clients of the patient service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.common.errors import Problem
from services.common.logs import logger
from services.contracts.proto import billing_v1_pb2


class BillingClient:
    """Opens a patient's account early. The `patient.registered` event guarantees that it is opened in the end.

    Without a stub it does nothing.
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
