"""The SQL of invoices, their payments, and the fees that they charge. Never commits.

`owner` limits a statement to the invoices of one user; None is for callers who may see all invoices.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, and_, any_, bindparam, exists, or_, select

from services.billing.entity import (
    ACCOUNT,
    FEE,
    INVOICE,
    PAYMENT,
    Account,
    Invoice,
    InvoiceFilter,
    JournalEntry,
    Payment,
    Posting,
)
from services.billing.repository.journal import add_entry
from services.common.audit import Reading
from services.common.paging import DESC, Keyset, PageRequest, Slice
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork

_NEWEST_FIRST = Keyset("invoices", (INVOICE.c.raised_at, DESC), (INVOICE.c.id, DESC))
_OWNER = bindparam("owner", type_=ACCOUNT.c.owner_user_id.type)
_OWNERS = select(ACCOUNT.c.id).where(ACCOUNT.c.owner_user_id == _OWNER)
_ID = INVOICE.c.id == bindparam("id")
_VISIBLE = or_(_OWNER.is_(None), INVOICE.c.account_id.in_(_OWNERS))
_BY_ID = Statement(select(INVOICE).where(_ID, _VISIBLE), patient="patient_id")
# PostgreSQL locks the rows in the order of `of`: the invoice, then its account.
_WITH_ACCOUNT = (
    select(INVOICE, ACCOUNT)
    .join_from(INVOICE, ACCOUNT, ACCOUNT.c.id == INVOICE.c.account_id)
    .with_for_update(of=[INVOICE, ACCOUNT])
)
_LOCKED = Statement(_WITH_ACCOUNT.where(_ID, _VISIBLE))
_OF_APPOINTMENT = and_(INVOICE.c.appointment_id == bindparam("appointment_id"), INVOICE.c.reversed_at.is_(None))
_EARLIER = Statement(_WITH_ACCOUNT.where(_OF_APPOINTMENT, INVOICE.c.appointment_version < bindparam("version")))
_FEE = (
    select(FEE.c.amount_minor)
    .where(
        FEE.c.reason == bindparam("reason"),
        FEE.c.currency == bindparam("currency"),
        FEE.c.valid_from <= bindparam("at"),
    )
    .order_by(FEE.c.valid_from.desc())
    .limit(1)
)
_CHARGED_AND_FEE = Statement(select(exists().where(_OF_APPOINTMENT), _FEE.scalar_subquery()))


@cache
def _list(owned: bool, of_patient: bool, of_status: bool, of_statuses: bool, open: bool, after: bool) -> Statement:
    """Returns the statement for a page. Conditions that are not asked for are left out, so each has its index."""
    statement: Select[Any] = select(INVOICE)
    if owned:
        statement = statement.where(INVOICE.c.account_id.in_(_OWNERS))
    if of_patient:
        statement = statement.where(INVOICE.c.patient_id == bindparam("patient_id"))
    if of_status:
        statement = statement.where(INVOICE.c.status == bindparam("status"))
    if of_statuses:
        statement = statement.where(INVOICE.c.status == any_(bindparam("statuses", type_=ARRAY(Text))))
    if open:
        statement = statement.where(INVOICE.c.total_minor != INVOICE.c.paid_minor)
    return Statement(_NEWEST_FIRST.apply(statement, after=after), patient="patient_id")


class InvoiceRepository:
    """Invoices and new payments, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def get(self, id: UUID, owner: UUID | None, reading: Reading | None = None) -> Invoice | None:
        """Returns the invoice, to read it."""
        return await self._uow.one(_BY_ID, Invoice, reading, id=id, owner=owner)

    async def get_for_update(self, id: UUID, owner: UUID | None) -> tuple[Invoice, Account] | None:
        """Returns the invoice and its account, and locks both until the transaction ends."""
        return await self._uow.one(_LOCKED, _with_account, id=id, owner=owner)

    async def get_earlier_for_update(self, appointment_id: UUID, version: int) -> tuple[Invoice, Account] | None:
        """Returns the appointment's invoice that an earlier version of it caused, and its account, and locks both.

        An invoice that is reversed does not count.
        """
        return await self._uow.one(_EARLIER, _with_account, appointment_id=appointment_id, version=version)

    async def page(
        self, filter: InvoiceFilter, owner: UUID | None, page: PageRequest, reading: Reading
    ) -> Slice[Invoice]:
        """Returns one page of the invoices that match, newest first."""
        # One state has an index in the order of the list. Several are a condition on what the other indexes find.
        several = len(filter.statuses) > 1
        values = {
            "owner": owner,
            "patient_id": filter.patient_id,
            "status": filter.statuses[0] if filter.statuses and not several else None,
            "statuses": list(filter.statuses) if several else None,
        }
        given = (value is not None for value in values.values())
        statement = _list(*given, filter.open, page.cursor is not None)
        values |= _NEWEST_FIRST.values(page)
        return _NEWEST_FIRST.page(await self._uow.page(statement, Invoice, reading, page.limit, **values), page)

    async def charged_and_fee(
        self, appointment_id: UUID, reason: str, currency: str, at: datetime
    ) -> tuple[bool, int | None]:
        """Returns whether the appointment has an invoice that is not reversed, and what `reason` costs at that time.

        The fee is in minor units, or None when the fee schedule does not say.
        """
        values: dict[str, Any] = {"appointment_id": appointment_id, "reason": reason, "currency": currency, "at": at}
        found = await self._uow.one(_CHARGED_AND_FEE, lambda *row: row, **values)
        assert found is not None  # a SELECT without a table has one row
        return found

    def add(self, invoice: Invoice, entry: JournalEntry, postings: Sequence[Posting]) -> None:
        """Writes a new invoice together with its entry in the ledger."""
        self._uow.add(INVOICE, invoice)
        add_entry(self._uow, entry, postings)

    def change(self, invoice: Invoice) -> None:
        """Writes a changed invoice."""
        self._uow.change(INVOICE, invoice)

    def add_payment(self, payment: Payment, invoice: Invoice, entry: JournalEntry, postings: Sequence[Posting]) -> None:
        """Writes a new payment together with its entry in the ledger, and the invoice, which it changes."""
        self._uow.add(PAYMENT, payment)
        self._uow.change(INVOICE, invoice)
        add_entry(self._uow, entry, postings)


def _with_account(*row: Any) -> tuple[Invoice, Account]:
    columns = len(INVOICE.c)
    return Invoice(*row[:columns]), Account(*row[columns:])
