"""Calls of the patient service to others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.common.errors import Problem
from services.common.logs import logger
from services.common.rpc import client
from services.common.runtime import Runtime
from services.contracts.proto import billing_v1_pb2, billing_v1_pb2_grpc
from services.patient.config import PatientSettings


class BillingClient:
    """Opens accounts at registration: the fast path. What guarantees the account is the patient.registered event."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub

    async def open_account(self, patient_id: UUID, owner_user_id: UUID | None) -> None:
        """Asks once and never raises: a patient is registered even while billing is down."""
        request = billing_v1_pb2.CreateBillingAccountRequest(
            patient_id=str(patient_id), owner_user_id=str(owner_user_id) if owner_user_id else None
        )
        try:
            await self._stub.CreateBillingAccount(request)
        except Problem as problem:
            logger(__name__).warning("billing_fast_path_missed", patient_id=patient_id, code=problem.code)


@dataclass(frozen=True, slots=True)
class Components:
    """What lives as long as the process. `billing` is None where there is no billing service."""

    billing: BillingClient | None


@asynccontextmanager
async def compose(runtime: Runtime[PatientSettings, Any]) -> AsyncIterator[Components]:
    """Opens the channels; they connect when they are first used."""
    settings = runtime.settings
    if not settings.billing_grpc_target:
        yield Components(billing=None)
        return
    channel = client.channel(settings.billing_grpc_target, "billing", seconds=settings.billing_grpc_seconds)
    async with channel:
        yield Components(BillingClient(billing_v1_pb2_grpc.BillingServiceStub(channel)))
