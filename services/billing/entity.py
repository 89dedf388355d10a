"""The tables and value objects of the billing service. Amounts are in minor units of the account's currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.common import database
from services.contracts.events import InvoiceStatus


class Base(DeclarativeBase):
    type_annotation_map = {**database.COLUMN_TYPES, int: BigInteger}


class Account(Base):
    """A patient's account. `balance_minor` is the sum due on their invoices, and equals RECEIVABLE in the ledger."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID]
    owner_user_id: Mapped[UUID | None]
    currency: Mapped[str]
    balance_minor: Mapped[int]
    version: Mapped[int]
    opened_at: Mapped[datetime]


class Fee(Base):
    """A line of the fee schedule: what a reason costs from `valid_from` until a later line is valid."""

    __tablename__ = "fee"

    reason: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    amount_minor: Mapped[int]


class Invoice(Base):
    """What an appointment costs the patient. An appointment has at most one invoice."""

    __tablename__ = "invoice"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    patient_id: Mapped[UUID]
    appointment_id: Mapped[UUID]
    reason: Mapped[str]
    currency: Mapped[str]
    total_minor: Mapped[int]
    paid_minor: Mapped[int]
    status: Mapped[str]
    version: Mapped[int]
    raised_at: Mapped[datetime]

    @property
    def due_minor(self) -> int:
        """The part of the total that is not paid yet."""
        return self.total_minor - self.paid_minor


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which invoices to list. An invoice must match all fields that are given."""

    patient_id: UUID | None = None
    status: InvoiceStatus | None = None


class PaymentMethod(StrEnum):
    """How a patient pays."""

    CASH = "CASH"
    CARD = "CARD"
    BANK_TRANSFER = "BANK_TRANSFER"
    INSURANCE = "INSURANCE"


class Payment(Base):
    """A payment that was received for an invoice."""

    __tablename__ = "payment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"))
    amount_minor: Mapped[int]
    method: Mapped[str]
    received_at: Mapped[datetime]
    received_by: Mapped[UUID]


class LedgerAccount(StrEnum):
    """The accounts of the ledger: RECEIVABLE and CASH are assets, REVENUE is income."""

    RECEIVABLE = "RECEIVABLE"
    CASH = "CASH"
    REVENUE = "REVENUE"


class JournalEntry(Base):
    """An entry of the ledger: one invoice or one payment, whose id is `reference_id`."""

    __tablename__ = "journal_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    reference_id: Mapped[UUID]
    recorded_at: Mapped[datetime]


class Posting(Base):
    """One line of an entry. Exactly one of debit and credit is positive. A posting is never changed."""

    __tablename__ = "posting"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entry.id"), primary_key=True)
    ledger_account: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    debit_minor: Mapped[int]
    credit_minor: Mapped[int]
