"""Who may read and pay whose account and invoices, over HTTP and gRPC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import grpc
import httpx
import pytest
from fastapi import FastAPI
from grpc import StatusCode

from services.billing.config import BillingSettings
from services.billing.consumers import handlers
from services.common.runtime import Runtime
from services.contracts import events
from services.contracts.proto import billing_v1_pb2 as messages
from services.contracts.proto import billing_v1_pb2_grpc
from services.contracts.roles import Role
from tests.integration.callers import Caller, covers_all_routes, status_of
from tests.integration.conftest import MakeSettings
from tests.integration.events import appointment, registered, tell
from tests.support.issuer import TestIssuer

Make = Callable[..., Any]

# The callers and their roles. The records belong to the owner.
PEOPLE: dict[str, tuple[Role, ...]] = {
    "ADMIN": (Role.ADMIN,),
    "STAFF": (Role.STAFF,),
    "DOCTOR": (Role.DOCTOR,),
    "owner": (Role.PATIENT,),
    "another PATIENT": (Role.PATIENT,),
    "a DOCTOR whose record it is": (Role.DOCTOR,),
    "no role": (),
}
# The operations, and the status that each caller gets, in the order of PEOPLE.
MATRIX = {
    "GET /api/billing/accounts/{patientId}": (200, 200, 403, 200, 404, 403, 403),
    "GET /api/billing/fees": (200, 200, 403, 200, 200, 403, 403),
    "GET /api/billing/invoices": (200, 200, 403, 200, 200, 403, 403),  # empty for another PATIENT
    "GET /api/billing/invoices/{id}": (200, 200, 403, 200, 404, 403, 403),
    "GET /api/billing/invoices/{id}/payments": (200, 200, 403, 200, 404, 403, 403),
    "POST /api/billing/invoices/{id}/payments": (201, 201, 403, 201, 404, 403, 403),
    "POST /api/billing/invoices/{id}/payments/{paymentId}/refunds": (201, 201, 403, 403, 403, 403, 403),
    "GET /api/billing/invoices/{id}/credit-notes": (200, 200, 403, 200, 404, 403, 403),
    "POST /api/billing/invoices/{id}/credit-notes": (201, 201, 403, 403, 403, 403, 403),
    "POST /api/billing/invoices/{id}/void": (200, 200, 403, 403, 403, 403, 403),
}
BODIES = {"payments": {"amount_minor": 100, "method": "CARD"}, "void": {"reason": "Mistake."}}
CORRECTION = {"amount_minor": 100, "reason": "Too much."}
_OK, _NO, _NONE = StatusCode.OK, StatusCode.PERMISSION_DENIED, StatusCode.NOT_FOUND
RPC_MATRIX = {
    "GetAccount": (_OK, _OK, _NO, _OK, _NONE, _NO, _NO),
    "ListOpenInvoices": (_OK, _OK, _NO, _OK, _OK, _NO, _NO),  # empty for another PATIENT
    "CreateBillingAccount": (_OK, _OK, _NO, _OK, _NONE, _NO, _NO),
}


def cells(matrix: dict[str, tuple[Any, ...]]) -> list[Any]:
    return [
        pytest.param(operation, who, answer, id=f"{operation}: {who}")
        for operation, answers in matrix.items()
        for who, answer in zip(PEOPLE, answers, strict=True)
    ]


@dataclass(frozen=True)
class Records:
    """One patient's account and invoice, and the user who owns them."""

    owner: UUID
    patient_id: str
    invoice_id: str
    payment_id: str = str(uuid4())


@pytest.fixture
async def settings(settings_without_broker: MakeSettings) -> BillingSettings:
    made: BillingSettings = await settings_without_broker("billing", BillingSettings)
    return made


@pytest.fixture
def stub(channel: grpc.aio.Channel) -> Any:
    return billing_v1_pb2_grpc.BillingServiceStub(channel)


