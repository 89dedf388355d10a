"""The rules of billing."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn
from uuid import UUID

from services.billing import ledger, mapper
from services.billing.dto import InvoiceQuery
from services.billing.entity import Account, Invoice, Payment, PaymentMethod
from services.billing.repository import BillingRepository
from services.common.clock import utc_now
from services.common.errors import Conflict, NotFound, PoisonMessage
from services.common.identifiers import uuid7
from services.common.paging import Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.events import InvoiceReason, InvoiceStatus
from services.contracts.roles import Role


def visible_to(principal: Principal) -> UUID | None:
    """Whose records the caller may see: None is everybody's."""
    return None if principal.has(Role.ADMIN, Role.STAFF) else principal.subject


class BillingService:
    """Accounts, invoices and payments in one unit of work."""

    def __init__(self, repository: BillingRepository, uow: UnitOfWork) -> None:
        self._repository = repository
        self._uow = uow

    async def open_account(self, patient_id: UUID, owner: UUID | None, currency: str) -> tuple[Account, bool]:
        """The patient's account and whether it is new. Any number of calls, in any order, open exactly one.

        An owner who becomes known later, or changes, is written into the account there is.
        """
        account = await self._repository.open_account(
            Account(
                id=uuid7(),
                patient_id=patient_id,
                owner_user_id=owner,
                currency=currency,
                balance_minor=0,
                version=1,
                opened_at=utc_now(),
            )
        )
        if account is not None:
            self._uow.publish(mapper.account_opened(account))
            self._uow.record("open", "account", account.id, patient_id=patient_id)
            return account, True
        account = await self._repository.account_locked(patient_id)
        assert account is not None  # accounts are never deleted
        if owner is not None:
            account.owner_user_id = owner
        return account, False

    async def account(self, principal: Principal, patient_id: UUID) -> Account:
        """Raises NotFound for somebody else's account as for none."""
        account = await self._repository.account(patient_id, visible_to(principal))
        if account is None:
            await self._not_found("read", "account", await self._repository.account(patient_id))
        self._uow.record("read", "account", account.id, patient_id=patient_id)
        return account

    async def invoices(self, principal: Principal, query: InvoiceQuery) -> Slice[Invoice]:
        """The caller's part of the list."""
        found = await self._repository.invoices(query, visible_to(principal))
        self._uow.record("list", "invoice", patient_ids=[invoice.patient_id for invoice in found.items])
        return found

    async def invoice(self, principal: Principal, id: UUID) -> Invoice:
        """Raises NotFound for somebody else's invoice as for none."""
        invoice = await self._repository.invoice(id, visible_to(principal))
        if invoice is None:
            await self._not_found("read", "invoice", await self._repository.invoice(id))
        self._uow.record("read", "invoice", id, patient_id=invoice.patient_id)
        return invoice

    async def charge(
        self, reason: InvoiceReason, appointment_id: UUID, patient_id: UUID, at: datetime, currency: str
    ) -> None:
        """Raises the appointment's invoice, at the price of the day of the visit. A second call changes nothing."""
        await self.open_account(patient_id, None, currency)
        account = await self._repository.account_locked(patient_id)
        assert account is not None
        if await self._repository.invoiced(appointment_id):  # the lock above lets only one of two calls get here
            return
        total = await self._repository.fee(reason, account.currency, at)
        if total is None:
            raise PoisonMessage(f"the fee schedule has no {reason} in {account.currency}")
        invoice = Invoice(
            id=uuid7(),
            account_id=account.id,
            patient_id=patient_id,
            appointment_id=appointment_id,
            reason=reason,
            currency=account.currency,
            total_minor=total,
            paid_minor=0,
            status=InvoiceStatus.OPEN,
            version=1,
            raised_at=utc_now(),
        )
        account.balance_minor += total
        account.version += 1
        await self._repository.add(invoice, *ledger.invoice_entry(invoice))
        self._uow.publish(mapper.invoice_raised(invoice))
        self._uow.record("raise", "invoice", invoice.id, patient_id=patient_id)

    async def pay(
        self, principal: Principal, invoice_id: UUID, amount_minor: int, method: PaymentMethod
    ) -> tuple[Payment, Invoice]:
        """Takes a payment, whole or in part. Raises NotFound, and Conflict when it is more than what is due."""
        invoice = await self._repository.invoice_locked(invoice_id, visible_to(principal))
        if invoice is None:
            await self._not_found("pay", "invoice", await self._repository.invoice(invoice_id))
        if amount_minor > invoice.due_minor:
            raise Conflict("overpayment", "The payment is more than what is due.", due_minor=invoice.due_minor)
        payment = Payment(
            id=uuid7(),
            invoice_id=invoice.id,
            amount_minor=amount_minor,
            method=method,
            received_at=utc_now(),
            received_by=principal.subject,
        )
        invoice.paid_minor += amount_minor
        invoice.status = InvoiceStatus.PARTIALLY_PAID if invoice.due_minor else InvoiceStatus.PAID
        invoice.version += 1
        account = await self._repository.account_locked(invoice.patient_id)
        assert account is not None
        account.balance_minor -= amount_minor
        account.version += 1
        await self._repository.add(payment, *ledger.payment_entry(payment, account.id))
        self._uow.publish(mapper.payment_received(payment, invoice))
        self._uow.record("pay", "invoice", invoice.id, patient_id=invoice.patient_id)
        return payment, invoice

    async def _not_found(self, action: str, resource: str, hidden: Account | Invoice | None) -> NoReturn:
        if hidden is None:
            raise NotFound(resource)
        await self._uow.not_found(action, resource, hidden.id, patient_id=hidden.patient_id)
