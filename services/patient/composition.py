"""Constructs the patient service: what lives as long as the process, and the service for one caller."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.common.rpc import client
from services.common.runtime import Runtime
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.proto import billing_v1_pb2_grpc
from services.patient.config import PatientSettings
from services.patient.grpc_clients import BillingClient
from services.patient.repository import PatientRepository
from services.patient.service import PatientService


@dataclass(frozen=True, slots=True)
class Components:
    """What lives as long as the process."""

    billing: BillingClient


PatientRuntime = Runtime[PatientSettings, Components]


@asynccontextmanager
async def compose(runtime: Runtime[PatientSettings]) -> AsyncIterator[Components]:
    """Opens the gRPC channel to the billing service, which connects when it is first used."""
    settings = runtime.settings
    if not settings.billing_grpc_target:
        yield Components(BillingClient(None))
        return
    channel = client.channel(settings.billing_grpc_target, "billing", seconds=settings.billing_grpc_seconds)
    async with channel:
        yield Components(BillingClient(billing_v1_pb2_grpc.BillingServiceStub(channel)))


def patient_service(principal: Principal, uow: UnitOfWork, runtime: PatientRuntime) -> PatientService:
    """Returns the service for one caller and one transaction."""
    return PatientService(principal, uow, PatientRepository(uow), runtime.components.billing)
