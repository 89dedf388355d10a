"""Transactions that concern the same appointment wait for each other and never end in a deadlock."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from lab.waiting import eventually
from services.appointment import consumers
from services.appointment.composition import reminder_service
from services.appointment.entity import Doctor, Patient
from services.appointment.reminders import ReminderLoop
from services.appointment.repository.doctors import DoctorRepository
from services.appointment.schedule import WEEKDAYS
from services.common.clock import utc_now
from services.common.runtime import Runtime
from services.contracts.events import PatientDeleted
from tests.integration.appointment.conftest import Caller, Registry, at
from tests.integration.effects import published_events
from tests.integration.events import tell as tell_handler

Make = Callable[..., Any]
ROUNDS = 25

tell = partial(tell_handler, consumers.handlers)


@pytest.fixture(autouse=True)
def no_deadlock() -> Iterator[None]:
    """Fails the test when a request was tried again after a deadlock. A handler of an event or a loop raises by itself.

    Each deadlock costs a second, so a test that sees none is quick.
    """

    def count() -> float:
        return REGISTRY.get_sample_value("transaction_retries_total", {"reason": "40P01"}) or 0.0

    before = count()
    yield
    assert count() == before


@asynccontextmanager
async def locked(runtime: Runtime[Any, Any], statement: str, *queue: Callable[[], Any]) -> AsyncIterator[list[Any]]:
    """Starts each call of `queue` when the one before waits for a lock; the first waits for what `statement` locks.

    When the block ends, the lock is released. The list then has the results of the calls.
    """
    tasks: list[asyncio.Task[Any]] = []
    results: list[Any] = []
    async with runtime.database.unit_of_work() as uow:
        await uow.fetch(statement, transactional=True)
        for call in queue:
            tasks.append(asyncio.create_task(call()))
            await eventually("the transaction to wait", partial(_waits, runtime, len(tasks)), seconds=5)
        yield results
    results += await asyncio.gather(*tasks)


async def _waits(runtime: Runtime[Any, Any], count: int) -> bool:
    statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with runtime.database.unit_of_work() as uow:
        return bool((await uow.fetch(statement))[0][0] == count)


def row(id: str) -> str:
    return f"SELECT FROM appointment WHERE id = '{id}' FOR UPDATE"


def deleted(patient_id: str | UUID) -> PatientDeleted:
    return PatientDeleted(patient_id=UUID(str(patient_id)), version=2, deleted_at=utc_now())


async def test_a_visit_is_moved_and_then_cancelled_when_its_patient_is_deleted_meanwhile(
    staff: Caller, book: Make, runtime: Runtime[Any, Any]
) -> None:
    booked = await book(at(10))
    move = partial(staff.request, "PUT", f"/{booked['id']}", json={"date": at(11).isoformat()})
    async with locked(runtime, row(booked["id"]), move, partial(tell, runtime, deleted(booked["patient_id"]))) as ends:
        pass
    assert ends[0].status_code == 200
    now = (await staff.request("GET", f"/{booked['id']}")).json()
    assert (now["status"], now["date"], now["version"]) == ("CANCELLED", ends[0].json()["date"], 3)
    types = [event.TYPE for event in await published_events(runtime)]
    assert types == ["appointment.booked", "appointment.rescheduled", "appointment.cancelled"]


@pytest.mark.parametrize("other_doctor", [False, True])
async def test_a_visit_is_not_moved_after_the_deletion_of_its_patient(
    staff: Caller, book: Make, new_doctor: Make, runtime: Runtime[Any, Any], other_doctor: bool
) -> None:
    booked = await book(at(10))
    body = {"date": at(11).isoformat()} | ({"doctor_id": str((await new_doctor()).user_id)} if other_doctor else {})
    move = partial(staff.request, "PUT", f"/{booked['id']}", json=body)
    async with locked(runtime, row(booked["id"]), partial(tell, runtime, deleted(booked["patient_id"])), move) as ends:
        pass
    assert (ends[1].status_code, ends[1].json()["type"]) == (409, "urn:pms:problem:illegal-transition")
    assert (await staff.request("GET", f"/{booked['id']}")).json()["date"] == booked["date"]


async def test_the_event_of_a_visits_end_names_the_doctor_to_whom_it_was_moved_meanwhile(
    staff: Caller, book: Make, runtime: Runtime[Any, Any]
) -> None:
    booked, other = await book(at(10)), Doctor(uuid4(), "Dr. No", active=True)
    async with runtime.database.unit_of_work() as uow:
        await DoctorRepository(uow).save(other)
    move = f"UPDATE appointment SET doctor_id = '{other.id}' WHERE id = '{booked['id']}'"
    async with locked(runtime, move, partial(staff.request, "POST", f"/{booked['id']}/cancel")) as ends:
        pass
    assert (ends[0].status_code, ends[0].json()["doctor_id"]) == (200, str(other.id))
    [*_, cancelled] = await published_events(runtime)
    assert (cancelled.TYPE, cancelled.doctor_name) == ("appointment.cancelled", "Dr. No")


async def test_a_visit_is_moved_from_the_doctor_to_whom_it_was_moved_meanwhile(
    staff: Caller, book: Make, new_doctor: Make, runtime: Runtime[Any, Any]
) -> None:
    """The second move names no doctor. It locks the one that the first move gave the visit."""
    booked, other = await book(at(10)), await new_doctor()
    first = {"date": at(11).isoformat(), "doctor_id": str(other.user_id)}
    moves = [
        partial(staff.request, "PUT", f"/{booked['id']}", json=body) for body in (first, {"date": at(12).isoformat()})
    ]
    async with locked(runtime, row(booked["id"]), *moves) as ends:
        pass
    assert [answer.status_code for answer in ends] == [200, 200]
    assert (ends[1].json()["doctor_id"], ends[1].json()["version"]) == (str(other.user_id), 3)


async def test_a_booking_is_refused_when_its_doctor_retires_during_the_look_up(
    staff: Caller, visit: Make, registry: Registry, doctor: Caller, runtime: Runtime[Any, Any]
) -> None:
    find = registry.find

    async def retired_right_after(id: UUID) -> Patient | None:
        async with runtime.database.unit_of_work() as uow:
            await DoctorRepository(uow).retire(Doctor(doctor.user_id, "Dr. Who", active=False))
        return await find(id)

    registry.find = retired_right_after  # type: ignore[method-assign]
    answer = await staff.request("POST", json=visit(at(9)))
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:pms:problem:unknown-doctor")


@pytest.mark.parametrize(("action", "state"), [("cancel", "CANCELLED"), ("complete", "COMPLETED")])
async def test_a_visit_that_ends_while_its_patient_is_deleted_ends_once(
    staff: Caller, book: Make, runtime: Runtime[Any, Any], action: str, state: str
) -> None:
    booked = await book(at(10))
    end = partial(staff.request, "POST", f"/{booked['id']}/{action}")
    async with locked(runtime, row(booked["id"]), end, partial(tell, runtime, deleted(booked["patient_id"]))) as ends:
        pass
    assert (ends[0].status_code, ends[0].json()["status"]) == (200, state)
    assert (await staff.request("GET", f"/{booked['id']}")).json()["version"] == 2


async def test_a_booking_in_progress_is_cancelled_by_the_deletion_of_its_patient(
    staff: Caller, visit: Make, registry: Registry, doctor: Caller, runtime: Runtime[Any, Any]
) -> None:
    patient = registry.add()
    doctor_lock = f"SELECT pg_advisory_xact_lock(hashtextextended('doctor {doctor.user_id}', 0))"
    book = partial(staff.request, "POST", json=visit(at(9), patient_id=patient))
    async with locked(runtime, doctor_lock, book, partial(tell, runtime, deleted(patient))) as ends:
        pass
    assert ends[0].status_code == 201
    assert (await staff.request("GET", f"/{ends[0].json()['id']}")).json()["status"] == "CANCELLED"


@pytest.mark.parametrize("headers", [{}, {"idempotency-key": "one"}], ids=["no key", "key"])
async def test_a_booking_is_refused_when_its_patient_is_deleted_after_the_look_up(
    staff: Caller, visit: Make, registry: Registry, runtime: Runtime[Any, Any], headers: dict[str, str]
) -> None:
    async def deleted_right_after(id: UUID) -> Patient | None:
        await asyncio.wait_for(tell(runtime, deleted(id)), 2)  # the booking holds no lock during the look-up
        return Patient(id, None)

    registry.find = deleted_right_after  # type: ignore[method-assign]
    answer = await staff.request("POST", json=visit(at(9)), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:pms:problem:unknown-patient")
    assert await published_events(runtime) == []


@pytest.mark.parametrize("with_key", [False, True])
async def test_bookings_that_wait_for_the_patient_service_hold_no_connection(
    staff: Caller, visit: Make, registry: Registry, runtime: Runtime[Any, Any], with_key: bool
) -> None:
    asked, answer_now, find = asyncio.Semaphore(0), asyncio.Event(), registry.find

    async def slow(id: UUID) -> Patient | None:
        asked.release()
        await answer_now.wait()
        return await find(id)

    registry.find = slow  # type: ignore[method-assign]
    count = runtime.settings.database_pool_size + 5

    def booking(number: int) -> asyncio.Task[Any]:
        body = visit(at(9 + number // 4, number % 4 * 15), duration_minutes=15)
        headers = {"idempotency-key": str(number)} if with_key else {}
        return asyncio.create_task(staff.request("POST", json=body, headers=headers))

    bookings = [booking(number) for number in range(count)]
    try:
        for _ in range(count):
            await asyncio.wait_for(asked.acquire(), 3)
        assert (await asyncio.wait_for(staff.request("GET"), 3)).status_code == 200
    finally:
        answer_now.set()
        answers = await asyncio.gather(*bookings)
    assert Counter(answer.status_code for answer in answers) == {201: count}


async def test_a_key_that_was_used_during_the_look_up_is_answered_from_its_store(
    staff: Caller, visit: Make, registry: Registry, runtime: Runtime[Any, Any]
) -> None:
    """The second request with the key arrives while the first one looks the patient up, and is quicker."""
    body, headers, find = visit(at(9)), {"idempotency-key": "one"}, registry.find
    quicker: list[Any] = []

    async def overtaken(id: UUID) -> Patient | None:
        registry.find = find  # type: ignore[method-assign]
        quicker.append(await staff.request("POST", json=body, headers=headers))
        return await find(id)

    registry.find = overtaken  # type: ignore[method-assign]
    slower = await staff.request("POST", json=body, headers=headers)
    assert [answer.status_code for answer in (quicker[0], slower)] == [201, 201]
    assert (slower.content, slower.headers["idempotent-replayed"]) == (quicker[0].content, "true")
    assert len(await published_events(runtime)) == 1


async def test_reminders_and_bookings_of_the_same_hours_do_not_wait_for_each_other_in_a_circle(
    staff: Caller, book: Make, visit: Make, runtime: Runtime[Any, Any]
) -> None:
    """A booking that overlaps all visits of a day meets those whose reminders are written at the moment."""
    for number in range(36):
        await book(at(8 + number // 4, number % 4 * 15), duration_minutes=15)
    reminders = ReminderLoop(runtime.database, 60, reminder_service)
    whole_day = [visit(at(8), duration_minutes=480) for _ in range(4)]
    for _ in range(ROUNDS):
        async with runtime.database.unit_of_work() as uow:
            await uow.fetch("UPDATE appointment SET remind_at = now()")
        sent, *answers = await asyncio.gather(
            reminders.publish_due(), *(staff.request("POST", json=body) for body in whole_day)
        )
        assert sent == 36
        assert {answer.status_code for answer in answers} == {409}


async def test_everything_at_once(
    staff: Caller, visit: Make, registry: Registry, new_doctor: Make, runtime: Runtime[Any, Any]
) -> None:
    """Bookings, moves, ends, reminders, schedules and deletions concern three patients and two doctors."""
    chance, doctors = random.Random(7), [await new_doctor() for _ in range(2)]
    reminders = ReminderLoop(runtime.database, 60, reminder_service)
    hours = {"time_zone": "UTC", "weekly": {day: [{"start": "08:00", "end": "18:00"}] for day in WEEKDAYS[:5]}}
    for _ in range(ROUNDS):
        patients = [registry.add() for _ in range(3)]

        def body(patient: str) -> dict[str, Any]:
            return visit(
                at(chance.randrange(9, 12), chance.choice((0, 15, 30, 45)), days=chance.choice((7, 8))),
                patient_id=patient,
                doctor_id=str(chance.choice(doctors).user_id),
                duration_minutes=chance.choice((15, 30, 60)),
            )

        booked = await asyncio.gather(*(staff.request("POST", json=body(patient)) for patient in patients * 3))
        visits = [answer.json() for answer in booked if answer.status_code == 201]
        async with runtime.database.unit_of_work() as uow:
            await uow.fetch("UPDATE appointment SET remind_at = now() WHERE status = 'BOOKED'")
        calls: list[Any] = [tell(runtime, deleted(patient)) for patient in patients]
        for one in visits:
            path = f"/{one['id']}"
            calls.append(staff.request("PUT", path, json=body(one["patient_id"])))
            calls.append(staff.request("PUT", path, json={"date": one["date"], "reason": "cough"}))
            calls.append(staff.request("POST", f"{path}/{chance.choice(('cancel', 'complete', 'no-show'))}"))
        calls += [staff.request("POST", json=body(patient)) for patient in patients]
        calls += [reminders.publish_due() for _ in range(2)]
        calls += [one.request("PUT", f"/doctors/{one.user_id}/schedule", json=hours) for one in doctors]
        chance.shuffle(calls)
        answers = await asyncio.gather(*calls)
        assert {answer.status_code for answer in answers if hasattr(answer, "status_code")} <= {200, 201, 409, 422}
        async with runtime.database.unit_of_work() as uow:
            left = await uow.fetch(
                "SELECT FROM appointment WHERE status = 'BOOKED' AND patient_id = ANY($1)",
                [UUID(patient) for patient in patients],
            )
        assert left == []
