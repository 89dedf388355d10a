"""The SQL of payments, and of what corrects them and invoices: refunds and credit notes. Never commits.

They are visible to whoever sees the invoice, which the caller has looked up before.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.billing.entity import (
    CREDIT_NOTE,
    INVOICE,
    PAYMENT,
    REFUND,
    CreditNote,
    Invoice,
    JournalEntry,
    Payment,
    Posting,
    Refund,
)
from services.billing.repository.journal import add_entry
from services.common.paging import ASC, Keyset, PageRequest, Slice
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork

_PAYMENTS = Keyset("payments", (PAYMENT.c.received_at, ASC), (PAYMENT.c.id, ASC))
_CREDIT_NOTES = Keyset("credit-notes", (CREDIT_NOTE.c.made_at, ASC), (CREDIT_NOTE.c.id, ASC))
_PAYMENT = Statement(
    select(PAYMENT).where(PAYMENT.c.id == bindparam("id"), PAYMENT.c.invoice_id == bindparam("invoice_id"))
)
_REFUNDS = Statement(
    select(REFUND)
    .where(REFUND.c.payment_id == any_(bindparam("payment_ids", type_=ARRAY(Uuid))))
    .order_by(REFUND.c.refunded_at, REFUND.c.id)
)


@cache
def _payments(after: bool) -> Statement:
    of_invoice = select(PAYMENT).where(PAYMENT.c.invoice_id == bindparam("invoice_id"))
    return Statement(_PAYMENTS.apply(of_invoice, after=after))


@cache
def _credit_notes(after: bool) -> Statement:
    of_invoice = select(CREDIT_NOTE).where(CREDIT_NOTE.c.invoice_id == bindparam("invoice_id"))
    return Statement(_CREDIT_NOTES.apply(of_invoice, after=after))


class CorrectionRepository:
    """Payments, refunds and credit notes, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def payment(self, id: UUID, invoice_id: UUID) -> Payment | None:
        """Returns the invoice's payment. The lock of the invoice is also the payment's."""
        return await self._uow.one(_PAYMENT, Payment, id=id, invoice_id=invoice_id)

    async def payments(self, invoice_id: UUID, page: PageRequest) -> Slice[Payment]:
        """Returns one page of the invoice's payments, oldest first."""
        values = {"invoice_id": invoice_id, **_PAYMENTS.values(page)}
        return _PAYMENTS.page(await self._uow.all(_payments(page.cursor is not None), Payment, **values), page)

    async def refunds(self, payments: Sequence[Payment]) -> Sequence[Refund]:
        """Returns the refunds of the payments, oldest first."""
        return await self._uow.all(_REFUNDS, Refund, payment_ids=[payment.id for payment in payments])

    async def credit_notes(self, invoice_id: UUID, page: PageRequest) -> Slice[CreditNote]:
        """Returns one page of the invoice's credit notes, oldest first."""
        values = {"invoice_id": invoice_id, **_CREDIT_NOTES.values(page)}
        rows = await self._uow.all(_credit_notes(page.cursor is not None), CreditNote, **values)
        return _CREDIT_NOTES.page(rows, page)

    def add_credit_note(
        self, note: CreditNote, invoice: Invoice, entry: JournalEntry, postings: Sequence[Posting]
    ) -> None:
        """Writes a new credit note together with its entry in the ledger, and the invoice, which it changes."""
        self._uow.add(CREDIT_NOTE, note)
        self._uow.change(INVOICE, invoice)
        add_entry(self._uow, entry, postings)

    def add_refund(
        self, refund: Refund, payment: Payment, invoice: Invoice, entry: JournalEntry, postings: Sequence[Posting]
    ) -> None:
        """Writes a new refund together with its entry in the ledger, and what it changes: payment and invoice."""
        self._uow.add(REFUND, refund)
        self._uow.change(PAYMENT, payment)
        self._uow.change(INVOICE, invoice)
        add_entry(self._uow, entry, postings)
