"""A record with booked visits or unpaid invoices is not deleted. The other services' stubs are replaced."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.common.errors import Unavailable
from services.common.runtime import Runtime
from services.contracts.proto import appointment_v1_pb2, billing_v1_pb2
from services.patient.composition import Components
from services.patient.grpc_clients import AppointmentClient, BillingClient
from tests.integration.effects import published_events
from tests.integration.patient.conftest import Caller

VISIT, INVOICE, START = str(uuid4()), str(uuid4()), datetime(2027, 1, 4, 9, tzinfo=UTC)


class Others:
    """Replaces the stubs of both services: they know one patient's visit and invoice, or are down."""

    def __init__(self) -> None:
        self.appointments: dict[str, str] = {}
        self.invoices: dict[str, str] = {}
        self.down = False

    async def CreateBillingAccount(self, request: Any) -> Any:
        return billing_v1_pb2.CreateBillingAccountResponse()

    async def ListOpenAppointments(self, request: Any) -> Any:
        if self.down:
            raise Unavailable
        found = appointment_v1_pb2.ListOpenAppointmentsResponse()
        if request.patient_id in self.appointments:
            found.appointments.add(id=self.appointments[request.patient_id]).date.FromDatetime(START)
        return found

    async def ListOpenInvoices(self, request: Any) -> Any:
        found = billing_v1_pb2.ListOpenInvoicesResponse()
        if request.patient_id in self.invoices:
            found.invoices.add(id=self.invoices[request.patient_id], currency="EUR", due_minor=3000)
        return found


@pytest.fixture
def others(runtime: Runtime[Any, Any]) -> Others:
    others = Others()
    runtime.components = Components(BillingClient(others), AppointmentClient(others))
    return others


async def test_what_is_open_is_named_and_nothing_is_deleted(
    staff: Caller, patient_user: Caller, others: Others, runtime: Runtime[Any, Any]
) -> None:
    record = await patient_user.register()
    others.appointments[record["id"]], others.invoices[record["id"]] = VISIT, INVOICE
    for who in (patient_user, staff):
        answer = await who.request("DELETE", f"/{record['id']}")
        assert answer.status_code == 409
        problem = answer.json()
        assert problem["type"] == "urn:pms:problem:open-matters"
        assert problem["appointments"] == [{"id": VISIT, "date": "2027-01-04T09:00:00+00:00"}]
        assert problem["invoices"] == [{"id": INVOICE, "currency": "EUR", "due_minor": 3000}]
    assert (await staff.request("GET", f"/{record['id']}")).json()["version"] == 1
    assert [event.TYPE for event in await published_events(runtime)] == ["patient.registered"]
    others.appointments.clear()
    assert (await patient_user.request("DELETE", f"/{record['id']}")).status_code == 409
    others.invoices.clear()
    assert (await patient_user.request("DELETE", f"/{record['id']}")).status_code == 204


async def test_while_the_others_do_not_answer_nothing_is_deleted(staff: Caller, others: Others) -> None:
    record = await staff.register()
    others.down = True
    answer = await staff.request("DELETE", f"/{record['id']}")
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    others.down = False
    assert (await staff.request("DELETE", f"/{record['id']}")).status_code == 204


async def test_the_others_are_asked_only_for_a_record_that_may_be_deleted(
    staff: Caller, patient_user: Caller, others: Others
) -> None:
    record = await staff.register()
    others.down = True
    assert (await patient_user.request("DELETE", f"/{record['id']}")).status_code == 404
    assert (await staff.request("DELETE", f"/{record['id']}", headers={"if-match": '"9"'})).status_code == 412
