"""The SQL of invoices, their payments, and the fees that they charge. Never commits.

`owner` limits a statement to the invoices of one user; None is for callers who may see all invoices.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.entity import Account, Fee, Invoice, InvoiceFilter, JournalEntry, Payment, Posting
from services.common.paging import DESC, Keyset, PageRequest, Slice

_NEWEST_FIRST = Keyset("invoices", (Invoice.raised_at, DESC), (Invoice.id, DESC))


class InvoiceRepository:
    """Invoices, payments and the ledger, in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID, owner: UUID | None) -> Invoice | None:
        """Returns the invoice, to read it."""
        return await self._session.scalar(_visible(owner).where(Invoice.id == id))

    async def get_for_update(self, id: UUID, owner: UUID | None) -> Invoice | None:
        """Returns the invoice and locks it until the transaction ends."""
        return await self._session.scalar(_visible(owner).where(Invoice.id == id).with_for_update())

    async def page(self, filter: InvoiceFilter, owner: UUID | None, page: PageRequest) -> Slice[Invoice]:
        """Returns one page of the invoices that match, newest first."""
        statement = _visible(owner)
        if filter.patient_id is not None:
            statement = statement.where(Invoice.patient_id == filter.patient_id)
        if filter.status is not None:
            statement = statement.where(Invoice.status == filter.status)
        rows = (await self._session.scalars(_NEWEST_FIRST.apply(statement, page))).all()
        return _NEWEST_FIRST.page(rows, page)

    async def exists_for(self, appointment_id: UUID) -> bool:
        """Returns whether the appointment has an invoice."""
        return bool(await self._session.scalar(select(exists().where(Invoice.appointment_id == appointment_id))))

    async def fee(self, reason: str, currency: str, at: datetime) -> int | None:
        """Returns what `reason` costs at that time, in minor units, or None when the fee schedule does not say."""
        statement = (
            select(Fee.amount_minor)
            .where(Fee.reason == reason, Fee.currency == currency, Fee.valid_from <= at)
            .order_by(Fee.valid_from.desc())
            .limit(1)
        )
        return await self._session.scalar(statement)

    async def add(self, row: Invoice | Payment, entry: JournalEntry, postings: Sequence[Posting]) -> None:
        """Writes a new invoice or payment together with its entry in the ledger."""
        self._session.add_all([row, entry])
        await self._session.flush()
        self._session.add_all(postings)
        await self._session.flush()


def _visible(owner: UUID | None) -> Select[Invoice]:
    """Selects all invoices or, with an owner, those of their account."""
    statement = select(Invoice)
    if owner is None:
        return statement
    return statement.where(Invoice.account_id.in_(select(Account.id).where(Account.owner_user_id == owner)))
