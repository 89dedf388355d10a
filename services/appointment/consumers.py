"""The events that the appointment service consumes."""

from __future__ import annotations

from typing import Any

from services.appointment import mapper
from services.appointment.composition import AppointmentRuntime, appointment_service, doctor_service
from services.common.messaging.consumers import EventContext, Handlers
from services.common.security.principal import SYSTEM
from services.contracts.events import Event, PatientDeleted, UserRegistered, UserUpdated

handlers = Handlers[AppointmentRuntime]()


@handlers.on(UserRegistered, UserUpdated, newest_only=True, together=True)
async def on_user_registered_or_updated(event: Event[Any], context: EventContext[AppointmentRuntime]) -> None:
    """Updates the doctors who can be booked."""
    await doctor_service(SYSTEM, context.uow, context.runtime).update(mapper.doctor_from(event.data))


@handlers.on(PatientDeleted)
async def on_patient_deleted(event: Event[PatientDeleted], context: EventContext[AppointmentRuntime]) -> None:
    """Cancels the patient's appointments."""
    await appointment_service(SYSTEM, context.uow, context.runtime).cancel_of_patient(event.data.patient_id)
