"""Who may do what with whose appointments, and that the audit log contains it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.appointment.main import app
from services.common.runtime import Runtime
from services.contracts.roles import Role
from tests.integration.appointment.conftest import PATH, Registry, at
from tests.integration.callers import Caller, covers_all_routes
from tests.integration.effects import audit_records

Make = Callable[..., Any]
EVERYBODY = frozenset({Role.ADMIN, Role.STAFF, Role.DOCTOR, Role.PATIENT})
CLINIC = EVERYBODY - {Role.PATIENT}

# Operation -> (roles that may do it with any appointment, status when it succeeds). A PATIENT may do it with their own
# appointments; others' are 404. The DOCTOR is not the appointment's doctor.
MATRIX: dict[tuple[str, str], tuple[frozenset[Role], int]] = {
    ("GET", ""): (EVERYBODY, 200),
    ("POST", ""): (EVERYBODY, 201),
    ("GET", "/availability"): (EVERYBODY, 200),
    ("GET", "/doctors"): (EVERYBODY, 200),
    ("GET", "/doctors/{doctorId}/schedule"): (EVERYBODY, 200),
    ("PUT", "/doctors/{doctorId}/schedule"): (frozenset({Role.ADMIN}), 200),
    ("GET", "/{id}"): (EVERYBODY, 200),
    ("PUT", "/{id}"): (EVERYBODY, 200),
    ("PATCH", "/{id}"): (EVERYBODY, 200),
    ("POST", "/{id}/cancel"): (EVERYBODY, 200),
    ("POST", "/{id}/complete"): (CLINIC, 200),
    ("POST", "/{id}/no-show"): (CLINIC, 409),
    ("POST", "/{id}/reopen"): (CLINIC - {Role.DOCTOR}, 409),
    ("GET", "/{id}/reopenings"): (CLINIC, 200),
}
SCHEDULE = {"time_zone": "UTC", "weekly": {}}


def test_every_operation_is_in_the_matrix() -> None:
    assert covers_all_routes("appointment", app, [f"{method} {PATH}{path}" for method, path in MATRIX])


async def attempt(
    who: Caller, operation: tuple[str, str], appointment: dict[str, Any], patient_id: str
) -> httpx.Response:
    """Tries the operation with an appointment, or for a patient."""
    method, path = operation
    booking = {"patient_id": patient_id, "doctor_id": appointment["doctor_id"], "date": at(15).isoformat()}
    bodies = {"": booking, "/{id}": {"date": at(16).isoformat()}, "/doctors/{doctorId}/schedule": SCHEDULE}
    bodies["/{id}/reopen"] = {"reason": "Mistake."}
    arguments: dict[str, Any] = {}
    if method in ("PUT", "POST") and path in bodies:
        arguments["json"] = bodies[path]
    if path == "/availability":
        arguments["params"] = {"doctorId": appointment["doctor_id"], "date": at(9).date().isoformat()}
    filled = path.replace("{id}", appointment["id"]).replace("{doctorId}", appointment["doctor_id"])
    if method == "PATCH":
        return await who.patch(filled, {"reason": "cough"})
    return await who.request(method, filled, **arguments)


@pytest.mark.attack(10)
@pytest.mark.parametrize("operation", MATRIX, ids=" ".join)
@pytest.mark.parametrize("role", [Role.ADMIN, Role.STAFF, Role.DOCTOR, None], ids=str)
async def test_the_matrix_of_roles(
    caller: Callable[..., Caller], registry: Registry, book: Make, role: Role | None, operation: tuple[str, str]
) -> None:
    appointment = await book()
    somebody = caller(role) if role else caller()
    answer = await attempt(somebody, operation, appointment, registry.add())
    roles, success = MATRIX[operation]
    assert answer.status_code == (success if role in roles else 403), answer.text


@pytest.mark.attack(9)
@pytest.mark.parametrize("operation", MATRIX, ids=" ".join)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other's"])
async def test_a_patient_has_access_to_their_own_appointments_only(
    patient_user: Caller, registry: Registry, book: Make, operation: tuple[str, str], own: bool
) -> None:
    patient_id = registry.add(owner=patient_user.user_id if own else uuid4())
    appointment = await book(patient_id=patient_id)
    answer = await attempt(patient_user, operation, appointment, patient_id)
    roles, success = MATRIX[operation]
    if Role.PATIENT not in roles:
        expected = 403
    elif own or "doctor" in operation[1] or operation in (("GET", ""), ("GET", "/availability")):
        expected = success
    else:
        expected = 422 if operation == ("POST", "") else 404
    assert answer.status_code == expected, answer.text
    if operation == ("GET", ""):
        assert [item["id"] for item in answer.json()["items"]] == ([appointment["id"]] if own else [])


@pytest.mark.attack(12)
async def test_a_patient_cannot_filter_for_others_appointments(patient_user: Caller, book: Make) -> None:
    other = await book()
    for params in ({"patientId": other["patient_id"]}, {"doctorId": other["doctor_id"]}, {"status": "BOOKED"}):
        assert (await patient_user.request("GET", params=params)).json()["items"] == []


async def test_the_record_of_a_list_names_its_appointments_and_their_patients(
    staff: Caller, book: Make, runtime: Runtime[Any, Any]
) -> None:
    first, second, _ = await book(at(9)), await book(at(10)), await book(at(11))
    await staff.request("GET", params={"limit": 2})
    await staff.request("GET", params={"status": "CANCELLED"})
    *_, full, empty = await audit_records(runtime)
    assert (full.action, full.resource_id) == ("list", f"{first['id']},{second['id']}")
    assert {str(id) for id in full.patient_ids} == {first["patient_id"], second["patient_id"]}
    assert (empty.action, empty.resource_id, empty.patient_ids) == ("list", None, [])


@pytest.mark.attack(8)
async def test_every_operation_needs_a_token(client: httpx.AsyncClient) -> None:
    for method, path in MATRIX:
        answer = await client.request(method, PATH + path.format(id=uuid4(), doctorId=uuid4()))
        assert answer.status_code == 401


async def test_reads_writes_and_denials_are_audited(
    staff: Caller, patient_user: Caller, book: Make, runtime: Runtime[Any, Any]
) -> None:
    booked = await book()
    path = f"/{booked['id']}"
    await staff.request("GET", path)
    await patient_user.request("GET", path)
    await patient_user.request("POST", f"{path}/complete")
    await staff.request("POST", f"{path}/cancel")
    rows = await audit_records(runtime)
    assert [(row.action, row.outcome, row.actor) for row in rows] == [
        ("create", "allowed", str(staff.user_id)),
        ("read", "allowed", str(staff.user_id)),
        ("read", "denied", str(patient_user.user_id)),
        ("POST /appointments/{id}/complete", "denied", str(patient_user.user_id)),
        ("cancel", "allowed", str(staff.user_id)),
    ]
    assert {str(id) for row in rows if row.outcome == "allowed" for id in row.patient_ids} == {booked["patient_id"]}
