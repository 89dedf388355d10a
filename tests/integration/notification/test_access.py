"""Who may read the event log and send e-mails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.contracts.roles import Role
from services.notification.config import NotificationSettings
from tests.integration.callers import Caller, covers_all_routes
from tests.integration.conftest import MakeSettings

# Operation -> (the roles that may call it, the status they get). The log belongs to the clinic, so nobody owns a part.
MATRIX = {
    "POST /notify/email": ({Role.STAFF, Role.ADMIN}, 202),
    "GET /notifications": ({Role.STAFF, Role.ADMIN}, 200),
}
EMAIL = {"to": "reader@example.org", "subject": "Your results", "body": "Please call us."}


@pytest.fixture
async def settings(settings_without_broker: MakeSettings, sender: str) -> NotificationSettings:
    made: NotificationSettings = await settings_without_broker(
        "notification", NotificationSettings, email_sender=sender
    )
    return made


def test_every_operation_is_in_the_matrix(app: FastAPI) -> None:
    assert covers_all_routes("notification", app, MATRIX)


@pytest.mark.attack(10)
@pytest.mark.parametrize("operation", MATRIX)
@pytest.mark.parametrize("role", [*Role, None], ids=str)
async def test_the_matrix_of_roles(caller: Callable[..., Caller], role: Role | None, operation: str) -> None:
    method, path = operation.split(" ")
    somebody = caller(role) if role else caller()
    answer = await somebody.request(method, path, json=EMAIL if method == "POST" else None)
    roles, success = MATRIX[operation]
    assert answer.status_code == (success if role in roles else 403), answer.text


@pytest.mark.attack(8)
@pytest.mark.parametrize("operation", MATRIX)
async def test_every_operation_needs_a_token(client: httpx.AsyncClient, operation: str) -> None:
    method, path = operation.split(" ")
    del client.headers["authorization"]
    answer = await client.request(method, path, json=EMAIL if method == "POST" else None)
    assert answer.status_code == 401


async def test_a_caller_without_the_role_does_not_see_the_log(client: httpx.AsyncClient, caller: Any) -> None:
    accepted = (await client.post("/notify/email", json=EMAIL)).json()
    for role in (Role.DOCTOR, Role.PATIENT):
        answer = await caller(role).request("GET", "/notifications")
        assert accepted["id"] not in answer.text
    assert accepted["id"] in (await client.get("/notifications")).text
