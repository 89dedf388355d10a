"""What billing does when other services tell it something."""

from __future__ import annotations

from typing import Any

from services.billing.repository import BillingRepository
from services.billing.service import BillingService
from services.common.messaging.consumers import EventContext, Handlers
from services.contracts.events import (
    AppointmentCancelled,
    AppointmentCompleted,
    AppointmentNoShow,
    Event,
    InvoiceReason,
    PatientRegistered,
    PatientUpdated,
)

handlers: Handlers[Any] = Handlers()


def _billing(context: EventContext[Any]) -> BillingService:
    return BillingService(BillingRepository(context.uow.session), context.uow)


@handlers.on(PatientRegistered, PatientUpdated, newest_only=True)
async def patient_known(event: Event[Any], context: EventContext[Any]) -> None:
    """The guarantee behind the gRPC fast path: every registered patient gets an account, and its owner."""
    data = event.data
    await _billing(context).open_account(data.patient_id, data.owner_user_id, context.runtime.settings.currency)


@handlers.on(AppointmentCompleted)
async def visit_took_place(event: Event[AppointmentCompleted], context: EventContext[Any]) -> None:
    """The visit is invoiced."""
    await _charge(event, context, InvoiceReason.VISIT)


@handlers.on(AppointmentNoShow)
async def patient_did_not_come(event: Event[AppointmentNoShow], context: EventContext[Any]) -> None:
    """The missed hour costs a fee."""
    await _charge(event, context, InvoiceReason.NO_SHOW)


@handlers.on(AppointmentCancelled)
async def visit_called_off(event: Event[AppointmentCancelled], context: EventContext[Any]) -> None:
    """A late cancellation costs a fee; one in time does not."""
    if event.data.late:
        await _charge(event, context, InvoiceReason.LATE_CANCELLATION)


async def _charge(event: Event[Any], context: EventContext[Any], reason: InvoiceReason) -> None:
    data = event.data
    currency = context.runtime.settings.currency
    await _billing(context).charge(reason, data.appointment_id, data.patient_id, data.date, currency)
