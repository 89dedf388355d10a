"""What the service learns from others: who is a doctor, who is no patient any more; and reminders."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest
from sqlalchemy import text

from services.appointment import consumers
from services.appointment.entity import Patient
from services.appointment.grpc_clients import PatientClient
from services.appointment.reminders import Reminders
from services.common.clock import utc_now
from services.common.errors import Unavailable
from services.common.rpc import client as rpc_client
from services.common.runtime import Runtime
from services.contracts.events import PatientDeleted, UserRegistered, UserUpdated
from services.contracts.proto import patient_v1_pb2 as messages
from services.contracts.proto import patient_v1_pb2_grpc
from services.contracts.roles import Role
from tests.integration.appointment.conftest import Caller, Registry, at
from tests.integration.appointment.test_booking import events
from tests.integration.events import tell as tell_handler

Make = Callable[..., Any]


tell = partial(tell_handler, consumers.handlers)


def user(version: int, roles: tuple[Role, ...], **more: Any) -> dict[str, Any]:
    return {"version": version, "username": "who", "email": "who@example.org", "roles": roles, **more}


async def test_who_has_the_role_can_be_booked_and_who_lost_it_cannot(
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


async def test_nothing_is_kept_of_users_who_are_no_doctors(runtime: Runtime[Any, Any]) -> None:
    await tell(runtime, UserRegistered(user_id=uuid4(), registered_at=utc_now(), **user(1, (Role.PATIENT,))))
    async with runtime.database.read_session() as session:
        assert await session.scalar(text("SELECT count(*) FROM doctor")) == 0


async def test_a_deleted_patients_hours_become_free(
    staff: Caller, book: Make, registry: Registry, runtime: Runtime[Any, Any]
) -> None:
    patient = registry.add()
    first, second, other = (
        await book(at(9), patient_id=patient),
        await book(at(10), patient_id=patient),
        await book(at(11)),
    )
    gone = PatientDeleted(patient_id=patient, version=2, deleted_at=utc_now())
    await tell(runtime, gone)
    await tell(runtime, gone)
    states = [(await staff.request("GET", f"/{item['id']}")).json()["status"] for item in (first, second, other)]
    assert states == ["CANCELLED", "CANCELLED", "BOOKED"]
    cancelled = [event for event in await events(runtime) if event.TYPE == "appointment.cancelled"]
    assert [event.late for event in cancelled] == [False, False]


async def test_a_patient_who_is_deleted_while_being_booked_ends_without_a_booking(
    staff: Caller, visit: Make, registry: Registry, runtime: Runtime[Any, Any]
) -> None:
    patient = registry.add()
    telling: list[asyncio.Task[None]] = []

    async def deleted_right_after(id: UUID) -> Patient | None:
        found = Patient(id, None)
        gone = PatientDeleted(patient_id=id, version=2, deleted_at=utc_now())
        telling.append(asyncio.create_task(tell(runtime, gone)))
        await asyncio.wait(telling, timeout=0.5)  # time enough for the event's handler, if nothing holds it up
        return found

    registry.find = deleted_right_after  # type: ignore[method-assign]
    booked = (await staff.request("POST", json=visit(at(9), patient_id=patient))).json()
    await asyncio.gather(*telling)
    assert (await staff.request("GET", f"/{booked['id']}")).json()["status"] == "CANCELLED"


async def test_a_reminder_is_published_once_when_it_is_due(
    staff: Caller, book: Make, runtime: Runtime[Any, Any]
) -> None:
    booked, cancelled = await book(at(9)), await book(at(10))
    await staff.request("POST", f"/{cancelled['id']}/cancel")
    reminders = Reminders(runtime.database, 60)
    assert await reminders.publish_due() == 0
    async with runtime.database.unit_of_work() as uow:
        await uow.session.execute(text("UPDATE appointment SET remind_at = now() WHERE remind_at IS NOT NULL"))
    sent = await asyncio.gather(*(reminders.publish_due() for _ in range(4)))
    assert sum(sent) == 1
    [due] = [event for event in await events(runtime) if event.TYPE == "appointment.reminder_due"]
    assert str(due.appointment_id) == booked["id"]
    assert (await staff.request("GET", f"/{booked['id']}")).headers["etag"] == '"1"'


async def test_what_is_over_is_not_reminded_of(book: Make, runtime: Runtime[Any, Any]) -> None:
    await book()
    past = {"past": datetime.now(UTC) - timedelta(days=2)}
    async with runtime.database.unit_of_work() as uow:
        await uow.session.execute(text("UPDATE appointment SET remind_at = :past, date = :past"), past)
    assert await Reminders(runtime.database, 60).publish_due() == 1
    assert [event.TYPE for event in await events(runtime)] == ["appointment.booked"]


class PatientServer(patient_v1_pb2_grpc.PatientServiceServicer):
    """A patient service that knows one patient."""

    def __init__(self) -> None:
        self.id, self.owner = uuid4(), uuid4()
        self.failures = 0

    async def GetPatient(self, request: Any, context: Any) -> Any:
        if self.failures:
            self.failures -= 1
            await context.abort(grpc.StatusCode.UNAVAILABLE, "draining")
        if request.id != str(self.id):
            await context.abort(grpc.StatusCode.NOT_FOUND, "not-found")
        return messages.GetPatientResponse(patient=messages.Patient(id=request.id, owner_user_id=str(self.owner)))

    async def BatchGetPatients(self, request: Any, context: Any) -> Any:
        raise NotImplementedError


@pytest.fixture
async def patient_server() -> AsyncIterator[tuple[PatientServer, PatientClient]]:
    servicer, server = PatientServer(), grpc.aio.server()
    patient_v1_pb2_grpc.add_PatientServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("localhost:0")
    await server.start()
    async with rpc_client.channel(f"localhost:{port}", "patient") as channel:
        yield servicer, PatientClient(patient_v1_pb2_grpc.PatientServiceStub(channel))
    await server.stop(0)


async def test_patients_are_looked_up_over_grpc_and_a_hiccup_is_survived(
    patient_server: tuple[PatientServer, PatientClient],
) -> None:
    server, client = patient_server
    server.failures = 2
    found = await client.find(server.id)
    assert found is not None
    assert (found.id, found.owner_user_id) == (server.id, server.owner)
    assert await client.find(uuid4()) is None


async def test_a_patient_service_that_stays_away_is_said_so_in_time() -> None:
    async with rpc_client.channel("localhost:1", "patient", seconds=0.3) as channel:
        with pytest.raises(Unavailable):
            await PatientClient(patient_v1_pb2_grpc.PatientServiceStub(channel)).find(uuid4())
    with pytest.raises(Unavailable):
        await PatientClient(None).find(uuid4())