@pytest.fixture
async def records(runtime: Runtime[Any, Any], caller: Make) -> Records:
    owner, patient_id = uuid4(), uuid4()
    visit = appointment(events.AppointmentCompleted, patient_id, completed_at=datetime.now(UTC))
    for data in (registered(patient_id, owner_user_id=owner), visit):
        await tell(handlers, runtime, data)
    (invoice,) = (await caller(Role.STAFF).request("GET", "/api/billing/invoices")).json()["items"]
    return Records(owner, str(patient_id), invoice["id"])


@pytest.fixture
def person(caller: Make, records: Records) -> Callable[[str], Caller]:
    """Returns a function that returns one of PEOPLE, with a token."""

    def make(who: str) -> Caller:
        owns = who in ("owner", "a DOCTOR whose record it is")
        made: Caller = caller(*PEOPLE[who], user_id=records.owner if owns else uuid4())
        return made

    return make


async def attempt(who: Caller, operation: str, records: Records) -> httpx.Response:
    method, path = operation.split(" ")
    body = {"json": BODIES.get(path.rsplit("/", 1)[-1], CORRECTION)} if method == "POST" else {}
    ids = {"patientId": records.patient_id, "id": records.invoice_id, "paymentId": records.payment_id}
    return await who.request(method, path.format(**ids), **body)


def request_of(operation: str, records: Records, owner: Caller | None = None) -> Any:
    """Returns the message. A PATIENT must name themselves as the owner of the account; staff name nobody."""
    if operation == "GetAccount":
        return messages.GetAccountRequest(patient_id=records.patient_id)
    if operation == "ListOpenInvoices":
        return messages.ListOpenInvoicesRequest(patient_id=records.patient_id)
    owner_user_id = str(owner.user_id) if owner else None
    return messages.CreateBillingAccountRequest(patient_id=records.patient_id, owner_user_id=owner_user_id)


def test_every_operation_is_in_the_matrix(app: FastAPI) -> None:
    assert covers_all_routes("billing", app, MATRIX)
    assert set(RPC_MATRIX) == set(messages.DESCRIPTOR.services_by_name["BillingService"].methods_by_name)


@pytest.mark.attack(9, 10)
@pytest.mark.parametrize(("operation", "who", "expected"), cells(MATRIX))
async def test_the_matrix_of_roles(
    records: Records, person: Callable[[str], Caller], operation: str, who: str, expected: int
) -> None:
    if "{paymentId}" in operation:
        paid = await attempt(person("STAFF"), "POST /api/billing/invoices/{id}/payments", records)
        records = replace(records, payment_id=paid.json()["id"])
    answer = await attempt(person(who), operation, records)
    assert answer.status_code == expected, answer.text
    if operation == "GET /api/billing/invoices" and expected == 200:
        found = [item["id"] for item in answer.json()["items"]]
        assert found == ([] if who == "another PATIENT" else [records.invoice_id])


@pytest.mark.attack(9, 10)
@pytest.mark.parametrize(("operation", "who", "expected"), cells(RPC_MATRIX))
async def test_the_matrix_over_grpc(
    stub: Any, records: Records, person: Callable[[str], Caller], operation: str, who: str, expected: StatusCode
) -> None:
    somebody = person(who)
    request = request_of(operation, records, somebody if Role.PATIENT in PEOPLE[who] else None)
    assert await status_of(getattr(stub, operation)(request, metadata=somebody.metadata)) is expected


@pytest.mark.attack(8)
async def test_every_operation_needs_a_valid_token(
    client: httpx.AsyncClient, stub: Any, records: Records, issuer: TestIssuer
) -> None:
    nobody = Caller(client, uuid4(), {})
    for operation in MATRIX:
        assert (await attempt(nobody, operation, records)).status_code == 401
    forged = TestIssuer().bearer(Role.ADMIN)["Authorization"]
    for operation in RPC_MATRIX:
        for metadata in ((), (("authorization", forged),)):
            call = getattr(stub, operation)(request_of(operation, records), metadata=metadata)
            assert await status_of(call) is StatusCode.UNAUTHENTICATED


