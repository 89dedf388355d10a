"""A person at the API: signs in, and sends requests through the gateway with their token."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from ops import aws, settings

PASSWORD = "correct-horse-9-battery"


@dataclass(frozen=True)
class Person:
    """Somebody with an account. `http` sends their token with every request."""

    username: str
    password: str
    http: httpx.Client
    tokens: dict[str, Any]

    @property
    def token(self) -> str:
        return str(self.tokens["access_token"])


def unique(prefix: str) -> str:
    """Letters only: fit for user names, local parts and people's names alike."""
    return prefix + "".join(secrets.choice(string.ascii_lowercase) for _ in range(10))


def anonymous(**options: Any) -> httpx.Client:
    return httpx.Client(base_url=settings.API_URL, timeout=30, **options)


def register(http: httpx.Client, *, roles: list[str] | None = None) -> dict[str, Any]:
    """A new account; roles other than PATIENT need an administrator's client."""
    name = unique("user")
    body: dict[str, Any] = {"username": name, "password": PASSWORD, "email": f"{name}@example.com"}
    if roles:
        body["roles"] = roles
    answer = http.post("/auth/register", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@contextmanager
def signed_in(username: str, password: str = PASSWORD) -> Iterator[Person]:
    with anonymous() as plain:
        answer = plain.post("/auth/login", json={"username": username, "password": password})
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    with anonymous(headers={"authorization": f"Bearer {tokens['access_token']}"}) as http:
        yield Person(username, password, http, tokens)


@contextmanager
def newcomer(http: httpx.Client, *, roles: list[str] | None = None) -> Iterator[Person]:
    """Somebody with a new account, signed in; roles as for `register`."""
    with signed_in(register(http, roles=roles)["username"]) as person:
        yield person


@contextmanager
def administrator() -> Iterator[Person]:
    """The first administrator, whose password was generated at deployment."""
    secret = aws.secret("pms/auth/admin")
    with signed_in(secret["username"], secret["password"]) as person:
        yield person


def new_patient(**changes: Any) -> dict[str, Any]:
    """The body of a patient that nobody has registered yet."""
    name = unique("Ada ")
    return {"name": name, "email": f"{name[4:]}@example.com", "dob": "1990-02-28", **changes}
