"""Attacks 13 to 16 of docs/security.md: sessions that have ended, and guessed passwords."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.e2e.forged_tokens import Forger
from tests.support import people
from tests.support.people import PASSWORD, Person

TOKEN_SECONDS = 900  # the longest time that a token stays valid after a change of its account


def login(http: httpx.Client, username: str, password: str) -> httpx.Response:
    return http.post("/auth/login", json={"username": username, "password": password})


def refresh(http: httpx.Client, token: str) -> httpx.Response:
    return http.post("/auth/refresh", json={"refresh_token": token})


def change(admin: Person, person: Person, **changes: Any) -> None:
    me = person.http.get("/auth/me").json()["id"]
    assert admin.http.patch(f"/auth/users/{me}", json=changes).status_code == 200


@pytest.mark.attack(13)
def test_attack_13_an_ended_session_cannot_be_refreshed(anybody: httpx.Client, patient: Person) -> None:
    token = patient.tokens["refresh_token"]
    assert anybody.post("/auth/logout", json={"refresh_token": token}).status_code == 204
    assert refresh(anybody, token).status_code == 401


@pytest.mark.attack(13)
def test_attack_13_a_disabled_user(anybody: httpx.Client, patient: Person, admin: Person) -> None:
    """The auth service refuses the user at once, the others when the access token expires."""
    change(admin, patient, disabled=True)
    assert refresh(anybody, patient.tokens["refresh_token"]).status_code == 401
    assert login(anybody, patient.username, PASSWORD).status_code == 401
    assert patient.http.get("/auth/me").status_code == 401


@pytest.mark.attack(13)
def test_attack_13_a_downgraded_administrator(anybody: httpx.Client, admin: Person) -> None:
    account = people.register(admin.http, roles=["ADMIN"])
    with people.signed_in(account["username"]) as former:
        change(admin, former, roles=["PATIENT"])
        again = former.http.patch(f"/auth/users/{account['id']}", json={"roles": ["ADMIN"]})
        assert again.status_code == 403  # although the token has the scope
        renewed = refresh(anybody, former.tokens["refresh_token"]).json()
        assert "users:write" not in renewed["scope"]


@pytest.mark.attack(13)
def test_attack_13_no_token_is_valid_longer_than_documented(anybody: httpx.Client, patient: Person) -> None:
    forger = Forger.of(patient.token)
    assert forger.claims["exp"] - forger.claims["iat"] == patient.tokens["expires_in"] == TOKEN_SECONDS
    aged = {name: int(time.time()) - age for name, age in (("iat", TOKEN_SECONDS + 10), ("exp", 10))}
    answer = anybody.get("/auth/me", headers={"authorization": f"Bearer {forger.signed(**aged)}"})
    assert answer.status_code == 401


@pytest.mark.attack(14)
def test_attack_14_a_replayed_refresh_token_ends_the_session(anybody: httpx.Client, patient: Person) -> None:
    stolen = patient.tokens["refresh_token"]
    family = [stolen]
    for _ in range(2):
        renewed = refresh(anybody, family[-1])
        assert renewed.status_code == 200, renewed.text
        family.append(renewed.json()["refresh_token"])
    for token in (stolen, *family):
        assert refresh(anybody, token).status_code == 401
    assert login(anybody, patient.username, PASSWORD).status_code == 200  # the account itself is not locked


@pytest.mark.attack(15)
def test_attack_15_guesses_are_slowed_down_for_known_and_unknown_users_alike(
    anybody: httpx.Client, patient: Person
) -> None:
    """Both names get the same answers, except for the seconds in Retry-After."""
    unknown = people.unique("nobody")
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 8:
        pair = [login(anybody, username, "wrong-password") for username in (patient.username, unknown)]
        assert pair[0].status_code == pair[1].status_code
        assert pair[0].text == pair[1].text
        statuses.append(pair[0].status_code)
        refused = [answer for answer in pair if answer.status_code == 429]
        assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in refused)
    assert statuses == [401] * 5 + [429]
    assert login(anybody, patient.username, PASSWORD).status_code == 429  # even with the right password


@pytest.mark.attack(16)
def test_attack_16_a_huge_password_is_refused_before_any_hashing(anybody: httpx.Client, patient: Person) -> None:
    """If the password were hashed and compared, each attempt would count as a wrong one, and the sixth would be 429."""
    huge = "x" * (10 * 1024 * 1024 - 200)  # the whole body is just below the gateway's limit of 10 MB
    for size in (129, 10_000, len(huge), *[129] * 5):
        assert login(anybody, patient.username, huge[:size]).status_code == 422
    assert login(anybody, patient.username, PASSWORD).status_code == 200
    name = people.unique("user")
    account = {"username": name, "password": huge, "email": f"{name}@example.com"}
    assert anybody.post("/auth/register", json=account).status_code == 422