async def test_grpc_returns_the_same_account_as_http(
    stub: Any, records: Records, person: Callable[[str], Caller]
) -> None:
    for who in ("ADMIN", "STAFF", "owner"):
        somebody = person(who)
        seen = (await somebody.request("GET", f"/api/billing/accounts/{records.patient_id}")).json()
        for operation in ("GetAccount", "CreateBillingAccount"):
            request = request_of(operation, records, somebody if who == "owner" else None)
            account = (await getattr(stub, operation)(request, metadata=somebody.metadata)).account
            found = {"id": account.id, "balance_minor": account.balance_minor, "version": account.version}
            assert found == {name: seen[name] for name in found}


async def test_grpc_lists_what_is_not_paid(stub: Any, records: Records, person: Callable[[str], Caller]) -> None:
    request = request_of("ListOpenInvoices", records)

    async def due(who: str) -> list[tuple[str, int]]:
        answer = await stub.ListOpenInvoices(request, metadata=person(who).metadata)
        return [(invoice.id, invoice.due_minor) for invoice in answer.invoices]

    payments = f"/api/billing/invoices/{records.invoice_id}/payments"
    for paid, rest in ((2000, 10000), (10000, 0)):
        answer = await person("STAFF").request("POST", payments, json={"amount_minor": paid, "method": "CASH"})
        assert answer.status_code == 201
        expected = [(records.invoice_id, rest)] if rest else []
        assert (await due("owner"), await due("STAFF"), await due("another PATIENT")) == (expected, expected, [])


async def test_the_fees_are_known_before_they_are_charged(person: Callable[[str], Caller]) -> None:
    items = (await person("owner").request("GET", "/api/billing/fees")).json()["items"]
    assert {"reason": "LATE_CANCELLATION", "currency": "EUR", "amount_minor": 3000} in items
    assert len({(item["reason"], item["currency"]) for item in items}) == len(items) == 6


@pytest.mark.attack(9)
async def test_a_patient_cannot_become_the_owner_of_an_account(
    stub: Any, records: Records, person: Callable[[str], Caller]
) -> None:
    """They cannot open one in another's name either, nor see one that has no owner yet."""
    mallory = person("another PATIENT")
    request = messages.CreateBillingAccountRequest(patient_id=records.patient_id, owner_user_id=str(records.owner))
    assert await status_of(stub.CreateBillingAccount(request, metadata=mallory.metadata)) is _NO
    request = messages.CreateBillingAccountRequest(patient_id=records.patient_id)
    assert await status_of(stub.CreateBillingAccount(request, metadata=mallory.metadata)) is _NO

    unowned = str(uuid4())
    request = messages.CreateBillingAccountRequest(patient_id=unowned)
    assert (await stub.CreateBillingAccount(request, metadata=person("STAFF").metadata)).created
    request = messages.CreateBillingAccountRequest(patient_id=unowned, owner_user_id=str(mallory.user_id))
    assert await status_of(stub.CreateBillingAccount(request, metadata=mallory.metadata)) is _NONE
    for patient_id in (unowned, records.patient_id):
        answer = await mallory.request("GET", f"/api/billing/accounts/{patient_id}")
        assert answer.status_code == 404


async def test_ids_that_are_not_valid_are_rejected(stub: Any, caller: Make) -> None:
    admin = caller(Role.ADMIN).metadata
    for call in (
        stub.GetAccount(messages.GetAccountRequest(patient_id="x"), metadata=admin),
        stub.CreateBillingAccount(messages.CreateBillingAccountRequest(patient_id="x"), metadata=admin),
    ):
        assert await status_of(call) is StatusCode.INVALID_ARGUMENT
