"""The events that billing consumes."""

from __future__ import annotations

from typing import Any

from services.billing.composition import BillingRuntime, account_service, charge_service
from services.common.messaging.consumers import EventContext, Handlers
from services.common.security.principal import SYSTEM
from services.contracts.events import (
    AppointmentCancelled,
    AppointmentCompleted,
    AppointmentNoShow,
    AppointmentReopened,
    Event,
    InvoiceReason,
    PatientRegistered,
    PatientUpdated,
)

# What becomes of an appointment is decided by its newest version. An older event that comes late, for example replayed
# from the dead letters, must not charge a visit that was reopened since then.
handlers = Handlers[BillingRuntime]()


@handlers.on(PatientRegistered, PatientUpdated, newest_only=True, together=True)
async def on_patient_registered_or_updated(event: Event[Any], context: EventContext[BillingRuntime]) -> None:
    """Opens the patient's account, and stores its owner.

    The patient service also asks for the account by gRPC, which is faster. This event guarantees it.
    """
    accounts = account_service(SYSTEM, context.uow, context.runtime)
    await accounts.ensure(event.data.patient_id, event.data.owner_user_id)


@handlers.on(AppointmentCompleted, newest_only=True)
async def on_appointment_completed(event: Event[AppointmentCompleted], context: EventContext[BillingRuntime]) -> None:
    """Charges the visit."""
    data, charges = event.data, charge_service(SYSTEM, context.uow, context.runtime)
    await charges.charge(InvoiceReason.VISIT, data.appointment_id, data.patient_id, data.date, data.version)


@handlers.on(AppointmentNoShow, newest_only=True)
async def on_appointment_no_show(event: Event[AppointmentNoShow], context: EventContext[BillingRuntime]) -> None:
    """Charges the appointment that the patient missed."""
    data, charges = event.data, charge_service(SYSTEM, context.uow, context.runtime)
    await charges.charge(InvoiceReason.NO_SHOW, data.appointment_id, data.patient_id, data.date, data.version)


@handlers.on(AppointmentCancelled, newest_only=True)
async def on_appointment_cancelled(event: Event[AppointmentCancelled], context: EventContext[BillingRuntime]) -> None:
    """Charges a late cancellation."""
    data, charges = event.data, charge_service(SYSTEM, context.uow, context.runtime)
    await charges.charge_cancellation(data.appointment_id, data.patient_id, data.date, data.version, late=data.late)


@handlers.on(AppointmentReopened, newest_only=True)
async def on_appointment_reopened(event: Event[AppointmentReopened], context: EventContext[BillingRuntime]) -> None:
    """Takes back what was charged for the end of the visit."""
    charges = charge_service(SYSTEM, context.uow, context.runtime)
    await charges.take_back(event.data.appointment_id, event.data.version)
