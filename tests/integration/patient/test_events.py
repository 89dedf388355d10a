"""The events that the service publishes, and its call to the billing service."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import grpc
import httpx
import pytest

from services.common.rpc import client as rpc_client
from services.common.runtime import Runtime
from services.contracts.events import PatientDeleted, PatientRegistered, PatientUpdated
from services.contracts.proto import billing_v1_pb2 as messages
from services.contracts.proto import billing_v1_pb2_grpc
from services.patient.composition import Components
from services.patient.grpc_clients import AppointmentClient, BillingClient
from tests.integration.effects import published_events
from tests.integration.patient.conftest import Caller, person


async def test_each_change_is_published_once_with_its_version(staff: Caller, runtime: Runtime[Any, Any]) -> None:
    created = await staff.register(name="Ada", phone="030 1234")
    path = f"/{created['id']}"
    await staff.request("PUT", path, json=person(name="Ada King", email=created["email"]))
    await staff.request("DELETE", path)
    registered, updated, deleted = await published_events(runtime)
    assert isinstance(registered, PatientRegistered)
    assert (registered.name, registered.email, registered.phone) == ("Ada", created["email"], "+49301234")
    assert isinstance(updated, PatientUpdated)
    assert (updated.name, updated.changed) == ("Ada King", ("name", "phone"))
    assert isinstance(deleted, PatientDeleted)
    assert [data.version for data in (registered, updated, deleted)] == [1, 2, 3]
    assert {data.TOPIC.name for data in (registered, updated, deleted)} == {"pms.patient.v1"}


async def test_a_rejected_change_is_not_published(staff: Caller, runtime: Runtime[Any, Any]) -> None:
    created = await staff.register()
    await staff.request("POST", json=person(email=created["email"]))
    await staff.request("PUT", f"/{created['id']}", json=person(), headers={"if-match": '"9"'})
    await staff.request("DELETE", f"/{uuid4()}")
    assert len(await published_events(runtime)) == 1


class Billing(billing_v1_pb2_grpc.BillingServiceServicer):
    """A billing service that stores each request and the token that came with it."""

    def __init__(self) -> None:
        self.calls: list[tuple[messages.CreateBillingAccountRequest, str]] = []

    async def CreateBillingAccount(self, request: Any, context: Any) -> Any:
        metadata = dict(context.invocation_metadata())
        self.calls.append((request, metadata["authorization"]))
        return messages.CreateBillingAccountResponse(created=True)

    async def GetAccount(self, request: Any, context: Any) -> Any:
        raise NotImplementedError

    async def ListOpenInvoices(self, request: Any, context: Any) -> Any:
        raise NotImplementedError


async def test_the_callers_token_is_passed_on_to_billing(patient_user: Caller, runtime: Runtime[Any, Any]) -> None:
    billing, server = Billing(), grpc.aio.server()
    billing_v1_pb2_grpc.add_BillingServiceServicer_to_server(billing, server)
    port = server.add_insecure_port("localhost:0")
    await server.start()
    async with rpc_client.channel(f"localhost:{port}", "billing") as channel:
        stub = billing_v1_pb2_grpc.BillingServiceStub(channel)
        runtime.components = Components(BillingClient(stub), AppointmentClient(None))
        created = await patient_user.register()
    await server.stop(0)
    [(request, authorization)] = billing.calls
    assert (request.patient_id, request.owner_user_id) == (created["id"], str(patient_user.user_id))
    assert authorization == patient_user.headers["Authorization"]


@pytest.mark.parametrize("target", ["localhost:1", "dns:///billing.invalid:50051"])
async def test_a_patient_is_registered_while_billing_is_down(
    staff: Caller, runtime: Runtime[Any, Any], client: httpx.AsyncClient, target: str
) -> None:
    async with rpc_client.channel(target, "billing", seconds=0.2) as channel:
        stub = billing_v1_pb2_grpc.BillingServiceStub(channel)
        runtime.components = Components(BillingClient(stub), AppointmentClient(None))
        created = await staff.register()
    assert (await staff.request("GET", f"/{created['id']}")).status_code == 200
    assert len(await published_events(runtime)) == 1
