"""The use cases of invoices and payments and their rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn
from uuid import UUID

from services.billing import ledger, mapper, settlement
from services.billing.access import STAFF
from services.billing.entity import Account, Invoice, InvoiceFilter, Payment, PaymentMethod, PaymentWithRefunds, Refund
from services.billing.repository.corrections import CorrectionRepository
from services.billing.repository.invoices import InvoiceRepository
from services.billing.service.accounts import AccountService
from services.common.audit import Reading
from services.common.clock import utc_now
from services.common.identifiers import uuid7
from services.common.paging import PageRequest, Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork

RESOURCE = "invoice"
MAX_OPEN = 50


class InvoiceService:
    """Invoices and their payments, for one caller in one transaction."""

    def __init__(
        self,
        principal: Principal,
        uow: UnitOfWork,
        invoices: InvoiceRepository,
        corrections: CorrectionRepository,
        accounts: AccountService,
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._invoices = invoices
        self._corrections = corrections
        self._accounts = accounts
        self._owner = principal.owner_limit(*STAFF)

    async def list(self, filter: InvoiceFilter, page: PageRequest) -> Slice[Invoice]:
        """Returns one page of the invoices that the caller may read."""
        return await self._invoices.page(filter, self._owner, page, Reading("list", RESOURCE))

    async def list_open(self, patient_id: UUID) -> Sequence[Invoice]:
        """Returns the patient's invoices on which something is due or to be refunded, at most `MAX_OPEN`.

        Those that the caller may not read are left out.
        """
        open = InvoiceFilter(patient_id=patient_id, open=True)
        return (await self.list(open, PageRequest(limit=MAX_OPEN))).items

    async def get(self, id: UUID) -> Invoice:
        """Returns the invoice. Raises NotFound."""
        invoice = await self._invoices.get(id, self._owner, Reading("read", RESOURCE))
        if invoice is None:
            await self._not_found("read", id)
        return invoice

    async def pay(self, id: UUID, amount_minor: int, method: PaymentMethod) -> tuple[Payment, Invoice]:
        """Pays the invoice or a part of it. Raises NotFound, and Conflict when the amount is more than what is due.

        Returns the payment, and the invoice as it is after the payment.
        """
        invoice, account = await self.lock("pay", id)
        settlement.pay(invoice, amount_minor)
        payment = Payment(
            id=uuid7(),
            invoice_id=invoice.id,
            amount_minor=amount_minor,
            method=method,
            received_at=utc_now(),
            received_by=self._principal.subject,
        )
        self._accounts.change_balance(account, -amount_minor)
        self._invoices.add_payment(payment, invoice, *ledger.payment_entry(payment, account.id))
        self._uow.publish(mapper.payment_received_event(payment, invoice))
        self._uow.record("pay", RESOURCE, invoice.id, patient_id=invoice.patient_id)
        return payment, invoice

    async def payments(self, id: UUID, page: PageRequest) -> tuple[Invoice, Slice[PaymentWithRefunds]]:
        """Returns the invoice, and one page of its payments with their refunds, oldest first. Raises NotFound."""
        invoice = await self.look_up("list-payments", id)
        payments = await self._corrections.payments(id, page)
        refunds = await self._corrections.refunds(payments.items)
        return invoice, Slice(_with_refunds(payments.items, refunds), payments.next_cursor)

    async def look_up(self, action: str, id: UUID) -> Invoice:
        """Returns the invoice, and records that `action` reads what belongs to it. Raises NotFound."""
        invoice = await self._invoices.get(id, self._owner)
        if invoice is None:
            await self._not_found(action, id)
        self._uow.record(action, RESOURCE, id, patient_id=invoice.patient_id)
        return invoice

    async def lock(self, action: str, id: UUID) -> tuple[Invoice, Account]:
        """Returns the invoice and its account for `action`, locked until the transaction ends. Raises NotFound."""
        found = await self._invoices.get_for_update(id, self._owner)
        if found is None:
            await self._not_found(action, id)
        return found

    async def _not_found(self, action: str, id: UUID) -> NoReturn:
        hidden = await self._invoices.get(id, None)
        if hidden is None:
            await self._uow.not_found(action, RESOURCE)
        await self._uow.not_found(action, RESOURCE, hidden.id, patient_id=hidden.patient_id)


def _with_refunds(payments: Sequence[Payment], refunds: Sequence[Refund]) -> Sequence[PaymentWithRefunds]:
    return [
        PaymentWithRefunds(payment, [refund for refund in refunds if refund.payment_id == payment.id])
        for payment in payments
    ]
