"""Entities to responses, messages and events. Pure."""

from __future__ import annotations

from services.billing.dto import AccountOut, InvoiceOut, PaymentOut
from services.billing.entity import Account, Invoice, Payment
from services.contracts.events import AccountOpened, InvoiceRaised, InvoiceReason, InvoiceStatus, PaymentReceived
from services.contracts.proto import billing_v1_pb2


def to_account(account: Account) -> AccountOut:
    """For REST."""
    return AccountOut.model_validate(account)


def to_account_message(account: Account) -> billing_v1_pb2.Account:
    """For gRPC."""
    message = billing_v1_pb2.Account(
        id=str(account.id),
        patient_id=str(account.patient_id),
        currency=account.currency,
        balance_minor=account.balance_minor,
        version=account.version,
    )
    message.opened_at.FromDatetime(account.opened_at)
    return message


def to_invoice(invoice: Invoice) -> InvoiceOut:
    """For REST."""
    return InvoiceOut.model_validate(invoice)


def to_payment(payment: Payment, invoice: Invoice) -> PaymentOut:
    """For REST."""
    return PaymentOut(
        id=payment.id,
        invoice_id=payment.invoice_id,
        amount_minor=payment.amount_minor,
        currency=invoice.currency,
        method=payment.method,
        received_at=payment.received_at,
    )


def account_opened(account: Account) -> AccountOpened:
    """The event."""
    return AccountOpened(
        version=account.version,
        account_id=account.id,
        patient_id=account.patient_id,
        currency=account.currency,
        opened_at=account.opened_at,
    )


def invoice_raised(invoice: Invoice) -> InvoiceRaised:
    """The event."""
    return InvoiceRaised(**_invoice(invoice), reason=InvoiceReason(invoice.reason), raised_at=invoice.raised_at)


def payment_received(payment: Payment, invoice: Invoice) -> PaymentReceived:
    """The event, with the invoice as it is after the payment."""
    return PaymentReceived(
        **_invoice(invoice),
        payment_id=payment.id,
        amount_minor=payment.amount_minor,
        method=payment.method,
        received_at=payment.received_at,
    )


def _invoice(invoice: Invoice) -> dict[str, object]:
    return {
        "version": invoice.version,
        "account_id": invoice.account_id,
        "patient_id": invoice.patient_id,
        "currency": invoice.currency,
        "invoice_id": invoice.id,
        "appointment_id": invoice.appointment_id,
        "total_minor": invoice.total_minor,
        "paid_minor": invoice.paid_minor,
        "status": InvoiceStatus(invoice.status),
    }
