"""The billing service's whole application on a database of its own, with the brokers' events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from services.billing.config import BillingSettings
from services.billing.main import app
from services.common.service import Runtime
from services.common.testing import TestIssuer, running
from services.contracts.roles import Role


@pytest.fixture(scope="session")
def issuer() -> TestIssuer:
    return TestIssuer()


@pytest.fixture
async def client(
    service_settings: Callable[..., Awaitable[Any]], issuer: TestIssuer
) -> AsyncIterator[httpx.AsyncClient]:
    settings = await service_settings("billing", BillingSettings)
    async with running(app, settings, issuer=issuer) as client:
        yield client


@pytest.fixture
def runtime(client: httpx.AsyncClient) -> Runtime[BillingSettings, Any]:
    running_now: Runtime[BillingSettings, Any] = app.state.runtime
    return running_now


@pytest.fixture
def staff(client: httpx.AsyncClient, issuer: TestIssuer) -> httpx.AsyncClient:
    client.headers.update(issuer.bearer(Role.STAFF))
    return client
