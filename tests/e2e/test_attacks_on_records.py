"""Attacks 9 to 12 of docs/security.md: somebody with a good token wants access to the records of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from lab.waiting import until
from services.contracts.proto import billing_v1_pb2, patient_v1_pb2
from services.contracts.routes import ROUTES
from tests.e2e.tasks import Task
from tests.support import people
from tests.support.clinic import complete_a_visit, wait_for_free_slots
from tests.support.people import Person, new_patient

NO_ROUTE = {"message": "Not Found"}  # the answer of the gateway
LISTS = [route.path for route in ROUTES if not route.public and route.method == "GET" and "{" not in route.path]
LISTS = [path for path in LISTS if path not in ("/auth/me", "/appointments/availability", "/api/billing/fees")]


@dataclass(frozen=True)
class Records:
    """One record of each kind, all of which belong to somebody else than the attacker."""

    patient: dict[str, Any]
    appointment: str
    invoice: str


@pytest.fixture(scope="module")
def owner(anybody: httpx.Client) -> Iterator[Person]:
    with people.new_person(anybody) as person:
        yield person


@pytest.fixture(scope="module")
def records(owner: Person, staff: Person, doctor_id: str) -> Records:
    patient = owner.http.post("/api/patients", json=new_patient()).json()
    invoice = complete_a_visit(staff, doctor_id, patient["id"])
    account = f"/api/billing/accounts/{patient['id']}"
    until("the owner of the account", lambda: owner.http.get(account).status_code == 200)
    return Records(patient, invoice["appointment_id"], invoice["id"])


def answer_as_for_no_record(attacker: Person, method: str, path: str, id: str, body: Any = None) -> httpx.Response:
    """Returns the answer, which has to be the same as for a record that does not exist."""
    no_id = str(uuid4())
    answer = attacker.http.request(method, path.format(id), json=body)
    absent = attacker.http.request(method, path.format(no_id), json=body)
    assert answer.status_code == absent.status_code
    assert answer.text == absent.text.replace(no_id, id)
    return answer


@pytest.mark.attack(9)
def test_attack_9_anothers_record_by_path(patient: Person, records: Records, staff: Person) -> None:
    patient_id = records.patient["id"]
    visit = {"date": "2030-01-07T10:00:00Z"}
    cases = [
        ("GET", "/api/patients/{}", patient_id, None),
        ("PUT", "/api/patients/{}", patient_id, new_patient()),
        ("DELETE", "/api/patients/{}", patient_id, None),
        ("GET", "/api/patients/{}/history", patient_id, None),
        ("GET", "/appointments/{}", records.appointment, None),
        ("PUT", "/appointments/{}", records.appointment, visit),
        ("POST", "/appointments/{}/cancel", records.appointment, None),
        ("GET", "/api/billing/accounts/{}", patient_id, None),
        ("GET", "/api/billing/invoices/{}", records.invoice, None),
        ("POST", "/api/billing/invoices/{}/payments", records.invoice, {"amount_minor": 1, "method": "CARD"}),
        ("GET", "/api/billing/invoices/{}/payments", records.invoice, None),
        ("GET", "/api/billing/invoices/{}/credit-notes", records.invoice, None),
    ]
    for method, path, id, body in cases:
        assert answer_as_for_no_record(patient, method, path, id, body).status_code == 404, (method, path)
    assert staff.http.get(f"/api/patients/{patient_id}").json()["version"] == 1
    assert staff.http.get(f"/api/billing/invoices/{records.invoice}").json()["version"] == 1


@pytest.mark.attack(9)
def test_attack_9_anothers_record_by_body(
    patient: Person, records: Records, staff: Person, doctor_id: str, owner: Person
) -> None:
    """Booking for another patient is answered as for one that does not exist: 422, because the path exists."""
    date = wait_for_free_slots(staff, doctor_id)[-1]["start"]
    answers = []
    for patient_id in (records.patient["id"], str(uuid4())):
        body = {"patient_id": patient_id, "doctor_id": doctor_id, "date": date}
        answers.append(patient.http.post("/appointments", json=body))
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].text == answers[1].text
    own = patient.http.post("/api/patients", json=new_patient()).json()
    body = {"patient_id": own["id"], "doctor_id": doctor_id, "date": date}
    booked = patient.http.post("/appointments", json=body)
    assert booked.status_code == 201, booked.text
    moved = patient.http.put(f"/appointments/{booked.json()['id']}", json=body | {"patient_id": records.patient["id"]})
    assert moved.status_code == 422
    assert booked.json()["id"] not in owner.http.get("/appointments").text


@pytest.mark.attack(9, 12)
def test_attack_9_and_12_anothers_records_by_query(patient: Person, records: Records) -> None:
    """Filters only narrow the list of the caller's own records."""
    patient_record = records.patient
    queries = [
        ("/api/patients", {"email": patient_record["email"]}),
        ("/api/patients", {"q": patient_record["name"]}),
        ("/api/patients", {"name": patient_record["name"], "dob": patient_record["dob"]}),
        ("/appointments", {"patientId": patient_record["id"]}),
        ("/appointments", {"status": "COMPLETED"}),
        ("/api/billing/invoices", {"patientId": patient_record["id"]}),
        ("/api/billing/invoices", {"status": "OPEN"}),
    ]
    for path, params in queries:
        answer = patient.http.get(path, params=params)
        assert (answer.status_code, answer.json()["items"]) == (200, []), path


