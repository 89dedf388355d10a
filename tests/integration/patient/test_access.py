"""Who may do what with whose record, over HTTP and gRPC, and that the audit log contains it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import grpc
import httpx
import pytest
from grpc import StatusCode

from services.common.runtime import Runtime
from services.contracts.proto import patient_v1_pb2 as messages
from services.contracts.proto import patient_v1_pb2_grpc
from services.contracts.roles import Role
from services.patient.main import app
from tests.integration.callers import covers_all_routes, status_of
from tests.integration.effects import audit_records
from tests.integration.patient.conftest import PATH, Caller, person
from tests.support.issuer import TestIssuer

OPERATIONS = [
    ("GET", "", None),
    ("POST", "", 201),
    ("GET", "/{id}", None),
    ("PUT", "/{id}", None),
    ("PATCH", "/{id}", None),
    ("DELETE", "/{id}", 204),
    ("GET", "/{id}/history", None),
]
RPC_REQUESTS: dict[str, Callable[[str], Any]] = {
    "GetPatient": lambda id: messages.GetPatientRequest(id=id),
    "BatchGetPatients": lambda id: messages.BatchGetPatientsRequest(ids=[id]),
}
"""The request of each method for one record."""
MAY_WRITE = {Role.ADMIN: True, Role.STAFF: True, Role.DOCTOR: False}
"""Whether a role may write all records. Each of them may read all."""


async def attempt(who: Caller, method: str, path: str) -> httpx.Response:
    """Tries the operation with a valid body."""
    if method == "PATCH":
        return await who.patch(path, {"name": "Ada King"})
    return await who.request(method, path, **({"json": person()} if method in ("POST", "PUT") else {}))


def test_every_operation_is_in_the_matrix() -> None:
    assert covers_all_routes("patient", app, [f"{method} {PATH}{path}" for method, path, _ in OPERATIONS])
    assert set(RPC_REQUESTS) == set(messages.DESCRIPTOR.services_by_name["PatientService"].methods_by_name)


@pytest.mark.parametrize(("method", "path", "success"), OPERATIONS)
@pytest.mark.parametrize("role", [*MAY_WRITE, None], ids=str)
async def test_the_matrix_of_roles(
    staff: Caller, caller: Callable[..., Caller], role: Role | None, method: str, path: str, success: int | None
) -> None:
    record = await staff.register()
    somebody = caller(role) if role else caller()
    answer = await attempt(somebody, method, path.format(id=record["id"]))
    allowed = role is not None and (method == "GET" or MAY_WRITE[role])
    assert answer.status_code == ((success or 200) if allowed else 403), answer.text


@pytest.mark.attack(9)
@pytest.mark.parametrize(("method", "path", "success"), [item for item in OPERATIONS if "{id}" in item[1]])
@pytest.mark.parametrize("own", [True, False], ids=["own", "other's"])
async def test_a_patient_has_access_to_their_own_record_only(
    staff: Caller, patient_user: Caller, own: bool, method: str, path: str, success: int | None
) -> None:
    mine, other = await patient_user.register(), await staff.register()
    record = mine if own else other
    answer = await attempt(patient_user, method, path.format(id=record["id"]))
    nothing = await attempt(patient_user, method, path.format(id=uuid4()))
    assert nothing.status_code == 404
    if own:
        assert answer.status_code == (success or 200)
    else:
        assert (answer.status_code, answer.json()["detail"]) == (404, nothing.json()["detail"])
        assert (await staff.request("GET", f"/{other['id']}")).json()["version"] == 1


@pytest.mark.attack(12)
async def test_a_patient_cannot_filter_for_others_records(staff: Caller, patient_user: Caller) -> None:
    other = await staff.register(name="Somebody Else")
    mine = await patient_user.register(name="My Self")
    for params in ({}, {"q": "somebody"}, {"name": "some"}, {"email": other["email"]}, {"dob": other["dob"]}):
        items = (await patient_user.request("GET", params=params)).json()["items"]
        assert {item["id"] for item in items} <= {mine["id"]}


async def test_a_doctor_who_is_also_a_patient_reads_all_records_and_changes_only_their_own(
    staff: Caller, caller: Callable[..., Caller]
) -> None:
    doctor, other = caller(Role.DOCTOR, Role.PATIENT), await staff.register()
    mine = await doctor.register()
    assert mine["owner_user_id"] == str(doctor.user_id)
    assert (await doctor.request("GET", f"/{other['id']}")).status_code == 200
    assert (await doctor.request("PUT", f"/{other['id']}", json=person())).status_code == 404
    assert (await doctor.request("DELETE", f"/{other['id']}")).status_code == 404
    assert (await doctor.request("PUT", f"/{mine['id']}", json=person())).status_code == 200


async def test_a_patient_can_register_themselves_once(patient_user: Caller) -> None:
    assert (await patient_user.register())["owner_user_id"] == str(patient_user.user_id)
    again = await patient_user.request("POST", json=person())
    assert (again.status_code, again.json()["type"]) == (409, "urn:pms:problem:already-registered")


@pytest.mark.attack(8)
async def test_every_operation_needs_a_token(client: httpx.AsyncClient) -> None:
    for method, path, _ in OPERATIONS:
        answer = await client.request(method, PATH + path.format(id=uuid4()))
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.attack(7)
async def test_spoofed_identity_headers_are_ignored(staff: Caller, patient_user: Caller) -> None:
    other = await staff.register()
    spoof = {"x-user-id": str(staff.user_id), "x-user-roles": "ADMIN", "x-amzn-request-context": '{"roles":["ADMIN"]}'}
    assert (await patient_user.request("GET", f"/{other['id']}", headers=spoof)).status_code == 404


async def test_reads_writes_and_denials_are_audited(
    staff: Caller, patient_user: Caller, runtime: Runtime[Any, Any]
) -> None:
    record = await staff.register()
    await staff.request("GET", f"/{record['id']}")
    await staff.request("GET")
    await patient_user.request("GET", f"/{record['id']}")
    await patient_user.request("DELETE", f"/{record['id']}")
    await staff.request("DELETE", f"/{record['id']}")
    rows = await audit_records(runtime)
    assert [(row.action, row.outcome, row.actor) for row in rows] == [
        ("create", "allowed", str(staff.user_id)),
        ("read", "allowed", str(staff.user_id)),
        ("list", "allowed", str(staff.user_id)),
        ("read", "denied", str(patient_user.user_id)),
        ("delete", "denied", str(patient_user.user_id)),
        ("delete", "allowed", str(staff.user_id)),
    ]
    assert {str(id) for row in rows for id in row.patient_ids} == {record["id"]}


@pytest.fixture
def stub(channel: grpc.aio.Channel) -> Any:
    return patient_v1_pb2_grpc.PatientServiceStub(channel)


@pytest.mark.attack(9, 10)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other's"])
@pytest.mark.parametrize("role", [*Role, None], ids=str)
@pytest.mark.parametrize("method", RPC_REQUESTS)
async def test_the_matrix_over_grpc(
    stub: Any, staff: Caller, caller: Callable[..., Caller], method: str, role: Role | None, own: bool
) -> None:
    """`GetPatient` finds the record or not. `BatchGetPatients` leaves out a record that `GetPatient` does not find."""
    owner = caller(Role.PATIENT)
    record = await (owner if own else staff).register()
    who = caller(*([role] if role else []), user_id=owner.user_id)
    call = getattr(stub, method)(RPC_REQUESTS[method](record["id"]), metadata=who.metadata)
    if role is None:
        expected = StatusCode.PERMISSION_DENIED
    elif role is Role.PATIENT and not own and method == "GetPatient":
        expected = StatusCode.NOT_FOUND
    else:
        expected = StatusCode.OK
    assert await status_of(call) is expected
    if expected is StatusCode.OK:
        assert (record["id"] in str(await call)) == (own or role is not Role.PATIENT)


async def test_grpc_returns_the_record_to_callers_who_may_read_it(
    stub: Any, staff: Caller, patient_user: Caller, caller: Callable[..., Caller]
) -> None:
    mine = await patient_user.register(phone="+4930123456")
    request = messages.GetPatientRequest(id=mine["id"])
    for who in (patient_user, staff, caller(Role.DOCTOR), caller(Role.ADMIN)):
        patient = (await stub.GetPatient(request, metadata=who.metadata)).patient
        assert (patient.id, patient.name, patient.phone) == (mine["id"], mine["name"], "+4930123456")
        assert (patient.date_of_birth, patient.owner_user_id) == (mine["dob"], str(patient_user.user_id))
        assert patient.registered_at.ToJsonString()[:19] == mine["registered_at"][:19]


async def test_grpc_has_the_same_response_for_others_records_and_for_none(
    stub: Any, staff: Caller, patient_user: Caller, caller: Callable[..., Caller]
) -> None:
    other = await staff.register()
    gone = await staff.register()
    await staff.request("DELETE", f"/{gone['id']}")
    cases = [
        (patient_user, other["id"], StatusCode.NOT_FOUND),
        (patient_user, str(uuid4()), StatusCode.NOT_FOUND),
        (staff, gone["id"], StatusCode.NOT_FOUND),
        (staff, "nonsense", StatusCode.INVALID_ARGUMENT),
        (caller(), other["id"], StatusCode.PERMISSION_DENIED),
    ]
    for who, id, expected in cases:
        call = stub.GetPatient(messages.GetPatientRequest(id=id), metadata=who.metadata)
        assert await status_of(call) is expected
    ids = [other["id"], gone["id"], str(uuid4())]
    for who, found in ((staff, [other["id"]]), (patient_user, [])):
        answer = await stub.BatchGetPatients(messages.BatchGetPatientsRequest(ids=ids), metadata=who.metadata)
        assert [patient.id for patient in answer.patients] == found


@pytest.mark.attack(8)
async def test_grpc_needs_a_valid_token(stub: Any, caller: Callable[..., Caller]) -> None:
    forged = TestIssuer().bearer(Role.ADMIN)["Authorization"]
    for method, request in RPC_REQUESTS.items():
        for metadata in ((), (("authorization", forged),)):
            call = getattr(stub, method)(request(str(uuid4())), metadata=metadata)
            assert await status_of(call) is StatusCode.UNAUTHENTICATED
    huge = messages.BatchGetPatientsRequest(ids=[str(uuid4())] * 201)
    call = stub.BatchGetPatients(huge, metadata=caller(Role.ADMIN).metadata)
    assert await status_of(call) is StatusCode.INVALID_ARGUMENT
