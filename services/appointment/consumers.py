"""What the appointment service does when other services tell it something."""

from __future__ import annotations

from typing import Any

from services.appointment import mapper
from services.appointment.repository import AppointmentRepository, DoctorRepository
from services.common.clock import utc_now
from services.common.messaging.consumers import EventContext, Handlers
from services.contracts.events import AppointmentStatus, Event, PatientDeleted, UserRegistered, UserUpdated
from services.contracts.roles import Role

handlers: Handlers[Any] = Handlers()


@handlers.on(UserRegistered, UserUpdated, newest_only=True)
async def user_known(event: Event[Any], context: EventContext[Any]) -> None:
    """Who may be booked: users with the role DOCTOR. Of others nothing is kept, unless they were one."""
    user, doctors = event.data, DoctorRepository(context.uow.session)
    active = Role.DOCTOR in user.roles and not user.disabled
    if active or await doctors.active(user.user_id):
        await doctors.put(user.user_id, user.full_name or user.username, active)


@handlers.on(PatientDeleted)
async def patient_gone(event: Event[PatientDeleted], context: EventContext[Any]) -> None:
    """Frees the hours of somebody who is no patient any more; that costs nothing."""
    appointments, doctors = AppointmentRepository(context.uow.session), DoctorRepository(context.uow.session)
    await appointments.take_patients_turn(event.data.patient_id)
    now = utc_now()
    for appointment in await appointments.upcoming_of(event.data.patient_id, now):
        appointment.status, appointment.remind_at = AppointmentStatus.CANCELLED.value, None
        appointment.version += 1
        appointment.updated_at = now
        doctor = await doctors.active(appointment.doctor_id)
        context.uow.publish(mapper.cancelled_event(appointment, doctor, late=False))
        context.uow.record("cancel", "appointment", appointment.id, patient_id=appointment.patient_id)
