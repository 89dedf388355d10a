"""What becomes of an invoice by payments, credit notes and refunds, and which of them it allows.

`total_minor` is what is invoiced less what was credited, and `paid_minor` what was paid less what was refunded. So
their difference is always what is due, and below zero what the clinic owes. The functions need neither database nor
clock.
"""

from __future__ import annotations

from services.billing.entity import CreditKind, Invoice, Payment
from services.common.errors import Conflict
from services.contracts.events import InvoiceStatus


def status_of(total_minor: int, paid_minor: int, refunded_minor: int) -> InvoiceStatus:
    """Returns the state of an invoice that is not void."""
    if paid_minor > total_minor:
        return InvoiceStatus.REFUND_DUE
    if paid_minor < total_minor:
        return InvoiceStatus.PARTIALLY_PAID if paid_minor else InvoiceStatus.OPEN
    if total_minor:
        return InvoiceStatus.PAID
    return InvoiceStatus.REFUNDED if refunded_minor else InvoiceStatus.CREDITED


def was_never_paid(invoice: Invoice) -> bool:
    """Returns whether there was no payment, not even one that was refunded."""
    return not invoice.paid_minor and not invoice.refunded_minor


def pay(invoice: Invoice, amount_minor: int) -> None:
    """Adds a payment. Raises Conflict when it is more than what is due."""
    if amount_minor > invoice.due_minor:
        raise Conflict("overpayment", "The payment is more than what is due.", due_minor=max(invoice.due_minor, 0))
    invoice.paid_minor += amount_minor
    _next_version(invoice)


def credit(invoice: Invoice, amount_minor: int, kind: CreditKind) -> None:
    """Takes back a part or all of what is invoiced.

    Raises Conflict when it is more than that, and for the kind VOID when there was a payment.
    """
    if kind is CreditKind.VOID and not (invoice.total_minor and was_never_paid(invoice)):
        detail = "Only an invoice that was never paid or credited as a whole can be voided."
        raise Conflict("not-voidable", detail, current=invoice.status)
    if amount_minor > invoice.total_minor:
        detail = "The credit note is more than what is invoiced."
        raise Conflict("overcredit", detail, creditable_minor=invoice.total_minor)
    invoice.total_minor -= amount_minor
    invoice.credited_minor += amount_minor
    _next_version(invoice)
    if kind is CreditKind.VOID:
        invoice.status = InvoiceStatus.VOID


def refund(invoice: Invoice, payment: Payment, amount_minor: int) -> None:
    """Pays back a part or all of a payment. Raises Conflict when that is more than what is left of it."""
    if amount_minor > payment.refundable_minor:
        detail = "The refund is more than what is left of the payment."
        raise Conflict("overrefund", detail, refundable_minor=payment.refundable_minor)
    payment.refunded_minor += amount_minor
    invoice.paid_minor -= amount_minor
    invoice.refunded_minor += amount_minor
    _next_version(invoice)


def _next_version(invoice: Invoice) -> None:
    invoice.status = status_of(invoice.total_minor, invoice.paid_minor, invoice.refunded_minor)
    invoice.version += 1
