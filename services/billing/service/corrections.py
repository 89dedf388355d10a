"""The use cases that correct invoices and payments: void, credit note and refund."""

from __future__ import annotations

from uuid import UUID

from services.billing import ledger, mapper, settlement
from services.billing.entity import Account, CreditKind, CreditNote, Invoice, Refund
from services.billing.repository.corrections import CorrectionRepository
from services.billing.repository.invoices import InvoiceRepository
from services.billing.service.accounts import AccountService
from services.billing.service.invoices import RESOURCE, InvoiceService
from services.common.clock import utc_now
from services.common.errors import Forbidden
from services.common.etags import Condition
from services.common.identifiers import uuid7
from services.common.paging import PageRequest, Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork

REOPENED = "The visit was reopened."
"""The reason for the credit note that follows from it."""


class CorrectionService:
    """Corrections of invoices and payments, for one caller in one transaction.

    Nothing that is written in the ledger is changed: a correction is a new entry.
    """

    def __init__(
        self,
        principal: Principal,
        uow: UnitOfWork,
        invoices: InvoiceService,
        rows: InvoiceRepository,
        corrections: CorrectionRepository,
        accounts: AccountService,
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._invoices = invoices
        self._rows = rows
        self._corrections = corrections
        self._accounts = accounts

    async def void(self, id: UUID, reason: str, condition: Condition) -> Invoice:
        """Takes back an invoice as a whole.

        Raises NotFound, PreconditionFailed, Forbidden, and Conflict when it was ever paid.
        """
        invoice, account = await self._lock("void", id)
        condition.check(invoice.version)
        self._credit(invoice, account, CreditKind.VOID, invoice.total_minor, reason)
        self._uow.record("void", RESOURCE, id, patient_id=invoice.patient_id)
        return invoice

    async def credit(self, id: UUID, amount_minor: int, reason: str) -> tuple[CreditNote, Invoice]:
        """Takes back a part or all of an invoice. Raises NotFound, Forbidden, and Conflict when it is more than that.

        What was paid for that part is to be refunded. Returns the credit note, and the invoice as it is afterwards.
        """
        invoice, account = await self._lock("credit", id)
        note = self._credit(invoice, account, CreditKind.CREDIT_NOTE, amount_minor, reason)
        self._uow.record("credit", RESOURCE, id, patient_id=invoice.patient_id)
        return note, invoice

    async def refund(self, id: UUID, payment_id: UUID, amount_minor: int, reason: str) -> tuple[Refund, Invoice]:
        """Pays back a part or all of a payment. Raises NotFound, Forbidden, and Conflict when it is more than is left.

        What is not credited is due again. Returns the refund, and the invoice as it is afterwards.
        """
        invoice, account = await self._lock("refund", id)
        payment = await self._corrections.payment(payment_id, id)
        if payment is None:
            await self._uow.not_found("refund", "payment")
        settlement.refund(invoice, payment, amount_minor)
        refund = Refund(
            id=uuid7(),
            payment_id=payment.id,
            invoice_id=invoice.id,
            amount_minor=amount_minor,
            reason=reason,
            refunded_at=utc_now(),
            refunded_by=self._principal.subject,
        )
        self._accounts.change_balance(account, amount_minor)
        self._corrections.add_refund(refund, payment, invoice, *ledger.refund_entry(refund, account.id))
        self._uow.publish(mapper.payment_refunded_event(refund, invoice))
        self._uow.record("refund", RESOURCE, id, patient_id=invoice.patient_id)
        return refund, invoice

    async def credit_notes(self, id: UUID, page: PageRequest) -> tuple[Invoice, Slice[CreditNote]]:
        """Returns the invoice, and one page of its credit notes, oldest first. Raises NotFound."""
        invoice = await self._invoices.look_up("list-credit-notes", id)
        return invoice, await self._corrections.credit_notes(id, page)

    async def reverse(self, appointment_id: UUID, version: int) -> None:
        """Takes back the invoice that an earlier version of the appointment caused. A second call changes nothing.

        An invoice that was ever paid is credited as a whole, so that the payments are to be refunded.
        """
        found = await self._rows.get_earlier_for_update(appointment_id, version)
        if found is None:
            return
        invoice, account = found
        invoice.reversed_at = utc_now()
        if invoice.total_minor:
            kind = CreditKind.VOID if settlement.was_never_paid(invoice) else CreditKind.CREDIT_NOTE
            self._credit(invoice, account, kind, invoice.total_minor, REOPENED)
        else:  # staff have taken it back already
            self._rows.change(invoice)
        self._uow.record("reverse", RESOURCE, invoice.id, patient_id=invoice.patient_id)
        await self._uow.flush_changes()

    async def _lock(self, action: str, id: UUID) -> tuple[Invoice, Account]:
        """Returns the invoice and its account, locked. Raises NotFound, and Forbidden for the caller's own invoice."""
        invoice, account = await self._invoices.lock(action, id)
        if self._principal.owns(account.owner_user_id):
            await self._uow.record_denial(action, RESOURCE, id, patient_id=invoice.patient_id)
            raise Forbidden("own-invoice", "Somebody else must correct your own invoice.")
        return invoice, account

    def _credit(
        self, invoice: Invoice, account: Account, kind: CreditKind, amount_minor: int, reason: str
    ) -> CreditNote:
        settlement.credit(invoice, amount_minor, kind)
        note = CreditNote(
            id=uuid7(),
            invoice_id=invoice.id,
            kind=kind.value,
            amount_minor=amount_minor,
            reason=reason,
            made_at=utc_now(),
            made_by=self._principal.subject,
        )
        self._accounts.change_balance(account, -amount_minor)
        self._corrections.add_credit_note(note, invoice, *ledger.credit_entry(note, account.id))
        self._uow.publish(mapper.invoice_credited_event(note, invoice))
        return note
