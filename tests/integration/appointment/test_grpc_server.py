"""Other services ask for a patient's booked appointments over gRPC, in the caller's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import grpc
import pytest
from grpc import StatusCode

from services.contracts.proto import appointment_v1_pb2 as messages
from services.contracts.proto import appointment_v1_pb2_grpc
from services.contracts.roles import Role
from tests.integration.appointment.conftest import Registry, at
from tests.integration.callers import Caller, status_of
from tests.support.issuer import TestIssuer

Make = Callable[..., Any]


@pytest.fixture
def stub(channel: grpc.aio.Channel) -> Any:
    return appointment_v1_pb2_grpc.AppointmentServiceStub(channel)


def test_every_method_is_tested_here() -> None:
    methods = messages.DESCRIPTOR.services_by_name["AppointmentService"].methods_by_name
    assert set(methods) == {"ListOpenAppointments"}


@pytest.mark.attack(9)
async def test_booked_appointments_are_listed_to_those_who_may_see_them(
    stub: Any, caller: Make, staff: Caller, patient_user: Caller, registry: Registry, book: Make
) -> None:
    patient_id = registry.add(owner=patient_user.user_id)
    second, first, cancelled = [await book(at(hour), patient_id=patient_id) for hour in (11, 10, 12)]
    await book(at(13))
    await staff.request("POST", f"/{cancelled['id']}/cancel")
    request = messages.ListOpenAppointmentsRequest(patient_id=patient_id)
    for who, expected in (
        (patient_user, [first["id"], second["id"]]),
        (staff, [first["id"], second["id"]]),
        (caller(Role.ADMIN), [first["id"], second["id"]]),
        (caller(Role.PATIENT), []),
    ):
        found = await stub.ListOpenAppointments(request, metadata=who.metadata)
        assert [one.id for one in found.appointments] == expected
        assert [one.date.ToJsonString() for one in found.appointments][:1] == ([first["date"]] if expected else [])


@pytest.mark.attack(8, 10)
async def test_calls_without_a_valid_token_a_role_or_an_id_are_refused(stub: Any, staff: Caller, caller: Make) -> None:
    request = messages.ListOpenAppointmentsRequest(patient_id=str(uuid4()))
    for metadata in ((), (("authorization", TestIssuer().bearer(Role.ADMIN)["Authorization"]),)):
        assert await status_of(stub.ListOpenAppointments(request, metadata=metadata)) is StatusCode.UNAUTHENTICATED
    nobody = stub.ListOpenAppointments(request, metadata=caller().metadata)
    assert await status_of(nobody) is StatusCode.PERMISSION_DENIED
    nonsense = messages.ListOpenAppointmentsRequest(patient_id="x")
    call = stub.ListOpenAppointments(nonsense, metadata=staff.metadata)
    assert await status_of(call) is StatusCode.INVALID_ARGUMENT
