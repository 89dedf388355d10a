"""Converts between requests, entities, responses, events and gRPC messages. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.billing.dto import (
    AccountOut,
    CreditNoteOut,
    FeeOut,
    FeesOut,
    InvoiceOut,
    InvoiceQuery,
    PaymentOut,
    RefundOut,
)
from services.billing.entity import (
    Account,
    ChargedFee,
    CreditKind,
    CreditNote,
    Invoice,
    InvoiceFilter,
    Payment,
    PaymentMethod,
    PaymentWithRefunds,
    Refund,
)
from services.contracts.events import (
    AccountOpened,
    InvoiceCredited,
    InvoiceRaised,
    InvoiceReason,
    InvoiceStatus,
    InvoiceVoided,
    PaymentReceived,
    PaymentRefunded,
)
from services.contracts.proto import billing_v1_pb2


def invoice_filter(query: InvoiceQuery) -> InvoiceFilter:
    """Returns the filter in a list's parameters."""
    return InvoiceFilter(patient_id=query.patient_id, statuses=tuple(dict.fromkeys(query.status)))


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
        credited_minor=invoice.credited_minor,
        refunded_minor=invoice.refunded_minor,
        due_minor=invoice.due_minor,
        status=InvoiceStatus(invoice.status),
        version=invoice.version,
        raised_at=invoice.raised_at,
    )


def payment_out(found: PaymentWithRefunds, currency: str) -> PaymentOut:
    """Returns the response for a payment with its refunds."""
    payment = found.payment
    return PaymentOut(
        id=payment.id,
        invoice_id=payment.invoice_id,
        amount_minor=payment.amount_minor,
        currency=currency,
        method=PaymentMethod(payment.method),
        received_at=payment.received_at,
        refunded_minor=payment.refunded_minor,
        refunds=[refund_out(refund, currency) for refund in found.refunds],
    )


def refund_out(refund: Refund, currency: str) -> RefundOut:
    """Returns the response for a refund."""
    return RefundOut(
        id=refund.id,
        payment_id=refund.payment_id,
        invoice_id=refund.invoice_id,
        amount_minor=refund.amount_minor,
        currency=currency,
        reason=refund.reason,
        refunded_at=refund.refunded_at,
    )


def credit_note_out(note: CreditNote, currency: str) -> CreditNoteOut:
    """Returns the response for a credit note."""
    return CreditNoteOut(
        id=note.id,
        invoice_id=note.invoice_id,
        kind=CreditKind(note.kind),
        amount_minor=note.amount_minor,
        currency=currency,
        reason=note.reason,
        made_at=note.made_at,
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


def invoice_credited_event(note: CreditNote, invoice: Invoice) -> InvoiceCredited | InvoiceVoided:
    """Returns the event for a credit note, or for a void invoice. `invoice` is as it is afterwards."""
    fields = {**_event_fields(invoice), "credit_note_id": note.id, "amount_minor": note.amount_minor}
    if note.kind == CreditKind.VOID:
        return InvoiceVoided(**fields, voided_at=note.made_at)
    return InvoiceCredited(**fields, credited_at=note.made_at)


def payment_refunded_event(refund: Refund, invoice: Invoice) -> PaymentRefunded:
    """Returns the event for a refund. `invoice` is as it is afterwards."""
    return PaymentRefunded(
        **_event_fields(invoice),
        refund_id=refund.id,
        payment_id=refund.payment_id,
        amount_minor=refund.amount_minor,
        refunded_at=refund.refunded_at,
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
