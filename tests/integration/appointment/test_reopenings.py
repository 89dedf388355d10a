"""A visit whose end was recorded by mistake is booked again, by STAFF or ADMIN and for a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.appointment import consumers
from services.common.clock import utc_now
from services.common.runtime import Runtime
from services.contracts import events
from services.contracts.roles import Role
from tests.integration.appointment.conftest import Registry, at
from tests.integration.appointment.test_booking import shift
from tests.integration.callers import Caller
from tests.integration.effects import audit_records, published_events
from tests.integration.events import tell

Make = Callable[..., Any]
MISTAKE = {"reason": "Another patient was meant."}


async def end(who: Caller, id: str, action: str) -> dict[str, Any]:
    answer = await who.request("POST", f"/{id}/{action}")
    assert answer.status_code == 200, answer.text
    ended: dict[str, Any] = answer.json()
    return ended


async def reopen(who: Caller, id: str, **more: Any) -> tuple[int, str]:
    """Returns the status, and the appointment's state or the problem."""
    answer = await who.request("POST", f"/{id}/reopen", json=MISTAKE, **more)
    body = answer.json()
    return answer.status_code, body.get("type", "").removeprefix("urn:pms:problem:") or body["status"]


@pytest.mark.parametrize(("action", "ended"), [("complete", "COMPLETED"), ("no-show", "NO_SHOW")])
async def test_the_end_of_a_visit_is_undone_and_recorded_again(
    staff: Caller, book: Make, runtime: Runtime[Any, Any], action: str, ended: str
) -> None:
    booked = await book()
    await shift(runtime, booked["id"], datetime.now(UTC) - timedelta(hours=2))
    await end(staff, booked["id"], action)
    assert await reopen(staff, booked["id"], headers={"if-match": '"1"'}) == (412, "stale-version")
    assert await reopen(staff, booked["id"], headers={"if-match": '"2"'}) == (200, "BOOKED")
    assert (await end(staff, booked["id"], "complete"))["version"] == 4

    (event,) = [one for one in await published_events(runtime) if isinstance(one, events.AppointmentReopened)]
    assert (event.status, event.previous_status, event.version) == ("BOOKED", ended, 3)
    assert event.doctor_name == "Dr. Who"
    (reopening,) = (await staff.request("GET", f"/{booked['id']}/reopenings")).json()["items"]
    assert (reopening["previous_status"], reopening["reason"]) == (ended, MISTAKE["reason"])
    assert reopening["reopened_by"] == str(staff.user_id)
    recorded = [(row.action, row.actor) for row in await audit_records(runtime) if "reopen" in row.action]
    assert recorded == [("reopen", str(staff.user_id)), ("list-reopenings", str(staff.user_id))]


async def test_a_visit_that_did_not_end_is_not_reopened(staff: Caller, book: Make) -> None:
    booked = await book(at(9))
    assert await reopen(staff, booked["id"]) == (409, "illegal-transition")
    await end(staff, booked["id"], "cancel")
    assert await reopen(staff, booked["id"]) == (409, "illegal-transition")
    answer = await staff.request("POST", f"/{booked['id']}/reopen", json={})
    assert answer.status_code == 422


async def test_the_reminder_of_a_visit_that_was_completed_early_is_due_again(
    staff: Caller, book: Make, runtime: Runtime[Any, Any]
) -> None:
    booked = await book(at(10))
    await end(staff, booked["id"], "complete")
    assert await reopen(staff, booked["id"]) == (200, "BOOKED")
    async with runtime.database.unit_of_work() as uow:
        ((remind_at,),) = await uow.fetch("SELECT remind_at FROM appointment WHERE id = $1", UUID(booked["id"]))
    assert remind_at == at(10) - timedelta(days=1)


async def test_a_visit_whose_time_is_taken_is_not_reopened(staff: Caller, book: Make, new_doctor: Make) -> None:
    first = await book(at(10))
    await end(staff, first["id"], "complete")
    second = await book(at(10))
    assert await reopen(staff, first["id"]) == (409, "slot-taken")
    await end(staff, second["id"], "cancel")
    other = await new_doctor()
    await book(at(10), patient_id=first["patient_id"], doctor_id=str(other.user_id))
    assert await reopen(staff, first["id"]) == (409, "patient-busy")


async def test_of_a_booking_and_a_reopening_at_once_one_gets_the_time(staff: Caller, book: Make, visit: Make) -> None:
    for number in range(4):
        booked = await book(at(9 + number))
        await end(staff, booked["id"], "complete")
        answers = await asyncio.gather(
            staff.request("POST", json=visit(at(9 + number))),
            staff.request("POST", f"/{booked['id']}/reopen", json=MISTAKE),
        )
        assert sorted(answer.status_code for answer in answers) in ([201, 409], [200, 409])


async def test_parallel_reopenings_with_one_key_have_one_effect(
    staff: Caller, book: Make, runtime: Runtime[Any, Any]
) -> None:
    booked = await book()
    await end(staff, booked["id"], "complete")
    found = await asyncio.gather(*(reopen(staff, booked["id"], headers={"Idempotency-Key": "1"}) for _ in range(8)))
    assert set(found) == {(200, "BOOKED")}
    assert sum(isinstance(event, events.AppointmentReopened) for event in await published_events(runtime)) == 1


async def test_a_deleted_patients_visit_is_not_reopened(
    staff: Caller, book: Make, registry: Registry, runtime: Runtime[Any, Any]
) -> None:
    booked = await book()
    await end(staff, booked["id"], "complete")
    deleted = events.PatientDeleted(patient_id=UUID(booked["patient_id"]), version=2, deleted_at=utc_now())
    await tell(consumers.handlers, runtime, deleted)
    assert await reopen(staff, booked["id"]) == (409, "patient-deleted")


async def test_nobody_takes_back_their_own_fee(
    caller: Make, staff: Caller, book: Make, registry: Registry, runtime: Runtime[Any, Any]
) -> None:
    clerk = caller(Role.STAFF, Role.PATIENT)
    booked = await book(patient_id=registry.add(owner=clerk.user_id))
    await shift(runtime, booked["id"], datetime.now(UTC) - timedelta(hours=2))
    await end(staff, booked["id"], "no-show")
    assert await reopen(clerk, booked["id"]) == (403, "own-appointment")
    (denied,) = [row for row in await audit_records(runtime) if row.outcome == "denied"]
    assert (denied.action, denied.actor, str(denied.patient_ids[0])) == (
        "reopen",
        str(clerk.user_id),
        booked["patient_id"],
    )
    assert await reopen(staff, booked["id"]) == (200, "BOOKED")
