"""Every route of the API times every role, through the gateway, generated from the table of routes.

Whose record it is (own or another's, over REST and gRPC) is each service's own matrix: `test_access.py` of
tests/integration.
"""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from services.contracts.roles import ROLE_SCOPES, Role
from services.contracts.routes import ROUTES, Route
from tests.people import Person

PROTECTED = [route for route in ROUTES if not route.public]
DOCUMENTS = [route for route in ROUTES if route.service == "discovery" and "{" not in route.path]

# The token's scope would do, and the service's own rule says no.
REFUSED_BY_THE_SERVICE = {
    (Role.PATIENT, "POST /appointments/{id}/complete"),
    (Role.PATIENT, "POST /appointments/{id}/no-show"),
    (Role.DOCTOR, "PUT /appointments/doctors/{doctorId}/schedule"),  # another doctor's
}


def _send(http: httpx.Client, route: Route) -> httpx.Response:
    """A request for a record that does not exist, with a body that says nothing: only permission can differ."""
    path = route.path
    for name in ("id", "doctorId", "patientId"):
        path = path.replace(f"{{{name}}}", str(uuid4()))
    body = {"time_zone": "UTC", "weekly": {}} if path.endswith("/schedule") else {}
    return http.request(route.method, path, json=body if route.method in ("POST", "PUT", "PATCH") else None)


@pytest.fixture(scope="session")
def people(admin: Person, staff: Person, doctor: Person, somebody: Person) -> dict[Role, Person]:
    return {Role.ADMIN: admin, Role.STAFF: staff, Role.DOCTOR: doctor, Role.PATIENT: somebody}


@pytest.mark.parametrize("route", PROTECTED, ids=lambda route: route.key)
def test_nobody_gets_in_without_a_token(anybody: httpx.Client, route: Route) -> None:
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
        assert answer.json() == {"message": "Forbidden"}  # the gateway's: the service never saw it
    elif (role, route.key) in REFUSED_BY_THE_SERVICE:
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
    else:
        assert answer.status_code in (200, 404, 409, 422), answer.text


@pytest.mark.parametrize("route", DOCUMENTS, ids=lambda route: route.key)
def test_anybody_reads_the_documents(anybody: httpx.Client, route: Route) -> None:
    assert _send(anybody, route).status_code == 200
