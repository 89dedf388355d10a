"""The patient service's whole application on a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.common.service import Runtime
from services.common.testing import TestIssuer, running
from services.contracts.roles import Role
from services.patient.config import PatientSettings
from services.patient.main import app
from tests.integration.conftest import DatabaseUrl, settings_of

PATH = "/api/patients"


@dataclass
class Caller:
    """Somebody with a token."""

    client: httpx.AsyncClient
    user_id: UUID
    headers: dict[str, str]

    async def request(self, method: str, path: str = "", **arguments: Any) -> httpx.Response:
        headers = {**self.headers, **arguments.pop("headers", {})}
        return await self.client.request(method, f"{PATH}{path}", headers=headers, **arguments)

    async def register(self, **details: Any) -> dict[str, Any]:
        """A new patient; what is not given is made up."""
        response = await self.request("POST", json=person(**details))
        assert response.status_code == 201, response.text
        patient: dict[str, Any] = response.json()
        return patient


def person(**details: Any) -> dict[str, Any]:
    """A request body that is accepted, and its own each time."""
    return {"name": "Ada Lovelace", "email": f"{uuid4().hex}@example.org", "dob": "1990-12-10", **details}


@pytest.fixture(scope="session")
def issuer() -> TestIssuer:
    return TestIssuer()


@pytest.fixture
async def settings(database_url: DatabaseUrl) -> PatientSettings:
    """Without a broker: what these tests see of events is the outbox."""
    found: PatientSettings = settings_of(
        await database_url("patient"),
        PatientSettings,
        service_name="patient",
        kafka_bootstrap_servers="localhost:1",
        idempotency_wait_seconds=60,
    )
    return found


@pytest.fixture
async def client(settings: PatientSettings, issuer: TestIssuer) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app, settings, issuer=issuer) as client:
        yield client


@pytest.fixture
def runtime(client: httpx.AsyncClient) -> Runtime[PatientSettings, Any]:
    running_now: Runtime[PatientSettings, Any] = app.state.runtime
    return running_now


@pytest.fixture
def caller(client: httpx.AsyncClient, issuer: TestIssuer) -> Callable[..., Caller]:
    """`caller(Role.STAFF)` is somebody with a token of that role."""

    def make(*roles: Role) -> Caller:
        user_id = uuid4()
        return Caller(client, user_id, issuer.bearer(*roles, subject=user_id))

    return make


@pytest.fixture
def staff(caller: Callable[..., Caller]) -> Caller:
    return caller(Role.STAFF)


@pytest.fixture
def patient_user(caller: Callable[..., Caller]) -> Caller:
    return caller(Role.PATIENT)
