"""People who use the public API: their accounts, and clients that send their tokens."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from ops import api
from ops.api import Credentials

PASSWORD = "correct-horse-9-battery"


@dataclass(frozen=True)
class Person:
    """Somebody with an account. `http` sends their token with every request."""

    username: str
    http: httpx.Client
    tokens: dict[str, Any]

    @property
    def token(self) -> str:
        return str(self.tokens["access_token"])


def unique(prefix: str) -> str:
    """Returns a name that no other test has, of letters only: fit for user names, e-mail addresses and people."""
    return prefix + "".join(secrets.choice(string.ascii_lowercase) for _ in range(10))


def register(http: httpx.Client, *, roles: list[str] | None = None) -> dict[str, Any]:
    """Registers a new account and returns it. Roles other than PATIENT need an administrator's client."""
    name = unique("user")
    body: dict[str, Any] = {"username": name, "password": PASSWORD, "email": f"{name}@example.com"}
    if roles:
        body["roles"] = roles
    answer = http.post("/auth/register", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@contextmanager
def signed_in(username: str, password: str = PASSWORD) -> Iterator[Person]:
    """Yields the owner of an account. Raises UnexpectedAnswer when the credentials are refused."""
    with api.client() as http:
        tokens = api.sign_in(http, Credentials(username, password))
    with api.client(tokens["access_token"]) as http:
        yield Person(username, http, tokens)


@contextmanager
def new_person(http: httpx.Client, *, roles: list[str] | None = None) -> Iterator[Person]:
    """Yields somebody with a new account; `roles` as for `register`."""
    with signed_in(register(http, roles=roles)["username"]) as person:
        yield person


@contextmanager
def administrator() -> Iterator[Person]:
    """Yields the first administrator."""
    credentials = api.administrator()
    with signed_in(credentials.username, credentials.password) as person:
        yield person


def new_patient(**changes: Any) -> dict[str, Any]:
    """Returns the body of a patient's registration, with a name and an address that nobody has."""
    name = unique("Ada ")
    return {"name": name, "email": f"{name[4:]}@example.com", "dob": "1990-02-28", **changes}
