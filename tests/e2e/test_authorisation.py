"""Every route of the API with every role, through the gateway. The tests are generated from the table of routes.

`test_access.py` of each service in `tests/integration` has the tests of access to one's own and to others' records.
"""

from __future__ import annotations

import json
from uuid import uuid4

import httpx
import pytest

from services.common.dto import MERGE_PATCH
from services.contracts.roles import ROLE_SCOPES, Role
from services.contracts.routes import ROUTES, Route
from tests.support.people import Person

PROTECTED = [route for route in ROUTES if not route.public]
DOCUMENTS = [route for route in ROUTES if route.service == "discovery" and "{" not in route.path]

# The token has the scope, but a rule of the service refuses the request.
REFUSED_BY_THE_SERVICE = {
    (Role.PATIENT, "POST /appointments/{id}/complete"),
    (Role.PATIENT, "POST /appointments/{id}/no-show"),
    (Role.PATIENT, "POST /api/billing/invoices/{id}/void"),
    (Role.PATIENT, "POST /api/billing/invoices/{id}/credit-notes"),
    (Role.PATIENT, "POST /api/billing/invoices/{id}/payments/{paymentId}/refunds"),
    (Role.PATIENT, "POST /appointments/{id}/reopen"),
    (Role.PATIENT, "GET /appointments/{id}/reopenings"),
    (Role.DOCTOR, "POST /appointments/{id}/reopen"),
    (Role.DOCTOR, "PUT /appointments/doctors/{doctorId}/schedule"),  # the schedule of another doctor
}


def _send(http: httpx.Client, route: Route) -> httpx.Response:
    """Sends a request for a record that does not exist, with an empty body: only the permission makes a difference."""
    path = route.path
    for name in ("id", "doctorId", "patientId", "paymentId"):
        path = path.replace(f"{{{name}}}", str(uuid4()))
    body = {"time_zone": "UTC", "weekly": {}} if path.endswith("/schedule") else {}
    if route.method == "PATCH":
        return http.patch(path, content=json.dumps(body), headers={"content-type": MERGE_PATCH})
    return http.request(route.method, path, json=body if route.method in ("POST", "PUT") else None)


@pytest.fixture(scope="session")
def people(admin: Person, staff: Person, doctor: Person, somebody: Person) -> dict[Role, Person]:
    return {Role.ADMIN: admin, Role.STAFF: staff, Role.DOCTOR: doctor, Role.PATIENT: somebody}


@pytest.mark.parametrize("route", PROTECTED, ids=lambda route: route.key)
def test_a_request_without_a_token_is_refused(anybody: httpx.Client, route: Route) -> None:
    answer = _send(anybody, route)
    assert answer.status_code == 401
    assert answer.json() == {"message": "Unauthorized"}


@pytest.mark.parametrize("route", PROTECTED, ids=lambda route: route.key)
@pytest.mark.parametrize("role", Role)
def test_a_role_does_what_its_scopes_allow(people: dict[Role, Person], role: Role, route: Route) -> None:
    answer = _send(people[role].http, route)
    has_scope = not route.scopes or not ROLE_SCOPES[role].isdisjoint(route.scopes)
    if not has_scope:
        assert answer.status_code == 403
        assert answer.json() == {"message": "Forbidden"}  # the gateway's answer: the service did not get the request
    elif (role, route.key) in REFUSED_BY_THE_SERVICE:
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
    else:
        assert answer.status_code in (200, 404, 409, 422), answer.text


@pytest.mark.parametrize("route", DOCUMENTS, ids=lambda route: route.key)
def test_anybody_reads_the_documents(anybody: httpx.Client, route: Route) -> None:
    assert _send(anybody, route).status_code == 200
