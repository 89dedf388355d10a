"""The tables and value objects of the billing service. Amounts are in minor units of the account's currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.common.sql import table_of
from services.contracts.events import InvoiceStatus


@dataclass(slots=True)
class Account:
    """A patient's account. `balance_minor` is the sum due on their invoices, and equals RECEIVABLE in the ledger.

    It is below zero when the clinic owes the patient a refund.
    """

    id: UUID
    patient_id: UUID
    owner_user_id: UUID | None
    currency: str
    balance_minor: int
    version: int
    opened_at: datetime


@dataclass(slots=True)
class Fee:
    """A line of the fee schedule: what a reason costs from `valid_from` until a later line is valid."""

    reason: str
    currency: str
    valid_from: datetime
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ChargedFee:
    """What a reason costs at some time."""

    reason: str
    currency: str
    amount_minor: int


@dataclass(slots=True)
class Invoice:
    """What an appointment costs the patient. An appointment has at most one invoice that is not reversed.

    `total_minor` is less by `credited_minor` than what was raised, and `paid_minor` less by `refunded_minor` than what
    was paid. `appointment_version` is that of the event that caused the invoice; 0 for those of former versions of this
    service. `reversed_at` is set when the visit was reopened.
    """

    id: UUID
    account_id: UUID
    patient_id: UUID
    appointment_id: UUID
    reason: str
    currency: str
    total_minor: int
    paid_minor: int
    status: str
    version: int
    raised_at: datetime
    credited_minor: int = 0
    refunded_minor: int = 0
    appointment_version: int = 0
    reversed_at: datetime | None = None

    @property
    def due_minor(self) -> int:
        """The part of the total that is not paid yet. It is below zero when the clinic owes a refund."""
        return self.total_minor - self.paid_minor


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which invoices to list. An invoice must match all fields that are given."""

    patient_id: UUID | None = None
    statuses: tuple[InvoiceStatus, ...] = ()
    open: bool = False


class PaymentMethod(StrEnum):
    """How a patient pays."""

    CASH = "CASH"
    CARD = "CARD"
    BANK_TRANSFER = "BANK_TRANSFER"
    INSURANCE = "INSURANCE"


@dataclass(slots=True)
class Payment:
    """A payment that was received for an invoice."""

    id: UUID
    invoice_id: UUID
    amount_minor: int
    method: str
    received_at: datetime
    received_by: UUID
    refunded_minor: int = 0

    @property
    def refundable_minor(self) -> int:
        """The part that is not refunded yet."""
        return self.amount_minor - self.refunded_minor


@dataclass(slots=True)
class Refund:
    """A part or all of a payment that was paid back."""

    id: UUID
    payment_id: UUID
    invoice_id: UUID
    amount_minor: int
    reason: str
    refunded_at: datetime
    refunded_by: UUID


@dataclass(frozen=True, slots=True)
class PaymentWithRefunds:
    """A payment and what was paid back of it, oldest first."""

    payment: Payment
    refunds: Sequence[Refund]


class CreditKind(StrEnum):
    """How an invoice is taken back. VOID takes back the whole of one that was never paid."""

    CREDIT_NOTE = "CREDIT_NOTE"
    VOID = "VOID"


@dataclass(slots=True)
class CreditNote:
    """A part or all of an invoice that was taken back."""

    id: UUID
    invoice_id: UUID
    kind: str
    amount_minor: int
    reason: str
    made_at: datetime
    made_by: UUID


class LedgerAccount(StrEnum):
    """The accounts of the ledger: RECEIVABLE and CASH are assets, REVENUE is income."""

    RECEIVABLE = "RECEIVABLE"
    CASH = "CASH"
    REVENUE = "REVENUE"


@dataclass(slots=True)
class JournalEntry:
    """An entry of the ledger: one invoice, payment, credit note or refund, whose id is `reference_id`."""

    id: UUID
    kind: str
    reference_id: UUID
    recorded_at: datetime


@dataclass(slots=True)
class Posting:
    """One line of an entry. Exactly one of debit and credit is positive. A posting is never changed."""

    entry_id: UUID
    ledger_account: str
    account_id: UUID
    debit_minor: int
    credit_minor: int


ACCOUNT = table_of(Account, "account")
FEE = table_of(Fee, "fee", key=("reason", "currency", "valid_from"))
INVOICE = table_of(Invoice, "invoice")
PAYMENT = table_of(Payment, "payment")
REFUND = table_of(Refund, "refund")
CREDIT_NOTE = table_of(CreditNote, "credit_note")
JOURNAL_ENTRY = table_of(JournalEntry, "journal_entry")
POSTING = table_of(Posting, "posting", key=("entry_id", "ledger_account"))