@pytest.mark.attack(9)
def test_attack_9_anothers_record_over_grpc(tasks: dict[str, Task], patient: Person, records: Records) -> None:
    token, id = f"Bearer {patient.token}", records.patient["id"]
    for who in (id, str(uuid4())):
        get = patient_v1_pb2.GetPatientRequest(id=who)
        assert tasks["patient"].status_of("GetPatient", get, token) == "NOT_FOUND"
        account = billing_v1_pb2.GetAccountRequest(patient_id=who)
        assert tasks["billing"].status_of("GetAccount", account, token) == "NOT_FOUND"
    batch = patient_v1_pb2.BatchGetPatientsRequest(ids=[id])
    assert list(tasks["patient"].call("BatchGetPatients", batch, token, timeout=10.0).patients) == []
    # In the name of nobody, of the owner, and of the attacker: no answer tells whether the account exists.
    owner, me = records.patient["owner_user_id"], patient.http.get("/auth/me").json()["id"]
    for named, status in ((None, "PERMISSION_DENIED"), (owner, "PERMISSION_DENIED"), (me, "NOT_FOUND")):
        open_account = billing_v1_pb2.CreateBillingAccountRequest(patient_id=id, owner_user_id=named)
        assert tasks["billing"].status_of("CreateBillingAccount", open_account, token) == status, named


@pytest.mark.attack(10)
def test_attack_10_a_patient_as_staff(patient: Person, records: Records) -> None:
    assert patient.http.post(f"/appointments/{records.appointment}/complete").status_code == 403
    assert patient.http.post(f"/appointments/{records.appointment}/no-show").status_code == 403
    email = {"to": "a@example.com", "subject": "Hello", "body": "Hello"}
    assert patient.http.post("/notify/email", json=email).status_code == 403
    for path in ("/notifications", "/auth/users"):
        assert patient.http.get(path).status_code == 403
    me = patient.http.get("/auth/me").json()["id"]
    assert patient.http.patch(f"/auth/users/{me}", json={"roles": ["ADMIN"]}).status_code == 403


@pytest.mark.attack(10)
@pytest.mark.parametrize(
    ("service", "method", "path"),
    [
        ("patient", "PATCH", "/api/patients"),
        ("patient", "POST", "/api/patients/{id}"),
        ("appointment", "DELETE", "/appointments/{id}"),
        ("billing", "DELETE", "/api/billing/invoices/{id}"),
        ("auth", "DELETE", "/auth/users/{id}"),
        ("notification", "PUT", "/notify/email"),
    ],
)
def test_attack_10_another_verb(admin: Person, tasks: dict[str, Task], service: str, method: str, path: str) -> None:
    """The gateway's routes are method and path, so it answers 404 as on AWS; the service answers 405 with `Allow`."""
    path = path.format(id=uuid4())
    at_the_gateway = admin.http.request(method, path, json={})
    assert (at_the_gateway.status_code, at_the_gateway.json()) == (404, NO_ROUTE)
    headers = {"authorization": f"Bearer {admin.token}"}
    answer = httpx.request(method, tasks[service].url + path, json={}, headers=headers)
    assert answer.status_code == 405
    assert answer.headers["allow"]
    assert method not in answer.headers["allow"].split(", ")


@pytest.mark.attack(11)
def test_attack_11_extra_fields(anybody: httpx.Client, patient: Person, staff: Person, records: Records) -> None:
    name = people.unique("user")
    account = {"username": name, "password": people.PASSWORD, "email": f"{name}@example.com"}
    for extra in ({"role": "ADMIN"}, {"disabled": False}, {"id": str(uuid4())}):
        assert anybody.post("/auth/register", json=account | extra).status_code == 422
    for extra in ({"role": "ADMIN"}, {"owner_user_id": str(uuid4())}, {"patient_id": str(uuid4())}, {"version": 9}):
        assert patient.http.post("/api/patients", json=new_patient(**extra)).status_code == 422
    payment = {"amount_minor": 1, "method": "CASH"}
    for extra in ({"paid": True}, {"currency": "XXX"}, {"invoice_id": str(uuid4())}):
        answer = staff.http.post(f"/api/billing/invoices/{records.invoice}/payments", json=payment | extra)
        assert answer.status_code == 422
    visit = {"date": "2030-01-07T10:00:00Z"}
    for extra in ({"status": "COMPLETED"}, {"version": 9}):
        assert staff.http.put(f"/appointments/{records.appointment}", json=visit | extra).status_code == 422


@pytest.mark.attack(11)
def test_attack_11_roles_that_only_an_administrator_may_give(anybody: httpx.Client, staff: Person) -> None:
    """The route has a field `roles` for administrators. From anybody else it is refused, not ignored."""
    name = people.unique("user")
    body = {"username": name, "password": people.PASSWORD, "email": f"{name}@example.com", "roles": ["ADMIN"]}
    assert anybody.post("/auth/register", json=body).status_code == 403
    assert staff.http.post("/auth/register", json=body).status_code == 403
    credentials = {"username": name, "password": people.PASSWORD}
    assert anybody.post("/auth/login", json=credentials).status_code == 401


@pytest.mark.attack(12)
@pytest.mark.parametrize("path", LISTS)
def test_attack_12_more_than_a_page_holds(admin: Person, path: str) -> None:
    for query in ("limit=1000000000", "limit=201", "limit=0", "limit=-1", "limit=1e3", "cursor=x", "owner=me"):
        assert admin.http.get(f"{path}?{query}").status_code == 422, query
    assert len(admin.http.get(f"{path}?limit=1").json()["items"]) <= 1
