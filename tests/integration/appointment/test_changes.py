"""Who causes a change of an appointment decides what it costs and what it uses up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.common.runtime import Runtime
from services.contracts.roles import Role
from tests.integration.appointment.conftest import Registry, at
from tests.integration.appointment.test_booking import shift
from tests.integration.callers import Caller
from tests.integration.effects import published_events

Make = Callable[..., Any]
BY_PATIENT, BY_CLINIC = {"caused_by": "PATIENT"}, {"caused_by": "CLINIC"}


@pytest.fixture
def patient_id(registry: Registry, patient_user: Caller) -> str:
    """The record of `patient_user`."""
    return registry.add(owner=patient_user.user_id)


async def move(who: Caller, id: str, to: datetime, **more: Any) -> dict[str, Any]:
    answer = await who.request("PUT", f"/{id}", json={"date": to.isoformat(), **more})
    assert answer.status_code == 200, answer.text
    moved: dict[str, Any] = answer.json()
    return moved


async def late_cancellations(runtime: Runtime[Any, Any]) -> list[tuple[bool, str]]:
    """Returns of each cancellation whether it was late, and who caused it."""
    return [
        (event.late, event.caused_by)
        for event in await published_events(runtime)
        if event.TYPE == "appointment.cancelled"
    ]


async def test_a_visit_is_moved_by_its_patient_a_few_times_and_frees_its_old_hour(
    patient_user: Caller, patient_id: str, book: Make, runtime: Runtime[Any, Any]
) -> None:
    booked = await book(at(10), patient_id=patient_id)
    for number, hour in enumerate((11, 12, 13), start=1):
        tag = {"if-match": f'"{number}"'}
        answer = await patient_user.request("PUT", f"/{booked['id']}", json={"date": at(hour).isoformat()}, headers=tag)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["reschedules"], answer.headers["etag"]) == (number, f'"{number + 1}"')
    answer = await patient_user.request("PUT", f"/{booked['id']}", json={"date": at(14).isoformat()})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:pms:problem:too-many-reschedules")
    await book(at(10))
    moved = [event for event in await published_events(runtime) if event.TYPE == "appointment.rescheduled"]
    assert [event.previous_date for event in moved] == [at(10), at(11), at(12)]
    assert {event.caused_by for event in moved} == {"PATIENT"}


async def test_the_clinics_moves_do_not_use_up_the_patients(
    staff: Caller, patient_user: Caller, patient_id: str, book: Make
) -> None:
    booked = await book(at(9), patient_id=patient_id)
    for hour in (10, 11, 12, 13):
        assert (await move(staff, booked["id"], at(hour)))["reschedules"] == 0
    assert (await move(staff, booked["id"], at(14), **BY_PATIENT))["reschedules"] == 1
    assert (await move(patient_user, booked["id"], at(15)))["reschedules"] == 2


@pytest.mark.parametrize("roles", [(Role.DOCTOR,), (Role.DOCTOR, Role.ADMIN), (Role.STAFF,)], ids=str)
@pytest.mark.parametrize(("said", "late"), [({}, False), (BY_CLINIC, False), (BY_PATIENT, True)], ids=str)
async def test_the_clinics_cancellation_is_free_unless_the_patient_asked_for_it(
    caller: Make, book: Make, runtime: Runtime[Any, Any], roles: tuple[Role, ...], said: dict[str, str], late: bool
) -> None:
    booked = await book()
    await shift(runtime, booked["id"], datetime.now(UTC) + timedelta(hours=2))
    body = {**said, "reason": "The doctor is ill."}
    answer = await caller(*roles).request("POST", f"/{booked['id']}/cancel", json=body)
    assert answer.status_code == 200, answer.text
    expected = said.get("caused_by", "CLINIC")
    found = answer.json()
    assert (found["cancelled_by"], found["cancellation_reason"]) == (expected, "The doctor is ill.")
    assert found["free_cancellation_until"] is None
    assert await late_cancellations(runtime) == [(late, expected)]


async def test_a_patients_late_cancellation_costs_a_fee_whatever_they_say(
    caller: Make, registry: Registry, book: Make, runtime: Runtime[Any, Any]
) -> None:
    """A doctor who is the patient cancels as the patient."""
    user = caller(Role.DOCTOR, Role.PATIENT)
    booked = await book(patient_id=registry.add(owner=user.user_id))
    await shift(runtime, booked["id"], datetime.now(UTC) + timedelta(hours=2))
    refused = await user.request("POST", f"/{booked['id']}/cancel", json=BY_CLINIC)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:pms:problem:not-the-clinic")
    moved = await user.request("PUT", f"/{booked['id']}", json={"date": at(9).isoformat(), **BY_CLINIC})
    assert moved.status_code == 403
    assert (await user.request("POST", f"/{booked['id']}/cancel")).status_code == 200
    assert await late_cancellations(runtime) == [(True, "PATIENT")]


async def test_what_was_booked_by_mistake_is_cancelled_for_free(
    patient_user: Caller, patient_id: str, book: Make, runtime: Runtime[Any, Any]
) -> None:
    """The visit is within the next day, and so within the window."""
    runtime.settings = runtime.settings.model_copy(update={"cancellation_window_hours": 24 * 30})
    booked = await book(patient_id=patient_id)
    until = datetime.fromisoformat(booked["free_cancellation_until"])
    assert until - datetime.fromisoformat(booked["booked_at"]) == timedelta(minutes=30)
    assert (await patient_user.request("POST", f"/{booked['id']}/cancel")).status_code == 200
    assert await late_cancellations(runtime) == [(False, "PATIENT")]


async def test_a_visit_that_its_patient_moves_inside_the_window_stays_late(
    patient_user: Caller, patient_id: str, book: Make, runtime: Runtime[Any, Any]
) -> None:
    """Otherwise a patient could avoid the fee by moving the visit before cancelling it."""
    booked = await book(at(9), patient_id=patient_id)
    await shift(runtime, booked["id"], datetime.now(UTC) + timedelta(hours=2))
    moved = await move(patient_user, booked["id"], at(10))
    assert datetime.fromisoformat(moved["free_cancellation_until"]) < datetime.now(UTC)
    assert (await patient_user.request("POST", f"/{booked['id']}/cancel")).status_code == 200
    assert await late_cancellations(runtime) == [(True, "PATIENT")]


async def test_what_the_clinic_moves_today_the_patient_cancels_for_free(
    staff: Caller, patient_user: Caller, patient_id: str, book: Make, runtime: Runtime[Any, Any]
) -> None:
    booked = await book(at(9), patient_id=patient_id)
    await shift(runtime, booked["id"], datetime.now(UTC) + timedelta(hours=2))
    moved = await move(staff, booked["id"], at(9, days=28))
    assert datetime.fromisoformat(moved["free_cancellation_until"]) == at(9, days=28) - timedelta(days=1)
    assert (await patient_user.request("POST", f"/{booked['id']}/cancel")).status_code == 200
    assert await late_cancellations(runtime) == [(False, "PATIENT")]


async def test_a_change_keeps_what_it_leaves_out(staff: Caller, book: Make) -> None:
    booked = await book(at(10), duration_minutes=45, reason="back")
    moved = await move(staff, booked["id"], at(11))
    assert (moved["duration_minutes"], moved["reason"], moved["doctor_id"]) == (45, "back", booked["doctor_id"])
    shorter = await move(staff, booked["id"], at(11), duration_minutes=15)
    assert (shorter["duration_minutes"], shorter["reason"]) == (15, "back")
    assert (await move(staff, booked["id"], at(11), reason=None))["reason"] is None


async def test_a_change_of_the_reason_is_not_a_move(patient_user: Caller, patient_id: str, book: Make) -> None:
    booked = await book(at(10), patient_id=patient_id)
    changed = await move(patient_user, booked["id"], at(10), reason="cough")
    assert (changed["reason"], changed["reschedules"], changed["version"]) == ("cough", 0, 2)
    assert await move(patient_user, booked["id"], at(10)) == changed


async def test_a_cancelled_visit_frees_the_hour(staff: Caller, book: Make) -> None:
    booked = await book(at(9))
    assert (await staff.request("POST", f"/{booked['id']}/cancel")).json()["status"] == "CANCELLED"
    await book(at(9))


@pytest.mark.parametrize("date", ["T09:00:17.25Z", "T09:00:17Z", "T09:00:00.000001Z"])
async def test_a_start_is_a_whole_minute(staff: Caller, visit: Make, date: str) -> None:
    body = {**visit(), "date": f"{at(9).date()}{date}"}
    answer = await staff.request("POST", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/body/date")
