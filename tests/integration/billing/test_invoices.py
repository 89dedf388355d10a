"""Events become accounts and invoices, and invoices are paid over HTTP."""

from __future__ import annotations

import asyncio
import random
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from lab.waiting import eventually
from services.common.messaging.kafka import Kafka
from services.common.runtime import Runtime
from services.contracts import events
from services.contracts.roles import Role
from tests.integration.effects import audit_records
from tests.integration.events import NOW, appointment, event, registered, send
from tests.support.issuer import TestIssuer


async def _account(client: httpx.AsyncClient, patient_id: UUID, **request: Any) -> dict[str, Any] | None:
    answer = await client.get(f"/api/billing/accounts/{patient_id}", **request)
    return answer.json() if answer.status_code == 200 else None


async def _invoices(client: httpx.AsyncClient, patient_id: UUID) -> list[dict[str, Any]]:
    answer = await client.get("/api/billing/invoices", params={"patientId": str(patient_id)})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def _invoice(client: httpx.AsyncClient, kafka: Kafka, patient_id: UUID | None = None) -> dict[str, Any]:
    """Returns an invoice of 120.00 EUR for a visit."""
    patient_id = patient_id or uuid4()
    await send(kafka, event(appointment(events.AppointmentCompleted, patient_id, completed_at=NOW)))
    return (await eventually("the invoice", lambda: _invoices(client, patient_id)))[0]


@pytest.mark.attack(26)
async def test_events_delivered_three_times_in_any_order_have_one_effect(
    staff: httpx.AsyncClient, kafka: Kafka
) -> None:
    patients = [uuid4() for _ in range(8)]
    sent = [event(registered(patient)) for patient in patients]
    sent += [event(appointment(events.AppointmentCompleted, patient, completed_at=NOW)) for patient in patients]
    shuffled = sent * 3
    random.Random(7).shuffle(shuffled)
    last = uuid4()
    await send(kafka, *shuffled, event(registered(last)))
    await eventually("the account", lambda: _account(staff, last))
    for patient in patients:
        invoice = (await eventually("the invoice", lambda patient=patient: _invoices(staff, patient)))[0]
        assert (invoice["total_minor"], invoice["paid_minor"], invoice["status"]) == (12000, 0, "OPEN")
        assert len(await _invoices(staff, patient)) == 1
        account = await _account(staff, patient)
        assert account is not None
        assert account["balance_minor"] == 12000


async def test_late_cancellations_and_missed_appointments_cost_a_fee(staff: httpx.AsyncClient, kafka: Kafka) -> None:
    patient = uuid4()
    in_time = appointment(events.AppointmentCancelled, patient, late=False, cancelled_at=NOW)
    late = appointment(events.AppointmentCancelled, patient, late=True, cancelled_at=NOW)
    missed = appointment(events.AppointmentNoShow, patient, recorded_at=NOW)
    await send(kafka, event(in_time), event(late), event(missed))

    async def both_invoices() -> list[dict[str, Any]] | None:
        found = await _invoices(staff, patient)
        return found if len(found) == 2 else None

    invoices = {invoice["appointment_id"]: invoice for invoice in await eventually("both fees", both_invoices)}
    assert invoices[str(late.appointment_id)]["total_minor"] == 3000
    assert invoices[str(missed.appointment_id)]["total_minor"] == 5000
    assert str(in_time.appointment_id) not in invoices


@pytest.mark.attack(23)
async def test_an_invoice_is_paid_in_parts_until_nothing_is_due(staff: httpx.AsyncClient, kafka: Kafka) -> None:
    invoice = await _invoice(staff, kafka)
    path = f"/api/billing/invoices/{invoice['id']}"
    part = await staff.post(f"{path}/payments", json={"amount_minor": 5000, "method": "CARD"})
    assert part.status_code == 201
    assert (await staff.get(path)).json()["status"] == "PARTIALLY_PAID"
    too_much = await staff.post(f"{path}/payments", json={"amount_minor": 7001, "method": "CARD"})
    assert too_much.status_code == 409
    assert too_much.json()["type"] == "urn:pms:problem:overpayment"
    assert too_much.json()["due_minor"] == 7000
    rest = await staff.post(f"{path}/payments", json={"amount_minor": 7000, "method": "CASH"})
    assert rest.status_code == 201
    paid = await staff.get(path)
    assert (paid.json()["status"], paid.json()["paid_minor"], paid.headers["etag"]) == ("PAID", 12000, '"3"')
    account = await _account(staff, UUID(invoice["patient_id"]))
    assert account is not None
    assert account["balance_minor"] == 0


