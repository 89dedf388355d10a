"""Double entry: what each business event debits and credits. Pure.

An invoice debits RECEIVABLE and credits REVENUE; a payment debits CASH and credits RECEIVABLE. The database refuses an
entry whose debits differ from its credits, and any change of an entry.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.billing.entity import Invoice, JournalEntry, LedgerAccount, Payment, Posting
from services.common.identifiers import uuid7


def invoice_entry(invoice: Invoice) -> tuple[JournalEntry, list[Posting]]:
    """The patient owes it from now on."""
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
    """The patient owes that much less."""
    return _entry(
        "PAYMENT",
        payment.id,
        payment.received_at,
        account_id,
        payment.amount_minor,
        debit=LedgerAccount.CASH,
        credit=LedgerAccount.RECEIVABLE,
    )


def _entry(
    kind: str,
    reference: UUID,
    at: datetime,
    account: UUID,
    amount: int,
    *,
    debit: LedgerAccount,
    credit: LedgerAccount,
) -> tuple[JournalEntry, list[Posting]]:
    entry = JournalEntry(id=uuid7(), kind=kind, reference_id=reference, recorded_at=at)

    def line(ledger_account: LedgerAccount, debit_minor: int, credit_minor: int) -> Posting:
        return Posting(
            entry_id=entry.id,
            ledger_account=ledger_account,
            account_id=account,
            debit_minor=debit_minor,
            credit_minor=credit_minor,
        )

    return entry, [line(debit, amount, 0), line(credit, 0, amount)]
