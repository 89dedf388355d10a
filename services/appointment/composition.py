"""Constructs the appointment service: what lives as long as the process, and the services for one caller."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.appointment.config import AppointmentSettings
from services.appointment.grpc_clients import PatientClient
from services.appointment.reminders import ReminderLoop
from services.appointment.repository.appointments import AppointmentRepository
from services.appointment.repository.doctors import DoctorRepository
from services.appointment.repository.reopenings import ReopeningRepository
from services.appointment.repository.schedules import ScheduleRepository
from services.appointment.service.appointments import AppointmentService
from services.appointment.service.doctors import DoctorService
from services.appointment.service.reminders import ReminderService
from services.appointment.service.reopenings import ReopeningService
from services.appointment.service.schedules import ScheduleService
from services.common.rpc import client
from services.common.runtime import Runtime
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.proto import patient_v1_pb2_grpc


@dataclass(frozen=True, slots=True)
class Components:
    """What lives as long as the process."""

    patients: PatientClient


AppointmentRuntime = Runtime[AppointmentSettings, Components]


@asynccontextmanager
async def compose(runtime: Runtime[AppointmentSettings]) -> AsyncIterator[Components]:
    """Starts the reminders, and opens the gRPC channel to the patient service, which connects when it is first used."""
    settings = runtime.settings
    reminders = ReminderLoop(runtime.database, settings.reminder_poll_seconds, reminder_service)
    runtime.background.start("reminders", reminders.run)
    if not settings.patient_grpc_target:
        yield Components(PatientClient(None))
        return
    channel = client.channel(settings.patient_grpc_target, "patient", seconds=settings.patient_grpc_seconds)
    async with channel:
        yield Components(PatientClient(patient_v1_pb2_grpc.PatientServiceStub(channel)))


def appointment_service(principal: Principal, uow: UnitOfWork, runtime: AppointmentRuntime) -> AppointmentService:
    """Returns the service of appointments for one caller and one transaction."""
    return AppointmentService(
        principal,
        uow,
        runtime.settings,
        AppointmentRepository(uow),
        runtime.components.patients,
    )


def reopening_service(principal: Principal, uow: UnitOfWork, runtime: AppointmentRuntime) -> ReopeningService:
    """Returns the service of reopened visits for one caller and one transaction."""
    return ReopeningService(principal, uow, runtime.settings, AppointmentRepository(uow), ReopeningRepository(uow))


def doctor_service(principal: Principal, uow: UnitOfWork, runtime: AppointmentRuntime) -> DoctorService:
    """Returns the service of doctors for one caller and one transaction."""
    return DoctorService(principal, uow, DoctorRepository(uow))


def schedule_service(principal: Principal, uow: UnitOfWork, runtime: AppointmentRuntime) -> ScheduleService:
    """Returns the service of schedules for one caller and one transaction."""
    return ScheduleService(principal, uow, runtime.settings, ScheduleRepository(uow), DoctorRepository(uow))


def reminder_service(principal: Principal, uow: UnitOfWork) -> ReminderService:
    """Returns the service of reminders for one transaction. It needs nothing of the runtime."""
    return ReminderService(principal, uow, AppointmentRepository(uow))
