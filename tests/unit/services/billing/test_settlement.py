"""What payments, credit notes and refunds make of an invoice, and which of them it refuses."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing import settlement
from services.billing.entity import CreditKind, Invoice, Payment, PaymentMethod
from services.common.clock import utc_now
from services.common.errors import Conflict
from services.contracts.events import InvoiceStatus

TOTAL = 12000
STEPS = st.tuples(st.sampled_from(["pay", "credit", "refund"]), st.integers(min_value=1, max_value=TOTAL))


def new_invoice(total: int = TOTAL) -> Invoice:
    return Invoice(
        id=uuid4(),
        account_id=uuid4(),
        patient_id=uuid4(),
        appointment_id=uuid4(),
        reason="VISIT",
        currency="EUR",
        total_minor=total,
        paid_minor=0,
        status=InvoiceStatus.OPEN,
        version=1,
        raised_at=utc_now(),
    )


def paid(invoice: Invoice, amount: int) -> Payment:
    settlement.pay(invoice, amount)
    return Payment(uuid4(), invoice.id, amount, PaymentMethod.CARD, utc_now(), uuid4())


@pytest.mark.parametrize(
    ("amounts", "status"),
    [
        ((120, 0, 0), "OPEN"),
        ((120, 0, 50), "OPEN"),  # what was paid is refunded, but nothing is credited
        ((120, 119, 0), "PARTIALLY_PAID"),
        ((120, 120, 0), "PAID"),
        ((70, 70, 50), "PAID"),
        ((70, 120, 0), "REFUND_DUE"),
        ((0, 1, 119), "REFUND_DUE"),
        ((0, 0, 120), "REFUNDED"),
        ((0, 0, 0), "CREDITED"),
    ],
)
def test_the_state_follows_from_the_amounts(amounts: tuple[int, int, int], status: str) -> None:
    assert settlement.status_of(*amounts) == status


@given(st.lists(STEPS, max_size=12))
def test_no_sequence_pays_back_more_than_was_paid_or_takes_back_more_than_was_raised(
    steps: list[tuple[str, int]],
) -> None:
    invoice, payments, version = new_invoice(), list[Payment](), 1
    for step, amount in steps:
        before = (invoice.total_minor, invoice.paid_minor, invoice.status)
        try:
            if step == "pay":
                payments.append(paid(invoice, amount))
            elif step == "credit":
                settlement.credit(invoice, amount, CreditKind.CREDIT_NOTE)
            elif payments:
                settlement.refund(invoice, payments[-1], amount)
            else:
                continue
            version += 1
        except Conflict:
            assert (invoice.total_minor, invoice.paid_minor, invoice.status) == before
        assert invoice.version == version
        assert invoice.total_minor + invoice.credited_minor == TOTAL
        assert invoice.paid_minor + invoice.refunded_minor == sum(payment.amount_minor for payment in payments)
        assert invoice.paid_minor == sum(payment.refundable_minor for payment in payments) >= 0
        assert (invoice.due_minor < 0) == (invoice.status == InvoiceStatus.REFUND_DUE)


def test_a_void_invoice_takes_nothing_any_more() -> None:
    invoice = new_invoice()
    settlement.credit(invoice, TOTAL, CreditKind.VOID)
    assert (invoice.status, invoice.due_minor) == (InvoiceStatus.VOID, 0)
    for attempt in (
        lambda: settlement.pay(invoice, 1),
        lambda: settlement.credit(invoice, 1, CreditKind.CREDIT_NOTE),
        lambda: settlement.credit(invoice, 0, CreditKind.VOID),
    ):
        with pytest.raises(Conflict):
            attempt()


def test_an_invoice_that_was_credited_in_part_is_voided_for_the_rest() -> None:
    invoice = new_invoice()
    settlement.credit(invoice, 5000, CreditKind.CREDIT_NOTE)
    settlement.credit(invoice, invoice.total_minor, CreditKind.VOID)
    assert (invoice.status, invoice.credited_minor) == (InvoiceStatus.VOID, TOTAL)


@pytest.mark.parametrize("refunded", [0, 1])
def test_an_invoice_that_was_ever_paid_is_not_voided(refunded: int) -> None:
    invoice = new_invoice()
    payment = paid(invoice, 1)
    if refunded:
        settlement.refund(invoice, payment, refunded)
    with pytest.raises(Conflict, match="not-voidable"):
        settlement.credit(invoice, TOTAL, CreditKind.VOID)


def test_a_refund_is_limited_by_its_payment_and_not_by_all_payments() -> None:
    invoice = new_invoice()
    first, _ = paid(invoice, 3000), paid(invoice, 9000)
    with pytest.raises(Conflict) as refused:
        settlement.refund(invoice, first, 3001)
    assert refused.value.members == {"refundable_minor": 3000}
