"""What a visit cost is taken back when it is reopened, whatever the order in which billing hears of it."""

from __future__ import annotations

import itertools
import random
from typing import Any
from uuid import uuid4

import httpx
import pytest

from lab.waiting import eventually
from services.common.messaging.kafka import Kafka
from services.common.runtime import Runtime
from services.contracts import events
from services.contracts.events import AppointmentStatus
from tests.integration.effects import audit_records, published_events
from tests.integration.events import NOW, appointment, event, send

INVOICES = "/api/billing/invoices"


class Visit:
    """A visit, and the events about it."""

    def __init__(self) -> None:
        self.patient, self.id = uuid4(), uuid4()

    def completed(self, version: int) -> events.Event[Any]:
        return self._event(events.AppointmentCompleted, version, completed_at=NOW)

    def missed(self, version: int) -> events.Event[Any]:
        return self._event(events.AppointmentNoShow, version, recorded_at=NOW)

    def reopened(self, version: int) -> events.Event[Any]:
        about = {"status": AppointmentStatus.BOOKED, "previous_status": AppointmentStatus.NO_SHOW}
        return self._event(events.AppointmentReopened, version, reopened_at=NOW, **about)

    def _event(self, kind: type[Any], version: int, **more: Any) -> events.Event[Any]:
        return event(appointment(kind, self.patient, self.id, version=version, **more))


async def hear(runtime: Runtime[Any, Any], kafka: Kafka, *sent: events.Event[Any]) -> None:
    """Sends the events in this order, and waits until billing has processed all of them."""
    await send(kafka, *sent)
    expected = {one.id for one in sent}

    async def all_heard() -> bool:
        async with runtime.database.unit_of_work() as uow:
            return expected <= {row["event_id"] for row in await uow.fetch("SELECT event_id FROM inbox")}

    await eventually("billing to process the events", all_heard)


async def balance(client: httpx.AsyncClient, visit: Visit) -> int:
    return int((await client.get(f"/api/billing/accounts/{visit.patient}")).json()["balance_minor"])


async def states(client: httpx.AsyncClient, visit: Visit) -> list[tuple[str, str, int]]:
    """Returns the reason, the state and what is due of the patient's invoices, newest first."""
    items = (await client.get(INVOICES, params={"patientId": str(visit.patient)})).json()["items"]
    return [(item["reason"], item["status"], item["due_minor"]) for item in items]


@pytest.mark.attack(26)
async def test_only_the_last_outcome_is_charged_whatever_the_order_of_the_events(
    staff: httpx.AsyncClient, kafka: Kafka, runtime: Runtime[Any, Any]
) -> None:
    sent, visits, dice = list[events.Event[Any]](), list[Visit](), random.Random(3)
    for order in itertools.permutations(range(3)):
        visit = Visit()
        story = (visit.missed(2), visit.reopened(3), visit.completed(4))
        ordered = [story[number] for number in order]
        sent += [*ordered, *dice.sample(ordered, 3)]
        visits.append(visit)
    await hear(runtime, kafka, *sent)
    for visit in visits:
        found = await states(staff, visit)
        assert found[0] == ("VISIT", "OPEN", 12000)
        assert found[1:] in ([], [("NO_SHOW", "VOID", 0)])
        assert await balance(staff, visit) == 12000


async def test_a_fee_is_voided_and_one_that_was_never_charged_is_not_charged_later(
    staff: httpx.AsyncClient, kafka: Kafka, runtime: Runtime[Any, Any]
) -> None:
    first, second = Visit(), Visit()
    await hear(runtime, kafka, first.missed(2), first.reopened(3), second.reopened(3), second.missed(2))
    assert await states(staff, first) == [("NO_SHOW", "VOID", 0)]
    assert await states(staff, second) == []
    assert await balance(staff, first) == 0
    voided = [one for one in await published_events(runtime) if isinstance(one, events.InvoiceVoided)]
    assert [one.appointment_id for one in voided] == [first.id]
    reversals = [row for row in await audit_records(runtime) if row.action == "reverse"]
    assert [(row.actor, row.patient_ids) for row in reversals] == [("system", [first.patient])]
    (invoice,) = (await staff.get(INVOICES)).json()["items"]
    (note,) = (await staff.get(f"{INVOICES}/{invoice['id']}/credit-notes")).json()["items"]
    assert (note["kind"], note["reason"]) == ("VOID", "The visit was reopened.")


async def test_a_fee_that_was_paid_is_credited_and_to_be_refunded(
    staff: httpx.AsyncClient, kafka: Kafka, runtime: Runtime[Any, Any]
) -> None:
    visit = Visit()
    await hear(runtime, kafka, visit.missed(2))
    (invoice,) = (await staff.get(INVOICES)).json()["items"]
    paid = await staff.post(f"{INVOICES}/{invoice['id']}/payments", json={"amount_minor": 2000, "method": "CASH"})
    assert paid.status_code == 201
    await hear(runtime, kafka, visit.reopened(3))
    assert await states(staff, visit) == [("NO_SHOW", "REFUND_DUE", -2000)]
    await hear(runtime, kafka, visit.completed(4))
    assert await states(staff, visit) == [("VISIT", "OPEN", 12000), ("NO_SHOW", "REFUND_DUE", -2000)]
    assert await balance(staff, visit) == 10000


async def test_an_invoice_that_staff_have_voided_makes_room_for_another(
    staff: httpx.AsyncClient, kafka: Kafka, runtime: Runtime[Any, Any]
) -> None:
    visit = Visit()
    await hear(runtime, kafka, visit.missed(2))
    (invoice,) = (await staff.get(INVOICES)).json()["items"]
    assert (await staff.post(f"{INVOICES}/{invoice['id']}/void", json={"reason": "Mistake."})).status_code == 200
    await hear(runtime, kafka, visit.missed(2))
    assert await balance(staff, visit) == 0
    await hear(runtime, kafka, visit.reopened(3), visit.completed(4))
    assert await states(staff, visit) == [("VISIT", "OPEN", 12000), ("NO_SHOW", "VOID", 0)]
