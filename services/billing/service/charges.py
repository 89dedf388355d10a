"""The use cases that follow from what becomes of an appointment: it is charged, or what was charged is taken back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.billing import ledger, mapper
from services.billing.entity import Account, Invoice
from services.billing.repository.invoices import InvoiceRepository
from services.billing.service.accounts import AccountService
from services.billing.service.corrections import CorrectionService
from services.billing.service.invoices import RESOURCE
from services.common.clock import utc_now
from services.common.errors import PoisonMessage
from services.common.identifiers import uuid7
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.events import InvoiceReason, InvoiceStatus


class ChargeService:
    """Charges for appointments, for one caller in one transaction."""

    def __init__(
        self,
        principal: Principal,
        uow: UnitOfWork,
        invoices: InvoiceRepository,
        accounts: AccountService,
        corrections: CorrectionService,
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._invoices = invoices
        self._accounts = accounts
        self._corrections = corrections

    async def charge_cancellation(
        self, appointment_id: UUID, patient_id: UUID, at: datetime, version: int, *, late: bool
    ) -> None:
        """Charges a late cancellation, like `charge`. A cancellation in time costs nothing."""
        if late:
            await self.charge(InvoiceReason.LATE_CANCELLATION, appointment_id, patient_id, at, version)

    async def charge(
        self, reason: InvoiceReason, appointment_id: UUID, patient_id: UUID, at: datetime, version: int
    ) -> None:
        """Creates the appointment's invoice, with the fee at the time of the visit. A second call changes nothing.

        `version` is that of the appointment. An invoice that an earlier version of it has caused is taken back first:
        the visit must have been reopened since then. Raises PoisonMessage when the fee schedule has no such fee.
        """
        await self._corrections.reverse(appointment_id, version)
        # The account stays locked, so of two calls for one appointment the second sees the invoice of the first.
        account = await self._accounts.lock(patient_id)
        charged, total = await self._invoices.charged_and_fee(appointment_id, reason, account.currency, at)
        if charged:
            return
        if total is None:
            raise PoisonMessage(f"the fee schedule has no {reason} in {account.currency}")
        invoice = _new_invoice(account, appointment_id, reason, total, version)
        self._accounts.change_balance(account, total)
        self._invoices.add(invoice, *ledger.invoice_entry(invoice))
        self._uow.publish(mapper.invoice_raised_event(invoice))
        self._uow.record("raise", RESOURCE, invoice.id, patient_id=patient_id)

    async def take_back(self, appointment_id: UUID, version: int) -> None:
        """Takes back what was charged for an appointment, which its version `version` has reopened."""
        await self._corrections.reverse(appointment_id, version)


def _new_invoice(
    account: Account, appointment_id: UUID, reason: InvoiceReason, total_minor: int, appointment_version: int
) -> Invoice:
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
        appointment_version=appointment_version,
    )
