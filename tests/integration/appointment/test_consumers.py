"""The events that the service consumes: users who become doctors, and patients who are deleted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from services.appointment import consumers
from services.common.clock import utc_now
from services.common.runtime import Runtime
from services.contracts.events import PatientDeleted, UserRegistered, UserUpdated
from services.contracts.roles import Role
from tests.integration.appointment.conftest import Registry, at
from tests.integration.callers import Caller
from tests.integration.effects import published_events
from tests.integration.events import tell as tell_handler

Make = Callable[..., Any]

tell = partial(tell_handler, consumers.handlers)


def user(version: int, roles: tuple[Role, ...], **more: Any) -> dict[str, Any]:
    return {"version": version, "username": "who", "email": "who@example.org", "roles": roles, **more}


async def test_a_user_can_be_booked_only_while_they_are_a_doctor(
    staff: Caller, visit: Make, runtime: Runtime[Any, Any]
) -> None:
    id = uuid4()

    async def status() -> int:
        return (await staff.request("POST", json=visit(at(10), doctor_id=str(id)))).status_code

    assert await status() == 422
    await tell(runtime, UserRegistered(user_id=id, registered_at=utc_now(), **user(1, (Role.DOCTOR,))))
    assert await status() == 201
    await tell(runtime, UserUpdated(user_id=id, updated_at=utc_now(), **user(2, (Role.STAFF,))))
    assert await status() == 422
    await tell(runtime, UserUpdated(user_id=id, updated_at=utc_now(), **user(3, (Role.DOCTOR,), disabled=True)))
    assert await status() == 422


async def test_users_who_are_not_doctors_are_not_stored(runtime: Runtime[Any, Any]) -> None:
    await tell(runtime, UserRegistered(user_id=uuid4(), registered_at=utc_now(), **user(1, (Role.PATIENT,))))
    async with runtime.database.unit_of_work() as uow:
        assert await uow.fetch("SELECT FROM doctor") == []


async def test_a_deleted_patients_appointments_are_cancelled_without_a_fee(
    staff: Caller, book: Make, registry: Registry, runtime: Runtime[Any, Any]
) -> None:
    patient = registry.add()
    first, second, other = (
        await book(at(9), patient_id=patient),
        await book(at(10), patient_id=patient),
        await book(at(11)),
    )
    deleted = PatientDeleted(patient_id=patient, version=2, deleted_at=utc_now())
    await tell(runtime, deleted)
    await tell(runtime, deleted)
    states = [(await staff.request("GET", f"/{item['id']}")).json()["status"] for item in (first, second, other)]
    assert states == ["CANCELLED", "CANCELLED", "BOOKED"]
    cancelled = [event for event in await published_events(runtime) if event.TYPE == "appointment.cancelled"]
    assert [event.late for event in cancelled] == [False, False]
