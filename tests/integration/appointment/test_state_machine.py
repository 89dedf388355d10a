"""The service and a simple model give the same answers to random operations in any order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from services.appointment.composition import Components
from services.appointment.config import AppointmentSettings
from services.appointment.entity import Doctor
from services.appointment.main import app
from services.appointment.repository.doctors import DoctorRepository
from services.contracts.roles import Role
from tests.integration.appointment.conftest import PATH, Registry, at
from tests.integration.conftest import DatabaseUrl, settings_of
from tests.support.application import running
from tests.support.issuer import TestIssuer

DOCTORS, PATIENTS = [uuid4() for _ in range(2)], [uuid4() for _ in range(3)]
QUARTERS = st.integers(0, 12)
LENGTHS = st.sampled_from([15, 30, 45, 60])
MAX_RESCHEDULES = 3


@dataclass
class Modelled:
    """An appointment in the model. Times are in minutes after nine."""

    doctor: UUID
    patient: UUID
    start: int
    length: int
    status: str = "BOOKED"
    reschedules: int = 0
    version: int = 1

    def conflicts_with(self, other: Modelled) -> bool:
        shared = self.doctor == other.doctor or self.patient == other.patient
        return shared and self.start < other.start + other.length and other.start < self.start + self.length


class System:
    """Runs the application for tests that are not coroutines."""

    def __init__(self, runner: asyncio.Runner, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self._runner, self._client, self._headers = runner, client, headers

    def request(self, method: str, path: str = "", **arguments: Any) -> httpx.Response:
        return self._runner.run(self._client.request(method, PATH + path, headers=self._headers, **arguments))

    def empty(self) -> None:
        async def truncate() -> None:
            async with app.state.runtime.database.unit_of_work() as uow:
                await uow.fetch("TRUNCATE appointment, reopening, outbox")

        self._runner.run(truncate())


class Appointments(RuleBasedStateMachine):
    """Books, moves and ends appointments. The model says what the response must be."""

    system: ClassVar[System]
    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.system.empty()
        self.model: dict[str, Modelled] = {}

    @rule(
        target=ids, doctor=st.sampled_from(DOCTORS), patient=st.sampled_from(PATIENTS), quarter=QUARTERS, length=LENGTHS
    )
    def book(self, doctor: UUID, patient: UUID, quarter: int, length: int) -> Any:
        wanted = Modelled(doctor, patient, quarter * 15, length)
        body = {"doctor_id": str(doctor), "patient_id": str(patient), **_time(wanted)}
        answer = self.system.request("POST", json=body)
        if self._taken(wanted, but=None):
            assert answer.status_code == 409
            return multiple()
        assert answer.status_code == 201, answer.text
        self.model[answer.json()["id"]] = wanted
        return answer.json()["id"]

    @rule(
        id=ids,
        quarter=QUARTERS,
        length=LENGTHS,
        doctor=st.sampled_from([None, *DOCTORS]),
        by_patient=st.sampled_from([True, True, False]),
    )
    def move(self, id: str, quarter: int, length: int, doctor: UUID | None, by_patient: bool) -> None:
        old = self.model[id]
        wanted = Modelled(doctor or old.doctor, old.patient, quarter * 15, length)
        body = _time(wanted) | ({"doctor_id": str(doctor)} if doctor else {})
        body["caused_by"] = "PATIENT" if by_patient else "CLINIC"
        answer = self.system.request("PUT", f"/{id}", json=body)
        unmoved = (wanted.doctor, wanted.start, wanted.length) == (old.doctor, old.start, old.length)
        if old.status != "BOOKED":
            assert answer.status_code == 409
        elif unmoved:
            assert (answer.status_code, answer.json()["version"]) == (200, old.version)
        elif (by_patient and old.reschedules >= MAX_RESCHEDULES) or self._taken(wanted, but=id):
            assert answer.status_code == 409
        else:
            assert answer.status_code == 200, answer.text
            wanted.reschedules, wanted.version = old.reschedules + by_patient, old.version + 1
            self.model[id] = wanted

    @rule(id=ids, action=st.sampled_from(["cancel", "complete", "no-show"]))
    def end(self, id: str, action: str) -> None:
        appointment = self.model[id]
        answer = self.system.request("POST", f"/{id}/{action}")
        if appointment.status != "BOOKED" or action == "no-show":
            assert answer.status_code == 409
            return
        assert answer.status_code == 200
        appointment.status = {"cancel": "CANCELLED", "complete": "COMPLETED"}[action]
        appointment.version += 1

    @rule(id=ids)
    def reopen(self, id: str) -> None:
        appointment = self.model[id]
        answer = self.system.request("POST", f"/{id}/reopen", json={"reason": "Mistake."})
        if appointment.status != "COMPLETED" or self._taken(appointment, but=id):
            assert answer.status_code == 409
            return
        assert answer.status_code == 200, answer.text
        appointment.status = "BOOKED"
        appointment.version += 1

    @rule(id=consumes(ids))
    def forget(self, id: str) -> None:
        """Takes the appointment out of the bundle. The invariant still checks that it does not change."""

    @invariant()
    def all_appointments_are_as_in_the_model(self) -> None:
        items = self.system.request("GET", params={"limit": 200}).json()["items"]
        found = {item["id"]: (item["status"], item["date"], item["reschedules"], item["version"]) for item in items}
        assert found == {
            id: (one.status, _time(one)["date"].replace("+00:00", "Z"), one.reschedules, one.version)
            for id, one in self.model.items()
        }

    def _taken(self, wanted: Modelled, but: str | None) -> bool:
        return any(
            other.status == "BOOKED" and other.conflicts_with(wanted) for id, other in self.model.items() if id != but
        )


def _time(wanted: Modelled) -> dict[str, Any]:
    start = at(9) + timedelta(minutes=wanted.start)
    return {"date": start.isoformat(), "duration_minutes": wanted.length}


@pytest.fixture
def system(database_url: DatabaseUrl) -> Iterator[System]:
    issuer = TestIssuer()
    with asyncio.Runner() as runner:
        configured = settings_of(
            runner.run(_url(database_url)),
            AppointmentSettings,
            service_name="appointment",
            kafka_bootstrap_servers="localhost:1",
            max_reschedules=MAX_RESCHEDULES,
        )
        application = running(app, configured, issuer=issuer)
        client = runner.run(application.__aenter__())
        app.state.runtime.components = Components(Registry({patient: None for patient in PATIENTS}))  # type: ignore[arg-type]
        runner.run(_add_doctors())
        yield System(runner, client, issuer.bearer(Role.STAFF))
        runner.run(application.__aexit__(None, None, None))


async def _url(database_url: DatabaseUrl) -> str:
    return await database_url("appointment")


async def _add_doctors() -> None:
    async with app.state.runtime.database.unit_of_work() as uow:
        for doctor in DOCTORS:
            await DoctorRepository(uow).save(Doctor(id=doctor, name="Dr. Who", active=True))


def test_appointments_follow_the_model(system: System) -> None:
    Appointments.system = system
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    profile = settings(max_examples=8, stateful_step_count=30, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(Appointments, settings=profile)  # type: ignore[no-untyped-call]
