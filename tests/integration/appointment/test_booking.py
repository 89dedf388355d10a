"""Appointments are booked, moved and ended through the API."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.common.runtime import Runtime
from tests.integration.appointment.conftest import Registry, at
from tests.integration.callers import Caller
from tests.integration.effects import published_events

Make = Callable[..., Any]


async def shift(runtime: Runtime[Any, Any], id: str, start: datetime) -> None:
    """Moves an appointment to a time that cannot be booked, as if time had passed since it was booked."""
    statement = "UPDATE appointment SET date = $1, ends_at = $2, free_until = $3 WHERE id = $4"
    async with runtime.database.unit_of_work() as uow:
        await uow.fetch(statement, start, start + timedelta(minutes=30), start - timedelta(days=1), UUID(id))


async def test_a_booked_visit_is_read_as_it_was_written(staff: Caller, visit: Make, runtime: Runtime[Any, Any]) -> None:
    body = visit(at(10), duration_minutes=45, reason="Rücken 🦴")
    response = await staff.request("POST", json=body)
    assert response.status_code == 201, response.text
    booked = response.json()
    assert response.headers["location"] == f"/appointments/{booked['id']}"
    assert (await staff.request("GET", f"/{booked['id']}")).json() == booked
    assert (booked["patient_id"], booked["doctor_id"]) == (body["patient_id"], body["doctor_id"])
    assert (booked["status"], booked["version"], booked["reason"]) == ("BOOKED", 1, "Rücken 🦴")
    assert datetime.fromisoformat(booked["ends_at"]) - datetime.fromisoformat(booked["date"]) == timedelta(minutes=45)
    [event] = await published_events(runtime)
    assert (event.TYPE, str(event.appointment_id), event.doctor_name) == ("appointment.booked", booked["id"], "Dr. Who")
    assert not hasattr(event, "reason")


@pytest.mark.attack(24)
@pytest.mark.parametrize(
    ("offset", "minutes", "expected"),
    [(0, 30, 409), (15, 30, 409), (-15, 30, 409), (-30, 90, 409), (10, 10, 409), (30, 30, 201), (-30, 30, 201)],
)
async def test_overlapping_visits_of_a_doctor_are_rejected_and_adjacent_ones_are_not(
    staff: Caller, book: Make, visit: Make, offset: int, minutes: int, expected: int
) -> None:
    await book(at(12))
    again = visit(at(12) + timedelta(minutes=offset), duration_minutes=minutes)
    assert (await staff.request("POST", json=again)).status_code == expected


async def test_a_patient_cannot_be_with_two_doctors_at_once(
    staff: Caller, book: Make, visit: Make, new_doctor: Make
) -> None:
    first, other = await book(at(12)), await new_doctor()
    body = visit(at(12, 15), patient_id=first["patient_id"], doctor_id=str(other.user_id))
    answer = await staff.request("POST", json=body)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:pms:problem:patient-busy")


def _next_saturday() -> datetime:
    day = at(10)
    while day.weekday() != 5:
        day += timedelta(days=1)
    return day


INVALID = {
    "in the past": lambda: {"date": (datetime.now(UTC) - timedelta(days=7)).isoformat()},
    "years ahead": lambda: {"date": at(10, days=500).isoformat()},
    "before the doctor's hours": lambda: {"date": at(7, 45).isoformat()},
    "after the doctor's hours": lambda: {"date": at(17, 45).isoformat()},
    "on a Saturday": lambda: {"date": _next_saturday().isoformat()},
    "unknown doctor": lambda: {"doctor_id": str(uuid4())},
    "unknown patient": lambda: {"patient_id": str(uuid4())},
    "no offset": lambda: {"date": at(10).replace(tzinfo=None).isoformat()},
    "Unix time": lambda: {"date": at(10).timestamp()},
    "end of the calendar": lambda: {"date": "9999-12-31T23:59:59-12:00"},
    "start of the calendar": lambda: {"date": "0001-01-01T00:00:00+14:00"},
    "no duration": lambda: {"duration_minutes": 0},
    "negative duration": lambda: {"duration_minutes": -30},
    "duration of days": lambda: {"duration_minutes": 100_000},
    "duration with a fraction": lambda: {"duration_minutes": 30.5},
    "extra fields": lambda: {"status": "COMPLETED"},
    "somebody's id": lambda: {"patient_owner_id": str(uuid4())},
}


@pytest.mark.attack(11, 22, 24)
@pytest.mark.parametrize("fault", INVALID.values(), ids=INVALID)
async def test_a_booking_against_the_rules_is_rejected(
    staff: Caller, visit: Make, runtime: Runtime[Any, Any], fault: Callable[[], dict[str, Any]]
) -> None:
    answer = await staff.request("POST", json={**visit(), **fault()})
    assert answer.status_code == 422, answer.text
    assert await published_events(runtime) == []


async def test_while_patients_cannot_be_looked_up_nothing_is_booked(
    staff: Caller, visit: Make, registry: Registry, runtime: Runtime[Any, Any]
) -> None:
    registry.down = True
    answer = await staff.request("POST", json=visit())
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert await published_events(runtime) == []


async def test_of_two_hundred_bookings_of_a_slot_one_wins(
    staff: Caller, visit: Make, runtime: Runtime[Any, Any]
) -> None:
    bodies = [visit(at(11)) for _ in range(200)]
    answers = await asyncio.gather(*(staff.request("POST", json=body) for body in bodies))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 199}
    assert len(await published_events(runtime)) == 1


async def test_simultaneous_bookings_of_one_patient_by_many_doctors_end_in_one(
    staff: Caller, visit: Make, registry: Registry, new_doctor: Make
) -> None:
    patient = registry.add()
    doctors = [await new_doctor() for _ in range(10)]
    bodies = [visit(at(11), patient_id=patient, doctor_id=str(doctor.user_id)) for doctor in doctors]
    answers = await asyncio.gather(*(staff.request("POST", json=body) for body in bodies))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}


async def test_parallel_retries_with_a_key_are_one_booking(
    staff: Caller, visit: Make, runtime: Runtime[Any, Any]
) -> None:
    body, headers = visit(), {"idempotency-key": "retry"}
    answers = await asyncio.gather(*(staff.request("POST", json=body, headers=headers) for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {201: 20}
    assert len({answer.content for answer in answers}) == 1
    assert len(await published_events(runtime)) == 1


async def test_a_visit_is_not_moved_onto_another_or_to_another_patient(staff: Caller, book: Make) -> None:
    await book(at(10))
    second = await book(at(11))
    path = f"/{second['id']}"
    assert (await staff.request("PUT", path, json={"date": at(10, 15).isoformat()})).status_code == 409
    body = {"date": at(12).isoformat(), "patient_id": str(uuid4())}
    assert (await staff.request("PUT", path, json=body)).status_code == 422
    assert (await staff.request("PUT", path, json={"date": at(20).isoformat()})).status_code == 422
    assert (
        await staff.request("PUT", path, json={"date": at(12).isoformat()}, headers={"if-match": '"7"'})
    ).status_code == 412
    assert (await staff.request("GET", path)).json() == second


async def test_a_visit_that_has_started_cannot_be_moved_to_avoid_the_fee(
    staff: Caller, book: Make, runtime: Runtime[Any, Any]
) -> None:
    booked = await book(at(10))
    await shift(runtime, booked["id"], datetime.now(UTC) - timedelta(minutes=5))
    answer = await staff.request("PUT", f"/{booked['id']}", json={"date": at(12).isoformat()})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:pms:problem:already-started")


async def test_a_visit_can_be_completed_before_its_start(staff: Caller, book: Make, runtime: Runtime[Any, Any]) -> None:
    booked = await book()
    answer = await staff.request("POST", f"/{booked['id']}/complete")
    assert (answer.status_code, answer.json()["status"], answer.headers["etag"]) == (200, "COMPLETED", '"2"')
    assert [event.TYPE for event in await published_events(runtime)] == ["appointment.booked", "appointment.completed"]


async def test_a_no_show_is_recorded_only_after_the_start(
    staff: Caller, book: Make, runtime: Runtime[Any, Any]
) -> None:
    booked = await book()
    path = f"/{booked['id']}/no-show"
    answer = await staff.request("POST", path)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:pms:problem:not-yet-started")
    await shift(runtime, booked["id"], datetime.now(UTC) - timedelta(minutes=5))
    assert (await staff.request("POST", f"/{booked['id']}/cancel")).status_code == 409
    assert (await staff.request("POST", path)).json()["status"] == "NO_SHOW"


@pytest.mark.parametrize("ended", ["cancel", "complete"])
async def test_an_appointment_that_ended_does_not_change(staff: Caller, book: Make, ended: str) -> None:
    booked = await book()
    path = f"/{booked['id']}"
    final = (await staff.request("POST", f"{path}/{ended}")).json()
    for action in ("cancel", "complete", "no-show"):
        assert (await staff.request("POST", f"{path}/{action}")).status_code == 409
    assert (await staff.request("PUT", path, json={"date": at(15).isoformat()})).status_code == 409
    assert (await staff.request("GET", path)).json() == final


async def test_lists_are_filtered_and_paged(staff: Caller, book: Make, new_doctor: Make) -> None:
    other = await new_doctor()
    first, second = await book(at(9)), await book(at(10))
    third = await book(at(9), doctor_id=str(other.user_id))
    await staff.request("POST", f"/{second['id']}/cancel")

    async def ids(**params: Any) -> list[str]:
        answer = await staff.request("GET", params=params)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert await ids(doctorId=first["doctor_id"]) == [first["id"], second["id"]]
    assert await ids(patientId=third["patient_id"]) == [third["id"]]
    assert await ids(status="CANCELLED") == [second["id"]]
    assert await ids(**{"from": at(10).isoformat()}) == [second["id"]]
    assert set(await ids(to=at(10).isoformat())) == {first["id"], third["id"]}
    page = (await staff.request("GET", params={"limit": 2, "cursor": ""})).json()
    rest = await ids(limit=2, cursor=page["next_cursor"])
    assert {item["id"] for item in page["items"]} | set(rest) == {first["id"], second["id"], third["id"]}
    for params in ({"doctor_id": first["doctor_id"]}, {"status": "LOST"}, {"from": "2026-01-01T00:00:00"}):
        assert (await staff.request("GET", params=params)).status_code == 422
