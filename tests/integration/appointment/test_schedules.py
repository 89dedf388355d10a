"""Doctors, their schedules and the free slots in them, through the API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.appointment.entity import Doctor
from services.appointment.repository.doctors import DoctorRepository
from services.common.runtime import Runtime
from services.contracts.roles import Role
from tests.integration.appointment.conftest import at
from tests.integration.callers import Caller, items_of_all_pages

Make = Callable[..., Any]
HOURS = {
    "time_zone": "Europe/Berlin",
    "weekly": {"monday": [{"start": "13:00", "end": "17:00"}, {"start": "08:00", "end": "12:00"}]},
    "exceptions": [],
}


def path(doctor: Caller) -> str:
    return f"/doctors/{doctor.user_id}/schedule"


async def test_a_doctor_without_a_schedule_has_the_clinics_hours(staff: Caller, doctor: Caller) -> None:
    schedule = (await staff.request("GET", path(doctor))).json()
    assert (schedule["version"], schedule["time_zone"]) == (0, "UTC")
    assert schedule["weekly"]["friday"] == [{"start": "08:00", "end": "18:00"}]
    assert schedule["weekly"]["sunday"] == []


async def test_a_doctor_sets_their_schedule(staff: Caller, doctor: Caller) -> None:
    answer = await doctor.request("PUT", path(doctor), json=HOURS)
    assert answer.status_code == 200, answer.text
    schedule = answer.json()
    assert schedule["weekly"]["monday"] == [{"start": "08:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]
    assert schedule["weekly"]["tuesday"] == []
    assert answer.headers["etag"] == '"1"'
    assert (await staff.request("GET", path(doctor))).json() == schedule
    stale = await doctor.request("PUT", path(doctor), json=HOURS, headers={"if-match": '"0"'})
    assert stale.status_code == 412


async def test_simultaneous_changes_of_a_schedule_are_made_one_after_the_other(doctor: Caller) -> None:
    answers = await asyncio.gather(*(doctor.request("PUT", path(doctor), json=HOURS) for _ in range(8)))
    assert sorted(answer.json()["version"] for answer in answers) == list(range(1, 9))


async def test_a_patient_lists_the_doctors_who_can_be_booked(
    patient_user: Caller, new_doctor: Make, runtime: Runtime[Any, Any]
) -> None:
    doctors = [await new_doctor() for _ in range(3)]
    gone = doctors.pop()
    async with runtime.database.unit_of_work() as uow:
        await DoctorRepository(uow).save(Doctor(id=gone.user_id, name="Dr. Gone", active=False))
    found = await items_of_all_pages(lambda params: patient_user.request("GET", "/doctors", params=params), limit=1)
    assert sorted(item["id"] for item in found) == sorted(str(doctor.user_id) for doctor in doctors)
    assert {item["name"] for item in found} == {"Dr. Who"}


async def test_only_the_doctor_and_an_admin_set_a_schedule(
    staff: Caller, doctor: Caller, new_doctor: Make, caller: Callable[..., Caller]
) -> None:
    other = await new_doctor()
    for who, expected in ((other, 403), (staff, 403), (caller(Role.PATIENT), 403), (caller(Role.ADMIN), 200)):
        assert (await who.request("PUT", path(doctor), json=HOURS)).status_code == expected
    nobody = caller(Role.ADMIN)
    assert (await nobody.request("PUT", f"/doctors/{uuid4()}/schedule", json=HOURS)).status_code == 404
    assert (await nobody.request("GET", f"/doctors/{uuid4()}/schedule")).status_code == 404


@pytest.mark.attack(24)
@pytest.mark.parametrize(
    "fault",
    [
        {"time_zone": "Berlin"},
        {"time_zone": "../../etc/passwd"},
        {"weekly": {"monday": [{"start": "12:00", "end": "08:00"}]}},
        {"weekly": {"monday": [{"start": "08:00", "end": "08:00"}]}},
        {"weekly": {"monday": [{"start": "8:00", "end": "9:00"}]}},
        {"weekly": {"monday": [{"start": "08:00", "end": "12:00"}, {"start": "11:00", "end": "13:00"}]}},
        {"weekly": {"moonday": []}},
        {"exceptions": [{"date": "2026-02-29", "hours": []}]},
        {"exceptions": [{"date": "2026-02-28", "hours": []}, {"date": "2026-02-28", "hours": []}]},
    ],
    ids=str,
)
async def test_an_invalid_schedule_is_rejected(doctor: Caller, fault: dict[str, Any]) -> None:
    assert (await doctor.request("PUT", path(doctor), json={**HOURS, **fault})).status_code == 422


async def test_a_booked_slot_is_not_free_and_a_free_slot_can_be_booked(
    staff: Caller, doctor: Caller, book: Make
) -> None:
    booked = await book(at(9), duration_minutes=40)
    params = {"doctorId": str(doctor.user_id), "date": at(9).date().isoformat()}
    slots = (await staff.request("GET", "/availability", params=params)).json()["items"]
    starts = [datetime.fromisoformat(slot["start"]) for slot in slots]
    assert starts[:4] == [at(8), at(8, 30), at(9, 40), at(10, 30)]
    assert starts[-1] == at(17, 30)
    for slot in slots:
        length = datetime.fromisoformat(slot["end"]) - datetime.fromisoformat(slot["start"])
        assert length == timedelta(minutes=30)
    await book(starts[2])
    await staff.request("POST", f"/{booked['id']}/cancel")
    again = (await staff.request("GET", "/availability", params=params)).json()["items"]
    assert [datetime.fromisoformat(slot["start"]) for slot in again][:4] == [at(8), at(8, 30), at(9), at(10, 10)]


async def test_a_closed_day_has_no_free_slots_and_cannot_be_booked(staff: Caller, doctor: Caller, visit: Make) -> None:
    day = at(9).date().isoformat()
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday")
    weekly = {name: [{"start": "08:00", "end": "18:00"}] for name in weekdays}
    hours = {"time_zone": "UTC", "weekly": weekly, "exceptions": [{"date": day, "hours": []}]}
    assert (await doctor.request("PUT", path(doctor), json=hours)).status_code == 200
    params = {"doctorId": str(doctor.user_id), "date": day}
    assert (await staff.request("GET", "/availability", params=params)).json() == {"items": []}
    assert (await staff.request("POST", json=visit(at(9)))).status_code == 422


async def test_availability_of_an_unknown_doctor_or_an_invalid_day_is_rejected(staff: Caller, doctor: Caller) -> None:
    known = str(doctor.user_id)
    for params in (
        {"doctorId": str(uuid4()), "date": "2026-06-01"},
        {"doctorId": known},
        {"doctorId": known, "date": "2026-06-31"},
        {"doctorId": known, "date": "9999-12-31"},
        {"doctorId": known, "date": "0001-01-01"},
        {"doctorId": known, "date": "2026-06-01", "durationMinutes": 1},
    ):
        assert (await staff.request("GET", "/availability", params=params)).status_code == 422
