"""The whole notification service on a database of its own, with events from the broker and LocalStack's SES and SNS."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.contracts.roles import Role
from services.notification import main
from services.notification.config import NotificationSettings
from tests.integration.conftest import MakeSettings
from tests.support import aws
from tests.support.issuer import TestIssuer


@pytest.fixture(scope="session")
def app() -> FastAPI:
    return main.app


@pytest.fixture(scope="session")
def sender() -> str:
    """A verified SES identity."""
    address = f"clinic-{uuid4().hex[:8]}@pms.example"
    aws.client("ses").verify_email_identity(EmailAddress=address)
    return address


@pytest.fixture
async def settings(service_settings: MakeSettings, sender: str, sealing_key: str) -> NotificationSettings:
    settings: NotificationSettings = await service_settings(
        "notification", NotificationSettings, email_sender=sender, sealing_key_id=sealing_key
    )
    return settings


@pytest.fixture
def client(client: httpx.AsyncClient, issuer: TestIssuer) -> httpx.AsyncClient:
    """Requests without another token have a STAFF's."""
    client.headers.update(issuer.bearer(Role.STAFF))
    return client
