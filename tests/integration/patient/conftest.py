"""The whole patient service on a database of its own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from services.patient import main
from tests.integration import callers

PATH = "/api/patients"


class Caller(callers.Caller):
    """A caller of the patient service."""

    async def register(self, **details: Any) -> dict[str, Any]:
        """Registers a new patient and returns the record. Details that are not given are made up."""
        response = await self.request("POST", json=person(**details))
        assert response.status_code == 201, response.text
        patient: dict[str, Any] = response.json()
        return patient


def person(**details: Any) -> dict[str, Any]:
    """Returns a valid request body with an e-mail address that no other patient has."""
    return {"name": "Ada Lovelace", "email": f"{uuid4().hex}@example.org", "dob": "1990-12-10", **details}


@pytest.fixture(scope="session")
def app() -> FastAPI:
    return main.app


@pytest.fixture(scope="session")
def base_path() -> str:
    return PATH


@pytest.fixture(scope="session")
def caller_type() -> type[Caller]:
    return Caller
