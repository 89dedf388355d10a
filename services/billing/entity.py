"""The tables and value objects of the billing service. Amounts are in minor units of the account's currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.common.sql import table_of
from services.contracts.events import InvoiceStatus


@dataclass(slots=True)
class Account:
    """A patient's account. `balance_minor` is the sum due on their invoices, and equals RECEIVABLE in the ledger."""

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
    """What an appointment costs the patient. An appointment has at most one invoice."""

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

    @property
    def due_minor(self) -> int:
        """The part of the total that is not paid yet."""
        return self.total_minor - self.paid_minor


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which invoices to list. An invoice must match all fields that are given."""

    patient_id: UUID | None = None
    status: InvoiceStatus | None = None
    unpaid: bool = False


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


class LedgerAccount(StrEnum):
    """The accounts of the ledger: RECEIVABLE and CASH are assets, REVENUE is income."""

    RECEIVABLE = "RECEIVABLE"
    CASH = "CASH"
    REVENUE = "REVENUE"


@dataclass(slots=True)
class JournalEntry:
    """An entry of the ledger: one invoice or one payment, whose id is `reference_id`."""

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
JOURNAL_ENTRY = table_of(JournalEntry, "journal_entry")
POSTING = table_of(Posting, "posting", key=("entry_id", "ledger_account"))
