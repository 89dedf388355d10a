"""REST of the billing service."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from services.billing import mapper
from services.billing.dto import AccountOut, InvoiceOut, InvoiceQuery, NewPayment, PaymentOut
from services.billing.repository import BillingRepository
from services.billing.service import BillingService
from services.common.dto import Page
from services.common.etags import etag, not_modified
from services.common.web.dependencies import CurrentPrincipal, IdempotencyKey, Uow, requires
from services.common.web.routing import router as make_router
from services.contracts.roles import Role, Scope

router = make_router("/api/billing", tags=["billing"])

_ROLES = (Role.STAFF, Role.ADMIN, Role.PATIENT)
_READ = requires(Scope.BILLING_READ, roles=_ROLES)
_WRITE = requires(Scope.BILLING_WRITE, roles=_ROLES)


async def _billing(uow: Uow) -> BillingService:
    return BillingService(BillingRepository(uow.session), uow)


Billing = Annotated[BillingService, Depends(_billing)]


@router.get("/accounts/{patientId}", dependencies=[_READ], response_model=AccountOut)
async def get_account(
    patientId: UUID,
    principal: CurrentPrincipal,
    billing: Billing,
    request: Request,
    response: Response,
) -> AccountOut | Response:
    """What a patient owes."""
    account = await billing.account(principal, patientId)
    tag = etag(account.version)
    response.headers["ETag"] = tag
    return not_modified(request, tag) or mapper.to_account(account)


@router.get("/invoices", dependencies=[_READ])
async def list_invoices(
    query: Annotated[InvoiceQuery, Query()], principal: CurrentPrincipal, billing: Billing
) -> Page[InvoiceOut]:
    """Invoices, newest first; a patient sees their own."""
    found = await billing.invoices(principal, query)
    return Page(items=[mapper.to_invoice(invoice) for invoice in found.items], next_cursor=found.next_cursor)


@router.get("/invoices/{id}", dependencies=[_READ], response_model=InvoiceOut)
async def get_invoice(
    id: UUID, principal: CurrentPrincipal, billing: Billing, request: Request, response: Response
) -> InvoiceOut | Response:
    """One invoice."""
    invoice = await billing.invoice(principal, id)
    tag = etag(invoice.version)
    response.headers["ETag"] = tag
    return not_modified(request, tag) or mapper.to_invoice(invoice)


@router.post("/invoices/{id}/payments", status_code=201, dependencies=[_WRITE, IdempotencyKey])
async def pay_invoice(id: UUID, body: NewPayment, principal: CurrentPrincipal, billing: Billing) -> PaymentOut:
    """Takes a payment for what is due; 409 when it is more than that."""
    payment, invoice = await billing.pay(principal, id, body.amount_minor, body.method)
    return mapper.to_payment(payment, invoice)
