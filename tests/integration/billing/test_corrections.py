"""Invoices are voided and credited, and payments refunded: by whom, how much, and what it means for the balance."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import grpc
import httpx
import pytest

from services.billing.config import BillingSettings
from services.billing.consumers import handlers
from services.common.runtime import Runtime
from services.contracts import events
from services.contracts.proto import billing_v1_pb2 as messages
from services.contracts.proto import billing_v1_pb2_grpc
from services.contracts.roles import Role
from tests.integration.callers import Caller, items_of_all_pages
from tests.integration.conftest import MakeSettings
from tests.integration.effects import audit_records, published_events
from tests.integration.events import NOW, appointment, registered, tell

Make = Callable[..., Any]
TOTAL = 12000
MISTAKE = {"reason": "Mistake."}


@pytest.fixture
async def settings(settings_without_broker: MakeSettings) -> BillingSettings:
    made: BillingSettings = await settings_without_broker("billing", BillingSettings)
    return made


class Invoice:
    """An invoice of 120.00 EUR for a visit, and what STAFF do with it."""

    def __init__(self, clerk: Caller, found: dict[str, Any]) -> None:
        self.clerk, self.patient_id, self.path = clerk, found["patient_id"], f"/api/billing/invoices/{found['id']}"

    async def read(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.clerk.request("GET", self.path)).json()
        return found

    async def amounts(self) -> tuple[str, int, int, int]:
        """Returns the state, what is invoiced, what is paid and what is due."""
        found = await self.read()
        return found["status"], found["total_minor"], found["paid_minor"], found["due_minor"]

    async def balance(self) -> int:
        return int(
            (await self.clerk.request("GET", f"/api/billing/accounts/{self.patient_id}")).json()["balance_minor"]
        )

    async def post(self, what: str, **more: Any) -> httpx.Response:
        return await self.clerk.request("POST", f"{self.path}/{what}", **more)

    async def pay(self, amount: int) -> httpx.Response:
        return await self.post("payments", json={"amount_minor": amount, "method": "CARD"})

    async def credit(self, amount: int) -> httpx.Response:
        return await self.post("credit-notes", json={"amount_minor": amount, "reason": "Too much."})

    async def refund(self, payment: httpx.Response, amount: int, **more: Any) -> httpx.Response:
        body = {"amount_minor": amount, "reason": "Paid twice."}
        return await self.post(f"payments/{payment.json()['id']}/refunds", json=body, **more)


@pytest.fixture
def clerk(caller: Make) -> Caller:
    made: Caller = caller(Role.STAFF)
    return made


@pytest.fixture
def make_invoice(runtime: Runtime[Any, Any], clerk: Caller) -> Make:
    async def make() -> Invoice:
        patient = uuid4()
        await tell(handlers, runtime, appointment(events.AppointmentCompleted, patient, completed_at=NOW))
        (found,) = (await clerk.request("GET", f"/api/billing/invoices?patientId={patient}")).json()["items"]
        return Invoice(clerk, found)

    return make


@pytest.fixture
async def invoice(make_invoice: Make) -> Invoice:
    made: Invoice = await make_invoice()
    return made


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:pms:problem:")


async def open_invoices(channel: grpc.aio.Channel, invoice: Invoice) -> list[int]:
    """Returns what is due on the patient's open invoices, as the patient service hears it before a deletion."""
    request = messages.ListOpenInvoicesRequest(patient_id=invoice.patient_id)
    stub = billing_v1_pb2_grpc.BillingServiceStub(channel)
    answer = await stub.ListOpenInvoices(request, metadata=invoice.clerk.metadata)
    return [found.due_minor for found in answer.invoices]


async def test_an_invoice_without_a_payment_is_voided(
    invoice: Invoice, channel: grpc.aio.Channel, runtime: Runtime[Any, Any]
) -> None:
    stale = await invoice.post("void", json=MISTAKE, headers={"if-match": '"7"'})
    assert stale.status_code == 412
    voided = await invoice.post("void", json=MISTAKE, headers={"if-match": '"1"'})
    assert (voided.status_code, voided.headers["etag"], voided.json()["status"]) == (200, '"2"', "VOID")
    assert await invoice.amounts() == ("VOID", 0, 0, 0)
    assert (await invoice.balance(), await open_invoices(channel, invoice)) == (0, [])

    assert refusal(await invoice.post("void", json=MISTAKE)) == (409, "not-voidable")
    assert refusal(await invoice.pay(1)) == (409, "overpayment")
    assert refusal(await invoice.credit(1)) == (409, "overcredit")
    (note,) = (await invoice.clerk.request("GET", f"{invoice.path}/credit-notes")).json()["items"]
    assert (note["kind"], note["amount_minor"], note["reason"]) == ("VOID", TOTAL, "Mistake.")
    event = (await published_events(runtime))[-1]
    assert isinstance(event, events.InvoiceVoided)
    assert (event.amount_minor, event.status, event.version) == (TOTAL, "VOID", 2)


