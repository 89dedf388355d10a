"""The appointment service's whole application on a database of its own; patients are looked up in a dictionary."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.appointment.config import AppointmentSettings
from services.appointment.entity import Patient
from services.appointment.grpc_clients import Components
from services.appointment.main import app
from services.appointment.repository import DoctorRepository
from services.common.errors import Unavailable
from services.common.service import Runtime
from services.common.testing import TestIssuer, running
from services.contracts.roles import Role
from tests.integration.conftest import DatabaseUrl, settings_of

PATH = "/appointments"


def at(hour: int, minute: int = 0, *, days: int = 7) -> datetime:
    """A time on a working day, a week from now or so: inside the clinic's hours when the hour is."""
    day = (datetime.now(UTC) + timedelta(days=days)).date()
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, time(hour, minute), UTC)


@dataclass
class Registry:
    """Stands in for the patient service: knows patients by id and owner, or is down."""

    patients: dict[UUID, UUID | None] = field(default_factory=dict)
    down: bool = False

    async def find(self, id: UUID) -> Patient | None:
        if self.down:
            raise Unavailable("The patient service does not answer at the moment.")
        return Patient(id, self.patients[id]) if id in self.patients else None

    def add(self, owner: UUID | None = None) -> str:
        id = uuid4()
        self.patients[id] = owner
        return str(id)


@dataclass
class Caller:
    """Somebody with a token."""

    client: httpx.AsyncClient
    user_id: UUID
    headers: dict[str, str]

    async def request(self, method: str, path: str = "", **arguments: Any) -> httpx.Response:
        headers = {**self.headers, **arguments.pop("headers", {})}
        return await self.client.request(method, f"{PATH}{path}", headers=headers, **arguments)


@pytest.fixture(scope="session")
def issuer() -> TestIssuer:
    return TestIssuer()


@pytest.fixture
async def settings(database_url: DatabaseUrl) -> AppointmentSettings:
    """Without a broker: what these tests see of events is the outbox."""
    url = await database_url("appointment")
    found: AppointmentSettings = settings_of(
        url,
        AppointmentSettings,
        service_name="appointment",
        kafka_bootstrap_servers="localhost:1",
        idempotency_wait_seconds=60,
    )
    return found


@pytest.fixture
async def client(settings: AppointmentSettings, issuer: TestIssuer) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app, settings, issuer=issuer) as client:
        yield client


@pytest.fixture
def runtime(client: httpx.AsyncClient) -> Runtime[AppointmentSettings, Any]:
    running_now: Runtime[AppointmentSettings, Any] = app.state.runtime
    return running_now


@pytest.fixture
def registry(runtime: Runtime[Any, Any]) -> Registry:
    registry = Registry()
    runtime.components = Components(registry)  # type: ignore[arg-type]
    return registry


@pytest.fixture
def caller(client: httpx.AsyncClient, issuer: TestIssuer) -> Callable[..., Caller]:
    """`caller(Role.STAFF)` is somebody with a token of that role."""

    def make(*roles: Role, user_id: UUID | None = None) -> Caller:
        subject = user_id or uuid4()
        return Caller(client, subject, issuer.bearer(*roles, subject=subject))

    return make


@pytest.fixture
def staff(caller: Callable[..., Caller], registry: Registry) -> Caller:
    return caller(Role.STAFF)


@pytest.fixture
async def new_doctor(runtime: Runtime[Any, Any], caller: Callable[..., Caller]) -> Callable[..., Any]:
    """`await new_doctor()` is a doctor that the service knows of."""

    async def make() -> Caller:
        doctor = caller(Role.DOCTOR)
        async with runtime.database.unit_of_work() as work:
            await DoctorRepository(work.session).put(doctor.user_id, "Dr. Who", active=True)
        return doctor

    return make


@pytest.fixture
async def doctor(new_doctor: Callable[..., Any]) -> Caller:
    made: Caller = await new_doctor()
    return made


@pytest.fixture
def visit(registry: Registry, doctor: Caller) -> Callable[..., dict[str, Any]]:
    """A request body that is accepted; of a new patient, unless it says which."""

    def make(date: datetime | None = None, **more: Any) -> dict[str, Any]:
        body = {"doctor_id": str(doctor.user_id), "date": (date or at(10)).isoformat(), **more}
        return body if "patient_id" in body else {**body, "patient_id": registry.add()}

    return make


@pytest.fixture
def book(staff: Caller, visit: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """`await book(at(10))` is a booked appointment."""

    async def make(date: datetime | None = None, **more: Any) -> dict[str, Any]:
        response = await staff.request("POST", json=visit(date, **more))
        assert response.status_code == 201, response.text
        appointment: dict[str, Any] = response.json()
        return appointment

    return make
