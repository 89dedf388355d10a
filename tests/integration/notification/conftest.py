"""The notification service's whole application: events from the brokers in, SES and SNS of LocalStack out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.common.testing import TestIssuer, running
from services.contracts.roles import Role
from services.notification.config import NotificationSettings
from services.notification.main import app
from tests.integration.conftest import aws


@pytest.fixture(scope="session")
def issuer() -> TestIssuer:
    return TestIssuer()


@pytest.fixture(scope="session")
def sender() -> str:
    """A verified SES identity."""
    address = f"clinic-{uuid4().hex[:8]}@pms.example"
    aws("ses").verify_email_identity(EmailAddress=address)
    return address


@pytest.fixture
async def settings(service_settings: Callable[..., Awaitable[Any]], sender: str) -> NotificationSettings:
    settings: NotificationSettings = await service_settings("notification", NotificationSettings, email_sender=sender)
    return settings


@pytest.fixture
async def client(settings: NotificationSettings, issuer: TestIssuer) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app, settings, issuer=issuer) as client:
        client.headers.update(issuer.bearer(Role.STAFF))
        yield client