async def test_an_invoice_that_was_ever_paid_is_not_voided(invoice: Invoice) -> None:
    payment = await invoice.pay(5000)
    assert refusal(await invoice.post("void", json=MISTAKE)) == (409, "not-voidable")
    assert (await invoice.refund(payment, 5000)).status_code == 201
    assert refusal(await invoice.post("void", json=MISTAKE)) == (409, "not-voidable")
    assert await invoice.amounts() == ("OPEN", TOTAL, 0, TOTAL)


async def test_a_part_is_credited_and_the_rest_is_paid(invoice: Invoice) -> None:
    note = await invoice.credit(4000)
    assert (note.status_code, note.json()["kind"], note.json()["currency"]) == (201, "CREDIT_NOTE", "EUR")
    assert await invoice.amounts() == ("OPEN", 8000, 0, 8000)
    too_much = await invoice.credit(8001)
    assert refusal(too_much) == (409, "overcredit")
    assert too_much.json()["creditable_minor"] == 8000
    assert refusal(await invoice.pay(8001)) == (409, "overpayment")
    assert (await invoice.pay(8000)).status_code == 201
    assert await invoice.amounts() == ("PAID", 8000, 8000, 0)
    assert await invoice.balance() == 0


async def test_what_is_credited_after_it_was_paid_is_to_be_refunded(
    invoice: Invoice, channel: grpc.aio.Channel, runtime: Runtime[Any, Any]
) -> None:
    card, cash = await invoice.pay(9000), await invoice.pay(3000)
    assert (await invoice.credit(TOTAL)).status_code == 201
    assert await invoice.amounts() == ("REFUND_DUE", 0, TOTAL, -TOTAL)
    assert (await invoice.balance(), await open_invoices(channel, invoice)) == (-TOTAL, [-TOTAL])
    assert refusal(await invoice.pay(1)) == (409, "overpayment")

    for payment, amount in ((card, 9000), (cash, 1000), (cash, 2000)):
        refund = await invoice.refund(payment, amount)
        assert (refund.status_code, refund.json()["payment_id"]) == (201, payment.json()["id"])
    assert await invoice.amounts() == ("REFUNDED", 0, 0, 0)
    assert (await invoice.balance(), await open_invoices(channel, invoice)) == (0, [])

    listed = await items_of_all_pages(
        lambda params: invoice.clerk.request("GET", f"{invoice.path}/payments", params=params), limit=1
    )
    assert [(one["amount_minor"], one["refunded_minor"]) for one in listed] == [(9000, 9000), (3000, 3000)]
    assert [[refund["amount_minor"] for refund in one["refunds"]] for one in listed] == [[9000], [1000, 2000]]
    last = (await published_events(runtime))[-1]
    assert isinstance(last, events.PaymentRefunded)
    assert (last.status, last.amount_minor, last.paid_minor) == ("REFUNDED", 2000, 0)
    actions = [row.action for row in await audit_records(runtime) if UUID(invoice.patient_id) in row.patient_ids]
    assert [action for action in actions if action in ("credit", "refund")] == ["credit", "refund", "refund", "refund"]
    assert "list-payments" in actions


async def test_a_list_takes_several_states(make_invoice: Make, clerk: Caller) -> None:
    paid, void, open = await make_invoice(), await make_invoice(), await make_invoice()
    assert (await paid.pay(TOTAL)).status_code == 201
    assert (await void.post("void", json=MISTAKE)).status_code == 200

    async def found(*states: str) -> list[str]:
        answer = await clerk.request("GET", "/api/billing/invoices", params={"status": states})
        return [f"/api/billing/invoices/{item['id']}" for item in answer.json()["items"]]

    assert await found() == [open.path, void.path, paid.path]
    assert await found("VOID") == [void.path]
    assert await found("OPEN", "PAID", "PAID") == [open.path, paid.path]
    assert (await clerk.request("GET", "/api/billing/invoices?status=OPEN&status=LOST")).status_code == 422


