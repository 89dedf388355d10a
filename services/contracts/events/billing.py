"""Events of the billing service, on `pms.billing.v1`."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts import topics
from services.contracts.events.base import Currency, EventData, MinorUnits, UtcDatetime


class InvoiceReason(StrEnum):
    """The reason for an invoice."""

    VISIT = "VISIT"
    LATE_CANCELLATION = "LATE_CANCELLATION"
    NO_SHOW = "NO_SHOW"


class InvoiceStatus(StrEnum):
    """How much of an invoice is paid."""

    OPEN = "OPEN"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"


class _BillingEvent(EventData):
    TOPIC: ClassVar[topics.Topic] = topics.BILLING
    SOURCE: ClassVar[str] = "/pms/billing"

    account_id: UUID
    patient_id: UUID
    currency: Currency


class AccountOpened(_BillingEvent):
    """A patient's account was opened."""

    TYPE: ClassVar[str] = "billing.account_opened"
    SUBJECT_FIELD: ClassVar[str] = "account_id"

    opened_at: UtcDatetime


class _InvoiceEvent(_BillingEvent):
    SUBJECT_FIELD: ClassVar[str] = "invoice_id"

    invoice_id: UUID
    appointment_id: UUID
    total_minor: MinorUnits
    paid_minor: MinorUnits
    status: InvoiceStatus


class InvoiceRaised(_InvoiceEvent):
    """An invoice was created."""

    TYPE: ClassVar[str] = "invoice.raised"

    reason: InvoiceReason
    raised_at: UtcDatetime


class PaymentReceived(_InvoiceEvent):
    """A payment was received. The amounts of the invoice are those after the payment."""

    TYPE: ClassVar[str] = "payment.received"

    payment_id: UUID
    amount_minor: MinorUnits
    method: str
    received_at: UtcDatetime
