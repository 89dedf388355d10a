"""Events of the billing service, on `pms.billing.v1`."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from services.contracts import topics
from services.contracts.events.base import Currency, EventData, MinorUnits, UtcDatetime


class InvoiceReason(StrEnum):
    """The reason for an invoice."""

    VISIT = "VISIT"
    LATE_CANCELLATION = "LATE_CANCELLATION"
    NO_SHOW = "NO_SHOW"


class InvoiceStatus(StrEnum):
    """How much of an invoice is paid, and what became of it.

    REFUND_DUE: more is paid than is still invoiced. REFUNDED and CREDITED: nothing is invoiced any more, after a refund
    or without one. VOID: the invoice was a mistake, and nothing was ever paid.
    """

    OPEN = "OPEN"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"
    REFUND_DUE = "REFUND_DUE"
    REFUNDED = "REFUNDED"
    CREDITED = "CREDITED"
    VOID = "VOID"


_Payable = Literal[InvoiceStatus.OPEN, InvoiceStatus.PARTIALLY_PAID, InvoiceStatus.PAID]
"""The states that an invoice can have after it was raised or paid."""


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
    total_minor: MinorUnits = Field(description="What is invoiced, less what was credited.")
    paid_minor: MinorUnits = Field(description="What was paid, less what was refunded.")
    status: InvoiceStatus


class InvoiceRaised(_InvoiceEvent):
    """An invoice was created."""

    TYPE: ClassVar[str] = "invoice.raised"

    status: _Payable
    reason: InvoiceReason
    raised_at: UtcDatetime


class PaymentReceived(_InvoiceEvent):
    """A payment was received. The amounts of the invoice are those after the payment."""

    TYPE: ClassVar[str] = "payment.received"

    status: _Payable
    payment_id: UUID
    amount_minor: MinorUnits
    method: str
    received_at: UtcDatetime


class InvoiceVoided(_InvoiceEvent):
    """An invoice that was never paid was taken back as a whole."""

    TYPE: ClassVar[str] = "invoice.voided"

    credit_note_id: UUID
    amount_minor: MinorUnits
    voided_at: UtcDatetime


class InvoiceCredited(_InvoiceEvent):
    """A part or all of what is invoiced was taken back. The amounts of the invoice are those afterwards."""

    TYPE: ClassVar[str] = "invoice.credited"

    credit_note_id: UUID
    amount_minor: MinorUnits
    credited_at: UtcDatetime


class PaymentRefunded(_InvoiceEvent):
    """A part or all of a payment was paid back. The amounts of the invoice are those afterwards."""

    TYPE: ClassVar[str] = "payment.refunded"

    refund_id: UUID
    payment_id: UUID
    amount_minor: MinorUnits
    refunded_at: UtcDatetime
