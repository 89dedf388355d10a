"""The SQL of the billing service. Never commits.

`owner` limits a statement to the records of one user; None is for callers who may see all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.dto import InvoiceQuery
from services.billing.entity import Account, Fee, Invoice, JournalEntry, Payment, Posting
from services.common.paging import DESC, Keyset, Slice

_NEWEST_FIRST = Keyset("invoices", (Invoice.raised_at, DESC), (Invoice.id, DESC))


class BillingRepository:
    """Accounts, invoices, payments and the ledger in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open_account(self, account: Account) -> Account | None:
        """Writes a new account; None when the patient has one, however many callers try at once."""
        values = {column.key: getattr(account, column.key) for column in Account.__table__.columns}
        statement = insert(Account).values(values).on_conflict_do_nothing(index_elements=["patient_id"])
        return await self._session.scalar(statement.returning(Account))

    async def account(self, patient_id: UUID, owner: UUID | None = None) -> Account | None:
        """The patient's account, to read."""
        return await self._session.scalar(_accounts(patient_id, owner))

    async def account_locked(self, patient_id: UUID) -> Account | None:
        """The patient's account, to change."""
        return await self._session.scalar(_accounts(patient_id, None).with_for_update())

    async def fee(self, reason: str, currency: str, at: datetime) -> int | None:
        """What `reason` costs at a moment, in minor units."""
        statement = (
            select(Fee.amount_minor)
            .where(Fee.reason == reason, Fee.currency == currency, Fee.valid_from <= at)
            .order_by(Fee.valid_from.desc())
            .limit(1)
        )
        return await self._session.scalar(statement)

    async def invoice(self, id: UUID, owner: UUID | None = None) -> Invoice | None:
        """An invoice, to read."""
        return await self._session.scalar(_invoices(owner).where(Invoice.id == id))

    async def invoice_locked(self, id: UUID, owner: UUID | None) -> Invoice | None:
        """An invoice, to change."""
        return await self._session.scalar(_invoices(owner).where(Invoice.id == id).with_for_update())

    async def invoiced(self, appointment_id: UUID) -> bool:
        """Whether the appointment has its invoice already."""
        return bool(await self._session.scalar(select(exists().where(Invoice.appointment_id == appointment_id))))

    async def invoices(self, query: InvoiceQuery, owner: UUID | None) -> Slice[Invoice]:
        """A page of invoices, newest first."""
        statement = _invoices(owner)
        if query.patient_id is not None:
            statement = statement.where(Invoice.patient_id == query.patient_id)
        if query.status is not None:
            statement = statement.where(Invoice.status == query.status)
        rows = (await self._session.scalars(_NEWEST_FIRST.apply(statement, query))).all()
        return _NEWEST_FIRST.page(rows, query)

    async def add(self, row: Invoice | Payment, entry: JournalEntry, postings: Sequence[Posting]) -> None:
        """Writes an invoice or a payment together with its entry in the ledger."""
        self._session.add_all([row, entry])
        await self._session.flush()
        self._session.add_all(postings)
        await self._session.flush()


def _accounts(patient_id: UUID, owner: UUID | None) -> Select[Account]:
    statement = select(Account).where(Account.patient_id == patient_id)
    return statement if owner is None else statement.where(Account.owner_user_id == owner)


def _invoices(owner: UUID | None) -> Select[Invoice]:
    statement = select(Invoice)
    if owner is None:
        return statement
    return statement.where(Invoice.account_id.in_(select(Account.id).where(Account.owner_user_id == owner)))
