"""The HTTP interface of corrections: void invoices, credit notes and refunds. Only STAFF and ADMIN make them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.billing import mapper
from services.billing.access import ROLES, STAFF
from services.billing.composition import correction_service
from services.billing.dto import CreditNoteIn, CreditNoteOut, InvoiceOut, RefundIn, RefundOut, VoidIn
from services.billing.service.corrections import CorrectionService
from services.common.dto import Page
from services.common.etags import etag
from services.common.paging import page_of
from services.common.web.dependencies import IdempotencyKey, IfMatch, PageQuery, requires, service
from services.common.web.routing import router as make_router
from services.contracts.roles import Scope

router = make_router("/api/billing/invoices", tags=["billing"])
READ, CORRECT = requires(Scope.BILLING_READ, roles=ROLES), requires(Scope.BILLING_WRITE, roles=STAFF)
Corrections = Annotated[CorrectionService, service(correction_service)]
PaymentId = Annotated[UUID, Path(alias="paymentId")]


@router.post("/{id}/void", dependencies=[CORRECT, IdempotencyKey], summary="Void an invoice")
async def void_invoice(
    id: UUID, body: VoidIn, condition: IfMatch, corrections: Corrections, response: Response
) -> InvoiceOut:
    """Takes back an invoice that was a mistake. 409 when it was ever paid: then a credit note takes it back."""
    invoice = await corrections.void(id, body.reason, condition)
    response.headers["ETag"] = etag(invoice.version)
    return mapper.invoice_out(invoice)


@router.get(
    "/{id}/credit-notes",
    dependencies=[READ],
    summary="List an invoice's credit notes",
    response_model=Page[CreditNoteOut],
)
async def list_credit_notes(id: UUID, page: PageQuery, corrections: Corrections) -> Response:
    """The oldest comes first. The voiding of an invoice is one of the kind VOID."""
    invoice, notes = await corrections.credit_notes(id, page)
    return page_of(notes, lambda note: mapper.credit_note_out(note, invoice.currency))


@router.post("/{id}/credit-notes", status_code=201, dependencies=[CORRECT, IdempotencyKey], summary="Credit an invoice")
async def credit_invoice(id: UUID, body: CreditNoteIn, corrections: Corrections) -> CreditNoteOut:
    """Takes back a part or all of what is invoiced. 409 when the amount is more than that.

    If more was paid than is then invoiced, the invoice is REFUND_DUE until a refund.
    """
    note, invoice = await corrections.credit(id, body.amount_minor, body.reason)
    return mapper.credit_note_out(note, invoice.currency)


@router.post(
    "/{id}/payments/{paymentId}/refunds",
    status_code=201,
    dependencies=[CORRECT, IdempotencyKey],
    summary="Refund a payment",
)
async def refund_payment(id: UUID, payment_id: PaymentId, body: RefundIn, corrections: Corrections) -> RefundOut:
    """Records that a part or all of a payment was paid back. 409 when the amount is more than what is left of it.

    What is refunded without a credit note is due again.
    """
    refund, invoice = await corrections.refund(id, payment_id, body.amount_minor, body.reason)
    return mapper.refund_out(refund, invoice.currency)
