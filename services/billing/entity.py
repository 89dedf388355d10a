"""Tables of the billing service. Money is in minor units of the account's currency."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.common import database


class Base(DeclarativeBase):
    type_annotation_map = {**database.COLUMN_TYPES, int: BigInteger}


class Account(Base):
    """What a patient owes. `balance_minor` is the sum of their open invoices, and the ledger's receivable."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID]
    owner_user_id: Mapped[UUID | None]
    currency: Mapped[str]
    balance_minor: Mapped[int]
    version: Mapped[int]
    opened_at: Mapped[datetime]


class Fee(Base):
    """A line of the fee schedule: what a reason costs from a moment on, until a later line takes over."""

    __tablename__ = "fee"

    reason: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    amount_minor: Mapped[int]


class Invoice(Base):
    """What an appointment costs a patient: one at most for each appointment."""

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
        """What is still to be paid."""
        return self.total_minor - self.paid_minor


class PaymentMethod(StrEnum):
    """How a patient pays."""

    CASH = "CASH"
    CARD = "CARD"
    BANK_TRANSFER = "BANK_TRANSFER"
    INSURANCE = "INSURANCE"


class Payment(Base):
    """Money received for an invoice."""

    __tablename__ = "payment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"))
    amount_minor: Mapped[int]
    method: Mapped[str]
    received_at: Mapped[datetime]
    received_by: Mapped[UUID]


class LedgerAccount(StrEnum):
    """The accounts of the ledger: assets RECEIVABLE and CASH, income REVENUE."""

    RECEIVABLE = "RECEIVABLE"
    CASH = "CASH"
    REVENUE = "REVENUE"


class JournalEntry(Base):
    """One business event in the ledger. `reference_id` is the invoice or the payment."""

    __tablename__ = "journal_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    reference_id: Mapped[UUID]
    recorded_at: Mapped[datetime]


class Posting(Base):
    """One line of an entry: exactly one of debit and credit is positive. Written once, never changed."""

    __tablename__ = "posting"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entry.id"), primary_key=True)
    ledger_account: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    debit_minor: Mapped[int]
    credit_minor: Mapped[int]
