"""Converts between requests, entities, responses, events and gRPC messages. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.billing.dto import AccountOut, FeeOut, FeesOut, InvoiceOut, InvoiceQuery, PaymentOut
from services.billing.entity import Account, ChargedFee, Invoice, InvoiceFilter, Payment, PaymentMethod
from services.contracts.events import AccountOpened, InvoiceRaised, InvoiceReason, InvoiceStatus, PaymentReceived
from services.contracts.proto import billing_v1_pb2


def invoice_filter(query: InvoiceQuery) -> InvoiceFilter:
    """Returns the filter in a list's parameters."""
    return InvoiceFilter(patient_id=query.patient_id, status=query.status)


def account_out(account: Account) -> AccountOut:
    """Returns the response for an account."""
    return AccountOut(
        id=account.id,
        patient_id=account.patient_id,
        currency=account.currency,
        balance_minor=account.balance_minor,
        version=account.version,
        opened_at=account.opened_at,
    )


def fees_out(fees: Sequence[ChargedFee]) -> FeesOut:
    """Returns the response for the fees."""
    return FeesOut(items=[FeeOut(InvoiceReason(fee.reason), fee.currency, fee.amount_minor) for fee in fees])


def invoice_out(invoice: Invoice) -> InvoiceOut:
    """Returns the response for an invoice."""
    return InvoiceOut(
        id=invoice.id,
        patient_id=invoice.patient_id,
        appointment_id=invoice.appointment_id,
        reason=InvoiceReason(invoice.reason),
        currency=invoice.currency,
        total_minor=invoice.total_minor,
        paid_minor=invoice.paid_minor,
        status=InvoiceStatus(invoice.status),
        version=invoice.version,
        raised_at=invoice.raised_at,
    )


def payment_out(payment: Payment, invoice: Invoice) -> PaymentOut:
    """Returns the response for a payment of the invoice."""
    return PaymentOut(
        id=payment.id,
        invoice_id=payment.invoice_id,
        amount_minor=payment.amount_minor,
        currency=invoice.currency,
        method=PaymentMethod(payment.method),
        received_at=payment.received_at,
    )


def account_opened_event(account: Account) -> AccountOpened:
    """Returns the event for a new account."""
    return AccountOpened(
        version=account.version,
        account_id=account.id,
        patient_id=account.patient_id,
        currency=account.currency,
        opened_at=account.opened_at,
    )


def invoice_raised_event(invoice: Invoice) -> InvoiceRaised:
    """Returns the event for a new invoice."""
    return InvoiceRaised(**_event_fields(invoice), reason=InvoiceReason(invoice.reason), raised_at=invoice.raised_at)


def payment_received_event(payment: Payment, invoice: Invoice) -> PaymentReceived:
    """Returns the event for a payment. `invoice` is as it is after the payment."""
    return PaymentReceived(
        **_event_fields(invoice),
        payment_id=payment.id,
        amount_minor=payment.amount_minor,
        method=payment.method,
        received_at=payment.received_at,
    )


def _event_fields(invoice: Invoice) -> dict[str, Any]:
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


def invoice_message(invoice: Invoice) -> billing_v1_pb2.Invoice:
    """Returns the gRPC message of an invoice."""
    return billing_v1_pb2.Invoice(
        id=str(invoice.id),
        patient_id=str(invoice.patient_id),
        appointment_id=str(invoice.appointment_id),
        currency=invoice.currency,
        due_minor=invoice.due_minor,
    )


def account_message(account: Account) -> billing_v1_pb2.Account:
    """Returns the gRPC message of an account."""
    message = billing_v1_pb2.Account(
        id=str(account.id),
        patient_id=str(account.patient_id),
        currency=account.currency,
        balance_minor=account.balance_minor,
        version=account.version,
    )
    message.opened_at.FromDatetime(account.opened_at)
    return message
