"""The authorisation matrix of accounts and sessions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.auth.config import AuthSettings
from services.auth.main import app
from services.contracts.roles import Role
from services.contracts.routes import routes_of
from tests.integration.auth.conftest import Person
from tests.integration.callers import covers_all_routes

Register = Callable[..., Awaitable[Person]]
ALL = frozenset(Role)
ADMINS = frozenset({Role.ADMIN})

# Operation -> (the roles that are allowed, the status for them). An account of one's own in the path makes
# no difference, because only an ADMIN changes accounts. Public operations are allowed with and without a token.
MATRIX: dict[str, tuple[frozenset[Role], int]] = {
    "POST /auth/register": (ALL, 201),
    "POST /auth/login": (ALL, 200),
    "POST /auth/refresh": (ALL, 200),
    "POST /auth/logout": (ALL, 204),
    "GET /auth/me": (ALL, 200),
    "POST /auth/password-reset": (ALL, 202),
    "POST /auth/password-reset/confirm": (ALL, 422),  # allowed, but nobody has a code
    "POST /auth/users/{id}/password-reset": (ADMINS, 202),
    "POST /auth/password": (ALL, 204),
    "POST /auth/logout-all": (ALL, 204),
    "GET /auth/users": (ADMINS | {Role.STAFF}, 200),
    "PATCH /auth/users/{id}": (ADMINS, 200),
}
PUBLIC = {route.key for route in routes_of("auth") if route.public}


@pytest.fixture
def settings(settings: AuthSettings) -> AuthSettings:
    """With cheap hashes, because every cell of the matrix signs a user in."""
    return settings.model_copy(update={"argon2_memory_kib": 64})


async def attempt(
    client: httpx.AsyncClient, operation: str, headers: dict[str, str], who: Person, target: str
) -> httpx.Response:
    """Sends one operation. `who` has the credentials for the public ones; `target` is the account to change."""
    method, path = operation.split(" ")
    name = f"user-{uuid4().hex[:10]}"
    bodies: dict[str, Any] = {
        "POST /auth/register": {"username": name, "password": "long enough", "email": f"{name}@example.org"},
        "POST /auth/login": {"username": who.account["username"], "password": who.password},
        "POST /auth/refresh": {"refresh_token": who.tokens["refresh_token"]},
        "POST /auth/logout": {"refresh_token": who.tokens["refresh_token"]},
        "POST /auth/password-reset": {"account": who.account["username"]},
        "POST /auth/password-reset/confirm": {
            "account": who.account["username"],
            "code": "0000-0000-0000-0000",
            "new_password": who.password,
        },
        "POST /auth/password": {"present_password": who.password, "new_password": who.password},
        "POST /auth/logout-all": {"keep_present": True},
        "PATCH /auth/users/{id}": {"disabled": False},
    }
    return await client.request(method, path.format(id=target), headers=headers, json=bodies.get(operation))


def test_every_operation_is_in_the_matrix() -> None:
    assert covers_all_routes("auth", app, MATRIX)


@pytest.mark.attack(9, 10)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other's"])
@pytest.mark.parametrize("role", Role)
async def test_the_matrix_of_roles(
    client: httpx.AsyncClient, admin: Person, register: Register, role: Role, own: bool
) -> None:
    who, other = await register(admin, roles=[role]), await register()
    target = (who if own else other).account["id"]
    answers = {}
    for operation in MATRIX:
        answers[operation] = (await attempt(client, operation, who.headers, who, target)).status_code
        if operation in ("POST /auth/refresh", "POST /auth/logout"):
            await who.sign_in()
    assert answers == {key: success if role in roles else 403 for key, (roles, success) in MATRIX.items()}


@pytest.mark.attack(8)
async def test_without_a_token_only_public_operations_are_allowed(
    client: httpx.AsyncClient, register: Register
) -> None:
    who = await register()
    for operation, (_, success) in MATRIX.items():
        if operation == "POST /auth/logout":
            await who.sign_in()
        answer = await attempt(client, operation, {}, who, who.account["id"])
        assert answer.status_code == (success if operation in PUBLIC else 401), operation


async def test_everybody_reads_their_own_account(client: httpx.AsyncClient, admin: Person, register: Register) -> None:
    for role in Role:
        who = await register(admin, roles=[role])
        assert (await client.get("/auth/me", headers=who.headers)).json()["id"] == who.account["id"]


@pytest.mark.attack(9)
async def test_refreshed_tokens_are_for_the_user_of_the_refresh_token(
    client: httpx.AsyncClient, register: Register
) -> None:
    """Another user's access token in the same request makes no difference."""
    mine, other = await register(), await register()
    body = {"refresh_token": mine.tokens["refresh_token"]}
    renewed = (await client.post("/auth/refresh", json=body, headers=other.headers)).json()
    headers = {"Authorization": f"Bearer {renewed['access_token']}"}
    assert (await client.get("/auth/me", headers=headers)).json()["id"] == mine.account["id"]
