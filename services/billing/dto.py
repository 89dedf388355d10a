"""Requests and responses of the billing service."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.billing.entity import CreditKind, PaymentMethod
from services.common.dto import RequestModel, response_model
from services.common.fields import FreeText, Moment
from services.common.paging import PageRequest
from services.contracts.events import InvoiceReason, InvoiceStatus

MAX_MINOR = 10**12
"""More than any bill of a clinic. It keeps sums far below the limit of a bigint."""


CurrencyCode = Annotated[
    str, Field(description="ISO 4217 code. How many digits its minor unit has is in Unicode's CLDR: none for HUF.")
]


@response_model
class AccountOut:
    """A patient's account."""

    id: UUID
    patient_id: UUID
    currency: CurrencyCode
    balance_minor: Annotated[
        int, Field(description="What the patient owes, in minor units; below zero what the clinic owes them.")
    ]
    version: int
    opened_at: datetime


@response_model
class InvoiceOut:
    """The invoice for an appointment."""

    id: UUID
    patient_id: UUID
    appointment_id: UUID
    reason: InvoiceReason
    currency: CurrencyCode
    total_minor: Annotated[int, Field(description="What is invoiced, less what was credited.")]
    paid_minor: Annotated[int, Field(description="What was paid, less what was refunded.")]
    credited_minor: int
    refunded_minor: int
    due_minor: Annotated[
        int, Field(description="`total_minor` less `paid_minor`; below zero what the clinic is to refund.")
    ]
    status: InvoiceStatus
    version: int
    raised_at: datetime


class InvoiceQuery(PageRequest):
    """The parameters of the list. An invoice must match all that are given."""

    patient_id: UUID | None = Field(default=None, alias="patientId")
    status: list[InvoiceStatus] = Field(
        default_factory=list, description="Invoices in one of these states: `status=OPEN&status=PARTIALLY_PAID`."
    )


class FeeQuery(RequestModel):
    """The parameters of the fee schedule."""

    at: Moment | None = Field(default=None, description="The time of the visit; now if it is left out.")


@response_model
class FeeOut:
    """What a reason for an invoice costs."""

    reason: InvoiceReason
    currency: CurrencyCode
    amount_minor: Annotated[int, Field(description="In minor units.")]


@response_model
class FeesOut:
    """The fees, one for each reason and currency."""

    items: list[FeeOut]


# Strict, because "12" may be meant in major units.
Amount = Annotated[int, Field(strict=True, gt=0, le=MAX_MINOR, description="In minor units.")]


class PaymentIn(RequestModel):
    """A payment of a whole invoice or of a part of it."""

    amount_minor: Amount
    method: PaymentMethod


class VoidIn(RequestModel):
    """Why an invoice is void. The patient can read it."""

    reason: FreeText


class CreditNoteIn(RequestModel):
    """How much of an invoice is taken back, and why. The patient can read it."""

    amount_minor: Amount
    reason: FreeText


class RefundIn(RequestModel):
    """How much of a payment is paid back, and why. The patient can read it."""

    amount_minor: Amount
    reason: FreeText


@response_model
class RefundOut:
    """A part or all of a payment that was paid back, in the way in which it was paid."""

    id: UUID
    payment_id: UUID
    invoice_id: UUID
    amount_minor: int
    currency: CurrencyCode
    reason: str
    refunded_at: datetime


@response_model
class PaymentOut:
    """A payment that was received."""

    id: UUID
    invoice_id: UUID
    amount_minor: int
    currency: CurrencyCode
    method: PaymentMethod
    received_at: datetime
    refunded_minor: int
    refunds: Annotated[list[RefundOut], Field(description="The oldest comes first.")]


@response_model
class CreditNoteOut:
    """A part or all of an invoice that was taken back."""

    id: UUID
    invoice_id: UUID
    kind: CreditKind
    amount_minor: int
    currency: CurrencyCode
    reason: str
    made_at: datetime
