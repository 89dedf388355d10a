"""The example service of `services/README.md`, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from services.common.clock import utc_now
from services.common.runtime import Runtime
from services.contracts.events import PatientDeleted
from tests.integration.callers import Caller
from tests.integration.conftest import MakeSettings
from tests.integration.events import tell
from tests.support.services_readme import example_service

PATH = "/api/waiting"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    with example_service(tmp_path) as main:
        yield main.app


@pytest.fixture
async def settings(app: FastAPI, settings_without_broker: MakeSettings) -> Any:
    return await settings_without_broker("waiting", app.state.definition.settings, entries_per_patient=1)


async def test_an_endpoint(staff: Caller, patient_user: Caller) -> None:
    patient = str(uuid4())
    created = await staff.request("POST", PATH, json={"patient_id": patient, "note": "mornings"})
    assert created.status_code == 201, created.text
    assert (await staff.request("GET", PATH, params={"patient_id": patient})).json()["items"] == [created.json()]
    assert (await staff.request("POST", PATH, json={"patient_id": patient})).status_code == 409
    assert (await patient_user.request("GET", PATH)).status_code == 403


async def test_an_event_consumer(app: FastAPI, staff: Caller, runtime: Runtime) -> None:
    patient = uuid4()
    await staff.request("POST", PATH, json={"patient_id": str(patient)})
    deleted = PatientDeleted(version=2, patient_id=patient, deleted_at=utc_now())
    await tell(app.state.definition.consumers, runtime, deleted)
    assert (await staff.request("GET", PATH)).json()["items"] == []
