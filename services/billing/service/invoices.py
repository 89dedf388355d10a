"""The use cases of invoices and payments and their rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from services.billing import ledger, mapper
from services.billing.access import STAFF
from services.billing.entity import Account, Invoice, InvoiceFilter, Payment, PaymentMethod
from services.billing.repository.invoices import InvoiceRepository
from services.billing.service.accounts import AccountService
from services.common.audit import Reading
from services.common.clock import utc_now
from services.common.errors import Conflict, PoisonMessage
from services.common.identifiers import uuid7
from services.common.paging import PageRequest, Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.events import InvoiceReason, InvoiceStatus

RESOURCE = "invoice"
MAX_OPEN = 50


class InvoiceService:
    """Invoices and their payments, for one caller in one transaction."""

    def __init__(
        self, principal: Principal, uow: UnitOfWork, invoices: InvoiceRepository, accounts: AccountService
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._invoices = invoices
        self._accounts = accounts
        self._owner = principal.owner_limit(*STAFF)

    async def list(self, filter: InvoiceFilter, page: PageRequest) -> Slice[Invoice]:
        """Returns one page of the invoices that the caller may read."""
        return await self._invoices.page(filter, self._owner, page, Reading("list", RESOURCE))

    async def list_open(self, patient_id: UUID) -> Sequence[Invoice]:
        """Returns the patient's invoices that are not paid and that the caller may read, at most `MAX_OPEN`."""
        unpaid = InvoiceFilter(patient_id=patient_id, unpaid=True)
        return (await self.list(unpaid, PageRequest(limit=MAX_OPEN))).items

    async def get(self, id: UUID) -> Invoice:
        """Returns the invoice. Raises NotFound."""
        invoice = await self._invoices.get(id, self._owner, Reading("read", RESOURCE))
        if invoice is None:
            await self._not_found("read", id)
        return invoice

    async def charge_cancellation(self, appointment_id: UUID, patient_id: UUID, at: datetime, *, late: bool) -> None:
        """Charges a late cancellation, like `charge`. A cancellation in time costs nothing."""
        if late:
            await self.charge(InvoiceReason.LATE_CANCELLATION, appointment_id, patient_id, at)

    async def charge(self, reason: InvoiceReason, appointment_id: UUID, patient_id: UUID, at: datetime) -> None:
        """Creates the appointment's invoice, with the fee at the time of the visit. A second call changes nothing.

        Raises PoisonMessage when the fee schedule has no such fee.
        """
        # The account stays locked, so of two calls for one appointment the second sees the invoice of the first.
        account = await self._accounts.lock(patient_id)
        charged, total = await self._invoices.charged_and_fee(appointment_id, reason, account.currency, at)
        if charged:
            return
        if total is None:
            raise PoisonMessage(f"the fee schedule has no {reason} in {account.currency}")
        invoice = _new_invoice(account, appointment_id, reason, total)
        self._accounts.change_balance(account, total)
        self._invoices.add(invoice, *ledger.invoice_entry(invoice))
        self._uow.publish(mapper.invoice_raised_event(invoice))
        self._uow.record("raise", RESOURCE, invoice.id, patient_id=patient_id)

    async def pay(self, id: UUID, amount_minor: int, method: PaymentMethod) -> tuple[Payment, Invoice]:
        """Pays the invoice or a part of it. Raises NotFound, and Conflict when the amount is more than what is due.

        Returns the payment, and the invoice as it is after the payment.
        """
        found = await self._invoices.get_for_update(id, self._owner)
        if found is None:
            await self._not_found("pay", id)
        invoice, account = found
        if amount_minor > invoice.due_minor:
            raise Conflict("overpayment", "The payment is more than what is due.", due_minor=invoice.due_minor)
        payment = Payment(
            id=uuid7(),
            invoice_id=invoice.id,
            amount_minor=amount_minor,
            method=method,
            received_at=utc_now(),
            received_by=self._principal.subject,
        )
        invoice.paid_minor += amount_minor
        invoice.status = InvoiceStatus.PARTIALLY_PAID if invoice.due_minor else InvoiceStatus.PAID
        invoice.version += 1
        self._accounts.change_balance(account, -amount_minor)
        self._invoices.add_payment(payment, invoice, *ledger.payment_entry(payment, account.id))
        self._uow.publish(mapper.payment_received_event(payment, invoice))
        self._uow.record("pay", RESOURCE, invoice.id, patient_id=invoice.patient_id)
        return payment, invoice

    async def _not_found(self, action: str, id: UUID) -> NoReturn:
        hidden = await self._invoices.get(id, None)
        if hidden is None:
            await self._uow.not_found(action, RESOURCE)
        await self._uow.not_found(action, RESOURCE, hidden.id, patient_id=hidden.patient_id)


def _new_invoice(account: Account, appointment_id: UUID, reason: InvoiceReason, total_minor: int) -> Invoice:
    return Invoice(
        id=uuid7(),
        account_id=account.id,
        patient_id=account.patient_id,
        appointment_id=appointment_id,
        reason=reason,
        currency=account.currency,
        total_minor=total_minor,
        paid_minor=0,
        status=InvoiceStatus.OPEN,
        version=1,
        raised_at=utc_now(),
    )
