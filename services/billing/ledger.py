"""Double-entry bookkeeping: what an invoice, a payment and their corrections debit and credit. Pure functions.

The database rejects an entry whose debits differ from its credits, and any change of an entry.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.billing.entity import CreditNote, Invoice, JournalEntry, LedgerAccount, Payment, Posting, Refund
from services.common.identifiers import uuid7


def invoice_entry(invoice: Invoice) -> tuple[JournalEntry, list[Posting]]:
    """Returns the entry for a new invoice: it debits RECEIVABLE and credits REVENUE."""
    return _entry(
        "INVOICE",
        invoice.id,
        invoice.raised_at,
        invoice.account_id,
        invoice.total_minor,
        debit=LedgerAccount.RECEIVABLE,
        credit=LedgerAccount.REVENUE,
    )


def payment_entry(payment: Payment, account_id: UUID) -> tuple[JournalEntry, list[Posting]]:
    """Returns the entry for a payment: it debits CASH and credits RECEIVABLE."""
    return _entry(
        "PAYMENT",
        payment.id,
        payment.received_at,
        account_id,
        payment.amount_minor,
        debit=LedgerAccount.CASH,
        credit=LedgerAccount.RECEIVABLE,
    )


def credit_entry(note: CreditNote, account_id: UUID) -> tuple[JournalEntry, list[Posting]]:
    """Returns the entry for a credit note, or for the voiding of an invoice: the opposite of the invoice's."""
    return _entry(
        note.kind,
        note.id,
        note.made_at,
        account_id,
        note.amount_minor,
        debit=LedgerAccount.REVENUE,
        credit=LedgerAccount.RECEIVABLE,
    )


def refund_entry(refund: Refund, account_id: UUID) -> tuple[JournalEntry, list[Posting]]:
    """Returns the entry for a refund: the opposite of the payment's."""
    return _entry(
        "REFUND",
        refund.id,
        refund.refunded_at,
        account_id,
        refund.amount_minor,
        debit=LedgerAccount.RECEIVABLE,
        credit=LedgerAccount.CASH,
    )


def _entry(
    kind: str,
    reference_id: UUID,
    recorded_at: datetime,
    account_id: UUID,
    amount_minor: int,
    *,
    debit: LedgerAccount,
    credit: LedgerAccount,
) -> tuple[JournalEntry, list[Posting]]:
    entry = JournalEntry(id=uuid7(), kind=kind, reference_id=reference_id, recorded_at=recorded_at)

    def line(ledger_account: LedgerAccount, debit_minor: int, credit_minor: int) -> Posting:
        return Posting(
            entry_id=entry.id,
            ledger_account=ledger_account,
            account_id=account_id,
            debit_minor=debit_minor,
            credit_minor=credit_minor,
        )

    return entry, [line(debit, amount_minor, 0), line(credit, 0, amount_minor)]