async def test_twenty_parallel_retries_of_a_payment_pay_once(staff: httpx.AsyncClient, kafka: Kafka) -> None:
    invoice = await _invoice(staff, kafka)
    path = f"/api/billing/invoices/{invoice['id']}"

    async def pay() -> httpx.Response:
        headers = {"Idempotency-Key": "payment-1"}
        return await staff.post(f"{path}/payments", json={"amount_minor": 100, "method": "CARD"}, headers=headers)

    answers = await asyncio.gather(*(pay() for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert (await staff.get(path)).json()["paid_minor"] == 100


@pytest.mark.attack(23)
async def test_parallel_payments_never_exceed_what_is_due(staff: httpx.AsyncClient, kafka: Kafka) -> None:
    invoice = await _invoice(staff, kafka)
    path = f"/api/billing/invoices/{invoice['id']}"
    payment = {"amount_minor": 5000, "method": "CARD"}
    answers = await asyncio.gather(*(staff.post(f"{path}/payments", json=payment) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201, 201] + [409] * 6
    assert (await staff.get(path)).json()["paid_minor"] == 10000


@pytest.mark.attack(23)
@pytest.mark.parametrize("amount", [0, -1, 1.5, "100", 10**13, None, True])
async def test_amounts_that_are_not_valid_are_rejected(staff: httpx.AsyncClient, amount: Any) -> None:
    answer = await staff.post(
        f"/api/billing/invoices/{uuid4()}/payments", json={"amount_minor": amount, "method": "CARD"}
    )
    assert answer.status_code == 422


@pytest.mark.attack(9)
async def test_a_patient_sees_and_pays_their_own_only(
    client: httpx.AsyncClient, issuer: TestIssuer, kafka: Kafka, runtime: Runtime[Any, Any]
) -> None:
    owner, patient = uuid4(), uuid4()
    client.headers.update(issuer.bearer(Role.STAFF))
    invoice = await _invoice(client, kafka, patient)
    await send(kafka, event(registered(patient, owner_user_id=owner)))
    own = issuer.bearer(Role.PATIENT, subject=owner)
    assert await eventually("the account", lambda: _account(client, patient, headers=own))
    stranger_id = uuid4()
    other = issuer.bearer(Role.PATIENT, subject=stranger_id)
    for path in (f"accounts/{patient}", f"invoices/{invoice['id']}"):
        assert (await client.get(f"/api/billing/{path}", headers=own)).status_code == 200
        stranger = await client.get(f"/api/billing/{path}", headers=other)
        missing = await client.get(f"/api/billing/{path[: path.index('/')]}/{uuid4()}", headers=other)
        assert stranger.status_code == missing.status_code == 404
        assert stranger.json()["detail"] == missing.json()["detail"]
    assert (await client.get("/api/billing/invoices", headers=other)).json()["items"] == []
    assert len((await client.get("/api/billing/invoices", headers=own)).json()["items"]) == 1
    payment = {"amount_minor": 100, "method": "CARD"}
    path = f"/api/billing/invoices/{invoice['id']}/payments"
    assert (await client.post(path, json=payment, headers=other)).status_code == 404
    assert (await client.post(path, json=payment, headers=own)).status_code == 201
    records = [row for row in await audit_records(runtime) if row.actor == str(stranger_id)]
    denied = [(row.action, row.resource, row.patient_ids) for row in records if row.outcome == "denied"]
    assert [(action, resource, list(map(str, ids))) for action, resource, ids in denied] == [
        ("read", "account", [str(patient)]),
        ("read", "invoice", [str(patient)]),
        ("pay", "invoice", [str(patient)]),
    ]
    assert (await client.get("/api/billing/invoices", headers=issuer.bearer(Role.DOCTOR))).status_code == 403
