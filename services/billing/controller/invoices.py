"""The HTTP interface of invoices and their payments."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from services.billing import mapper
from services.billing.access import ROLES
from services.billing.composition import invoice_service
from services.billing.dto import InvoiceOut, InvoiceQuery, PaymentIn, PaymentOut
from services.billing.entity import PaymentWithRefunds
from services.billing.service.invoices import InvoiceService
from services.common.dto import Page
from services.common.etags import etag, not_modified
from services.common.paging import page_of
from services.common.web.dependencies import IdempotencyKey, PageQuery, requires, service
from services.common.web.routing import router as make_router
from services.contracts.roles import Scope

router = make_router("/api/billing/invoices", tags=["billing"])
READ, WRITE = requires(Scope.BILLING_READ, roles=ROLES), requires(Scope.BILLING_WRITE, roles=ROLES)
Invoices = Annotated[InvoiceService, service(invoice_service)]


@router.get("", dependencies=[READ], summary="List invoices", response_model=Page[InvoiceOut])
async def list_invoices(query: Annotated[InvoiceQuery, Query()], invoices: Invoices) -> Response:
    """The newest invoice comes first. A PATIENT sees only their own invoices."""
    return page_of(await invoices.list(mapper.invoice_filter(query), query), mapper.invoice_out)


@router.get("/{id}", dependencies=[READ], summary="Read an invoice", response_model=InvoiceOut)
async def get_invoice(id: UUID, invoices: Invoices, request: Request, response: Response) -> InvoiceOut | Response:
    """404 when the invoice does not exist or is somebody else's."""
    invoice = await invoices.get(id)
    tag = response.headers["ETag"] = etag(invoice.version)
    return not_modified(request, tag) or mapper.invoice_out(invoice)


@router.get(
    "/{id}/payments", dependencies=[READ], summary="List an invoice's payments", response_model=Page[PaymentOut]
)
async def list_payments(id: UUID, page: PageQuery, invoices: Invoices) -> Response:
    """The oldest payment comes first, each with its refunds."""
    invoice, payments = await invoices.payments(id, page)
    return page_of(payments, lambda found: mapper.payment_out(found, invoice.currency))


@router.post("/{id}/payments", status_code=201, dependencies=[WRITE, IdempotencyKey], summary="Pay an invoice")
async def pay_invoice(id: UUID, body: PaymentIn, invoices: Invoices) -> PaymentOut:
    """Pays the whole invoice or a part of it. 409 when the amount is more than what is due."""
    payment, invoice = await invoices.pay(id, body.amount_minor, body.method)
    return mapper.payment_out(PaymentWithRefunds(payment, ()), invoice.currency)
