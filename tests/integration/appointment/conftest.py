"""The whole appointment service on a database of its own. A dictionary replaces the patient service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from ops.demo.calendar import working_day
from services.appointment import main
from services.appointment.composition import Components
from services.appointment.entity import Doctor, Patient
from services.appointment.repository.doctors import DoctorRepository
from services.common.errors import Unavailable
from services.common.runtime import Runtime
from services.contracts.roles import Role
from tests.integration.callers import Caller

PATH = "/appointments"
TODAY = datetime.now(UTC).date()
"""It does not change when midnight passes during the tests."""


def at(hour: int, minute: int = 0, *, days: int = 7) -> datetime:
    """Returns a time on the first working day that is at least `days` from now."""
    return datetime.combine(working_day(TODAY + timedelta(days=days)), time(hour, minute), UTC)


@dataclass
class Registry:
    """Replaces the client of the patient service: it knows patients by id and owner, or is down."""

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


@pytest.fixture(scope="session")
def app() -> FastAPI:
    return main.app


@pytest.fixture(scope="session")
def base_path() -> str:
    return PATH


@pytest.fixture
def registry(runtime: Runtime[Any, Any]) -> Registry:
    registry = Registry()
    runtime.components = Components(registry)  # type: ignore[arg-type]
    return registry


@pytest.fixture
def staff(caller: Callable[..., Caller], registry: Registry) -> Caller:
    return caller(Role.STAFF)


@pytest.fixture
async def new_doctor(runtime: Runtime[Any, Any], caller: Callable[..., Caller]) -> Callable[..., Any]:
    """`await new_doctor()` returns a doctor that the service knows."""

    async def make() -> Caller:
        doctor = caller(Role.DOCTOR)
        async with runtime.database.unit_of_work() as uow:
            await DoctorRepository(uow).save(Doctor(id=doctor.user_id, name="Dr. Who", active=True))
        return doctor

    return make


@pytest.fixture
async def doctor(new_doctor: Callable[..., Any]) -> Caller:
    made: Caller = await new_doctor()
    return made


@pytest.fixture
def visit(registry: Registry, doctor: Caller) -> Callable[..., dict[str, Any]]:
    """`visit()` returns a valid request body, for a new patient unless one is given."""

    def make(date: datetime | None = None, **more: Any) -> dict[str, Any]:
        body = {"doctor_id": str(doctor.user_id), "date": (date or at(10)).isoformat(), **more}
        return body if "patient_id" in body else {**body, "patient_id": registry.add()}

    return make


@pytest.fixture
def book(staff: Caller, visit: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """`await book(at(10))` returns a booked appointment."""

    async def make(date: datetime | None = None, **more: Any) -> dict[str, Any]:
        response = await staff.request("POST", json=visit(date, **more))
        assert response.status_code == 201, response.text
        appointment: dict[str, Any] = response.json()
        return appointment

    return make
