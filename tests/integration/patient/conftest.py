"""The patient service's whole application on a database of its own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from services.patient import main
from services.patient.config import PatientSettings
from tests.integration import callers
from tests.integration.conftest import MakeSettings

PATH = "/api/patients"


class Caller(callers.Caller):
    """Somebody with a token, at the patient service."""

    PATH = PATH

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
def app() -> FastAPI:
    return main.app


@pytest.fixture(scope="session")
def caller_type() -> type[Caller]:
    return Caller


@pytest.fixture
async def settings(settings_without_broker: MakeSettings) -> PatientSettings:
    found: PatientSettings = await settings_without_broker("patient", PatientSettings, idempotency_wait_seconds=60)
    return found
