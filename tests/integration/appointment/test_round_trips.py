"""How often a request asks the database, and for what."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.appointment import consumers
from services.appointment.composition import reminder_service
from services.appointment.reminders import ReminderLoop
from services.appointment.repository import appointments
from services.common.clock import utc_now
from services.common.runtime import Runtime
from services.contracts.events import PatientDeleted, UserUpdated
from services.contracts.roles import Role
from tests.integration.appointment.conftest import at
from tests.integration.callers import Caller
from tests.integration.events import tell
from tests.integration.statements import statements_of

Make = Callable[..., Any]
Count = Callable[[Callable[[], Any]], Any]
VISITS = """
    INSERT INTO appointment (id, patient_id, doctor_id, date, ends_at, duration_minutes, status, time_zone, booked_at,
        updated_at)
    SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
        start, start + interval '15 minutes', 15, 'BOOKED', 'UTC', start, start
    FROM generate_series(now() - interval '3000 hours', now(), interval '1 hour') AS start"""


@pytest.fixture
def count(runtime: Runtime[Any, Any], monkeypatch: pytest.MonkeyPatch) -> Count:
    """`await count(call)` returns how many statements the call ran."""

    async def run(call: Callable[[], Any]) -> int:
        statements = await statements_of(runtime, monkeypatch, call)
        return len(statements)

    return run


async def test_a_read_is_one_round_trip_with_its_audit_record(
    staff: Caller, doctor: Caller, book: Make, count: Count
) -> None:
    booked = await book()
    availability = {"doctorId": booked["doctor_id"], "date": at(9).date().isoformat()}
    for path, params in (
        (f"/{booked['id']}", {}),
        ("", {"status": "BOOKED"}),
        ("/doctors", {}),
        (f"/doctors/{doctor.user_id}/schedule", {}),
        ("/availability", availability),
    ):
        assert await count(partial(staff.request, "GET", path, params=params)) == 1, path


async def test_a_booking_locks_looks_and_writes_once(staff: Caller, visit: Make, count: Count) -> None:
    booking = partial(staff.request, "POST", json=visit())
    assert await count(booking) == len(("BEGIN", "locks", "rules", "write", "COMMIT"))


async def test_a_move_takes_one_more_lock(staff: Caller, book: Make, count: Count) -> None:
    path = f"/{(await book(at(10)))['id']}"
    move = partial(staff.request, "PUT", path, json={"date": at(11).isoformat()})
    assert await count(move) == len(("BEGIN", "patient", "doctor and row", "rules", "write", "COMMIT"))


@pytest.mark.parametrize("action", ["cancel", "complete"])
async def test_the_end_of_a_visit_reads_and_writes_once(staff: Caller, book: Make, count: Count, action: str) -> None:
    end = partial(staff.request, "POST", f"/{(await book())['id']}/{action}")
    assert await count(end) == len(("BEGIN", "row", "write", "COMMIT"))


async def test_a_schedule_is_locked_read_and_written(doctor: Caller, count: Count) -> None:
    body = {"time_zone": "UTC", "weekly": {}}
    replace = partial(doctor.request, "PUT", f"/doctors/{doctor.user_id}/schedule", json=body)
    for _ in ("the first own schedule", "a changed one"):
        assert await count(replace) == len(("BEGIN", "doctor", "schedule", "write", "COMMIT"))


async def test_events_and_reminders_take_the_same_number_for_any_number_of_visits(
    staff: Caller, book: Make, count: Count, runtime: Runtime[Any, Any]
) -> None:
    patient = (await book(at(9)))["patient_id"]
    for hour in (10, 11, 12):
        await book(at(hour), patient_id=patient)
    async with runtime.database.unit_of_work() as uow:
        await uow.fetch("UPDATE appointment SET remind_at = now()")
    reminders = ReminderLoop(runtime.database, 60, reminder_service)
    assert await count(reminders.publish_due) == len(("BEGIN", "take", "write", "COMMIT"))
    deleted = PatientDeleted(patient_id=UUID(patient), version=2, deleted_at=utc_now())
    cancel = partial(tell, consumers.handlers, runtime, deleted)
    assert await count(cancel) == len(("BEGIN", "patient", "visits", "write", "COMMIT"))
    user = {"username": "who", "email": "who@example.org", "updated_at": utc_now()}
    for roles in ((Role.DOCTOR,), ()):
        known = UserUpdated(user_id=uuid4(), version=1, roles=roles, **user)
        assert await count(partial(tell, consumers.handlers, runtime, known)) == len(("BEGIN", "doctor", "COMMIT"))


async def test_the_visits_that_overlap_a_booking_are_found_by_the_indexes_of_the_constraints(
    runtime: Runtime[Any, Any],
) -> None:
    """A condition on start and end alone would look at all visits that the doctor ever had."""
    statement = appointments._PROSPECT
    values = {"patient_id": uuid4(), "doctor_id": uuid4(), "moved_id": None, "start": at(9), "end": at(10)}
    async with runtime.database.unit_of_work() as uow:
        await uow.fetch(VISITS)
        await uow.fetch("ANALYZE appointment")
        await uow.fetch("SET LOCAL enable_seqscan = off", transactional=True)
        await uow.fetch("SET LOCAL plan_cache_mode = force_generic_plan")
        rows = await uow.fetch(f"EXPLAIN {statement.sql}", *statement.arguments(values))
    plan = "\n".join(row[0] for row in rows)
    assert appointments.DOCTOR_TAKEN in plan
    assert appointments.PATIENT_TAKEN in plan
