"""The whole billing service on a database of its own, with events from the broker."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from services.billing import main
from services.billing.config import BillingSettings
from services.contracts.roles import Role
from tests.integration.conftest import MakeSettings
from tests.support.issuer import TestIssuer


@pytest.fixture(scope="session")
def app() -> FastAPI:
    return main.app


@pytest.fixture
async def settings(service_settings: MakeSettings) -> BillingSettings:
    found: BillingSettings = await service_settings("billing", BillingSettings)
    return found


@pytest.fixture
def staff(client: httpx.AsyncClient, issuer: TestIssuer) -> httpx.AsyncClient:
    """Returns a client whose requests come from STAFF."""
    client.headers.update(issuer.bearer(Role.STAFF))
    return client