async def test_what_is_refunded_and_not_credited_is_due_again(invoice: Invoice) -> None:
    payment = await invoice.pay(TOTAL)
    assert (await invoice.refund(payment, 2000)).status_code == 201
    assert await invoice.amounts() == ("PARTIALLY_PAID", TOTAL, 10000, 2000)
    too_much = await invoice.refund(payment, 10001)
    assert refusal(too_much) == (409, "overrefund")
    assert too_much.json()["refundable_minor"] == 10000
    assert (await invoice.pay(2000)).status_code == 201
    assert await invoice.amounts() == ("PAID", TOTAL, TOTAL, 0)


async def test_a_payment_is_refunded_through_its_own_invoice_only(make_invoice: Make) -> None:
    first, second = await make_invoice(), await make_invoice()
    payment = await first.pay(100)
    assert (await second.pay(100)).status_code == 201
    assert (await second.refund(payment, 100)).status_code == 404
    assert await first.amounts() == ("PARTIALLY_PAID", TOTAL, 100, TOTAL - 100)


async def test_parallel_refunds_never_exceed_the_payment(invoice: Invoice) -> None:
    payment = await invoice.pay(TOTAL)
    answers = await asyncio.gather(*(invoice.refund(payment, 5000) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201, 201] + [409] * 6
    assert (await invoice.amounts())[2] == 2000


async def test_parallel_retries_of_a_refund_refund_once(invoice: Invoice) -> None:
    payment = await invoice.pay(TOTAL)
    key = {"Idempotency-Key": "refund-1"}
    answers = await asyncio.gather(*(invoice.refund(payment, 100, headers=key) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert (await invoice.amounts())[2] == TOTAL - 100


async def test_of_a_payment_and_a_void_at_once_one_succeeds(make_invoice: Make) -> None:
    for number in range(6):
        invoice = await make_invoice()
        calls = [invoice.pay(TOTAL), invoice.post("void", json=MISTAKE)]
        answers = await asyncio.gather(*(calls if number % 2 else reversed(calls)))
        statuses = sorted(answer.status_code for answer in answers)
        expected = {"PAID": [201, 409], "VOID": [200, 409]}[(await invoice.read())["status"]]
        assert (statuses, await invoice.balance()) == (expected, 0)


async def test_credit_notes_and_payments_at_once_leave_no_wrong_balance(invoice: Invoice) -> None:
    await asyncio.gather(*(call for _ in range(5) for call in (invoice.pay(3000), invoice.credit(3000))))
    status, total, paid, due = await invoice.amounts()
    assert (due, await invoice.balance()) == (total - paid, total - paid)
    assert total == 0
    assert (status == "REFUND_DUE") == (paid > 0)


@pytest.mark.attack(23)
@pytest.mark.parametrize("amount", [0, -1, 1.5, "100", 10**13, None, True])
@pytest.mark.parametrize("what", ["credit-notes", f"payments/{UUID(int=0)}/refunds"])
async def test_amounts_that_are_not_valid_are_rejected(clerk: Caller, what: str, amount: Any) -> None:
    body = {"amount_minor": amount, "reason": "Too much."}
    answer = await clerk.request("POST", f"/api/billing/invoices/{uuid4()}/{what}", json=body)
    assert answer.status_code == 422


@pytest.mark.parametrize("body", [{}, {"reason": None}, {"reason": " "}, {"reason": "x" * 501}])
async def test_a_correction_needs_a_reason(invoice: Invoice, body: dict[str, Any]) -> None:
    assert (await invoice.post("void", json=body)).status_code == 422
    for what in ("credit-notes", f"payments/{uuid4()}/refunds"):
        assert (await invoice.post(what, json={"amount_minor": 1, **body})).status_code == 422
    assert await invoice.amounts() == ("OPEN", TOTAL, 0, TOTAL)


async def test_nobody_corrects_their_own_invoice(invoice: Invoice, caller: Make, runtime: Runtime[Any, Any]) -> None:
    owner = uuid4()
    await tell(handlers, runtime, registered(UUID(invoice.patient_id), owner_user_id=owner))
    payment = await invoice.pay(100)
    invoice.clerk = caller(Role.STAFF, Role.PATIENT, user_id=owner)
    for answer in (
        await invoice.post("void", json=MISTAKE),
        await invoice.credit(100),
        await invoice.refund(payment, 100),
    ):
        assert refusal(answer) == (403, "own-invoice")
    denied = [row for row in await audit_records(runtime) if row.outcome == "denied"]
    assert [row.action for row in denied] == ["void", "credit", "refund"]
    assert {row.patient_ids[0] for row in denied} == {UUID(invoice.patient_id)}
