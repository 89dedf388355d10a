"""Constructs the patient service: what lives as long as the process, and the service for one caller."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from services.common.rpc import client
from services.common.runtime import Runtime
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.proto import appointment_v1_pb2_grpc, billing_v1_pb2_grpc
from services.patient.config import PatientSettings
from services.patient.grpc_clients import AppointmentClient, BillingClient
from services.patient.repository import PatientRepository
from services.patient.service import PatientService


@dataclass(frozen=True, slots=True)
class Components:
    """What lives as long as the process."""

    billing: BillingClient
    appointments: AppointmentClient


PatientRuntime = Runtime[PatientSettings, Components]


@asynccontextmanager
async def compose(runtime: Runtime[PatientSettings]) -> AsyncIterator[Components]:
    """Opens the gRPC channels to the other services, which connect when they are first used."""
    settings = runtime.settings
    async with AsyncExitStack() as stack:

        async def stub_of(service: str, target: str, seconds: float, stub: Callable[[Any], Any]) -> Any | None:
            if not target:
                return None
            return stub(await stack.enter_async_context(client.channel(target, service, seconds=seconds)))

        billing = await stub_of(
            "billing",
            settings.billing_grpc_target,
            settings.billing_grpc_seconds,
            billing_v1_pb2_grpc.BillingServiceStub,
        )
        appointment = await stub_of(
            "appointment",
            settings.appointment_grpc_target,
            settings.appointment_grpc_seconds,
            appointment_v1_pb2_grpc.AppointmentServiceStub,
        )
        yield Components(BillingClient(billing), AppointmentClient(appointment))


def patient_service(principal: Principal, uow: UnitOfWork, runtime: PatientRuntime) -> PatientService:
    """Returns the service for one caller and one transaction."""
    components, settings = runtime.components, runtime.settings
    return PatientService(
        principal, uow, PatientRepository(uow), components.billing, components.appointments, settings.phone_region
    )
