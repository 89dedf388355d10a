"""What an invoice, a payment and their corrections debit and credit."""

from __future__ import annotations

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.billing import ledger
from services.billing.entity import (
    CreditKind,
    CreditNote,
    Invoice,
    LedgerAccount,
    Payment,
    PaymentMethod,
    Posting,
    Refund,
)
from services.common.clock import utc_now

AMOUNTS = st.integers(min_value=1, max_value=10**12)


def _lines(postings: list[Posting]) -> dict[str, tuple[int, int]]:
    return {posting.ledger_account: (posting.debit_minor, posting.credit_minor) for posting in postings}


@given(AMOUNTS)
def test_an_invoice_debits_receivable_and_credits_revenue(amount: int) -> None:
    account = uuid4()
    invoice = Invoice(
        id=uuid4(),
        account_id=account,
        patient_id=uuid4(),
        appointment_id=uuid4(),
        reason="VISIT",
        currency="EUR",
        total_minor=amount,
        paid_minor=0,
        status="OPEN",
        version=1,
        raised_at=utc_now(),
    )
    entry, postings = ledger.invoice_entry(invoice)
    assert (entry.kind, entry.reference_id) == ("INVOICE", invoice.id)
    assert _lines(postings) == {LedgerAccount.RECEIVABLE: (amount, 0), LedgerAccount.REVENUE: (0, amount)}
    assert {posting.account_id for posting in postings} == {account}


@given(AMOUNTS)
def test_a_payment_debits_cash_and_credits_receivable(amount: int) -> None:
    payment = Payment(
        id=uuid4(),
        invoice_id=uuid4(),
        amount_minor=amount,
        method=PaymentMethod.CASH,
        received_at=utc_now(),
        received_by=uuid4(),
    )
    entry, postings = ledger.payment_entry(payment, uuid4())
    assert (entry.kind, entry.reference_id) == ("PAYMENT", payment.id)
    assert _lines(postings) == {LedgerAccount.CASH: (amount, 0), LedgerAccount.RECEIVABLE: (0, amount)}


@given(AMOUNTS)
def test_a_refund_is_the_opposite_of_a_payment(amount: int) -> None:
    refund = Refund(uuid4(), uuid4(), uuid4(), amount, "Paid twice.", utc_now(), uuid4())
    entry, postings = ledger.refund_entry(refund, uuid4())
    assert (entry.kind, entry.reference_id) == ("REFUND", refund.id)
    assert _lines(postings) == {LedgerAccount.RECEIVABLE: (amount, 0), LedgerAccount.CASH: (0, amount)}


@given(AMOUNTS, st.sampled_from(CreditKind))
def test_a_credit_note_is_the_opposite_of_an_invoice(amount: int, kind: CreditKind) -> None:
    note = CreditNote(uuid4(), uuid4(), kind, amount, "Mistake.", utc_now(), uuid4())
    entry, postings = ledger.credit_entry(note, uuid4())
    assert (entry.kind, entry.reference_id) == (kind, note.id)
    assert _lines(postings) == {LedgerAccount.REVENUE: (amount, 0), LedgerAccount.RECEIVABLE: (0, amount)}
