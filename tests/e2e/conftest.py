"""Whoever runs these has a deployed system (`make up`, or `make test`, which calls it)."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from ops import aws, settings
from ops.lifecycle import localstack
from tests import people
from tests.e2e.attacker import Task
from tests.people import Person


@pytest.fixture(scope="session", autouse=True)
def system() -> None:
    if localstack.health() is None:
        pytest.fail(f"nothing answers on {settings.EDGE_URL}: make up", pytrace=False)


@pytest.fixture(scope="session")
def anybody() -> Iterator[httpx.Client]:
    """A client without a token."""
    with people.anonymous() as http:
        yield http


@pytest.fixture(scope="session")
def admin(system: None) -> Iterator[Person]:
    with people.administrator() as person:
        yield person


@pytest.fixture(scope="session")
def staff(admin: Person) -> Iterator[Person]:
    with people.newcomer(admin.http, roles=["STAFF"]) as person:
        yield person


@pytest.fixture(scope="session")
def doctor(admin: Person) -> Iterator[Person]:
    with people.newcomer(admin.http, roles=["DOCTOR"]) as person:
        yield person


@pytest.fixture(scope="session")
def doctor_id(doctor: Person) -> str:
    return str(doctor.http.get("/auth/me").json()["id"])


@pytest.fixture
def clinic_patient(staff: Person) -> dict[str, Any]:
    """A fresh record that staff registered."""
    answer = staff.http.post("/api/patients", json=people.new_patient())
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.fixture
def patient(anybody: httpx.Client) -> Iterator[Person]:
    """A fresh account with the role that everybody gets."""
    with people.newcomer(anybody) as person:
        yield person


@pytest.fixture(scope="session")
def somebody(anybody: httpx.Client) -> Iterator[Person]:
    """One PATIENT for tests that change nothing."""
    with people.newcomer(anybody) as person:
        yield person


@pytest.fixture(scope="module")
def tasks(system: None) -> dict[str, Task]:
    """A task of each service, to be asked past the gateway."""
    return {service["serviceName"]: Task.of(service["serviceName"]) for service in aws.services()}
