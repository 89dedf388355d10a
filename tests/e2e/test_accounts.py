"""People mend their accounts themselves: a forgotten password, a new one, and the end of all sessions."""

from __future__ import annotations

import re

import httpx
import pytest

from lab.waiting import until
from ops import api
from ops.api import Credentials
from tests.support import people
from tests.support.clinic import emails_to
from tests.support.people import PASSWORD, Person

NEW, NEWEST = "staple-7-of-the-battery", "horses-8-are-correct"
CODE = re.compile(r"^    ([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})$", re.MULTILINE)


def email_of(person: Person) -> str:
    return str(person.http.get("/auth/me").json()["email"])


def received_code(address: str) -> str:
    """Waits for the e-mail to the address. Returns the code in it."""

    def codes() -> list[str]:
        return [code for mail in emails_to(address) for code in CODE.findall(str(mail["Body"]["text_part"]))]

    return until("the e-mail with the code", codes)[-1]


def confirm(http: httpx.Client, account: str, code: str, password: str) -> httpx.Response:
    body = {"account": account, "code": code, "new_password": password}
    return http.post("/auth/password-reset/confirm", json=body)


def signs_in(http: httpx.Client, username: str, password: str) -> bool:
    answer = http.post("/auth/login", json={"username": username, "password": password})
    assert answer.status_code in (200, 401), answer.text
    return answer.status_code == 200


def is_over(person: Person, http: httpx.Client) -> bool:
    """Returns whether the person's session has ended."""
    return http.post("/auth/refresh", json={"refresh_token": person.tokens["refresh_token"]}).status_code == 401


@pytest.mark.attack(29)
def test_attack_29_a_forgotten_password(anybody: httpx.Client, patient: Person, staff: Person) -> None:
    address, unknown = email_of(patient), f"{people.unique('nobody')}@example.com"
    answers = [anybody.post("/auth/password-reset", json={"account": account}) for account in (address, unknown)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"")}
    code = received_code(address)
    assert confirm(anybody, unknown, code, NEW).status_code == 422
    assert confirm(anybody, address, code, "password123").status_code == 422
    assert signs_in(anybody, patient.username, PASSWORD)  # nothing has changed yet

    assert confirm(anybody, address, code.lower(), NEW).status_code == 204
    assert confirm(anybody, address, code, NEWEST).status_code == 422  # a code is used once
    assert not signs_in(anybody, patient.username, PASSWORD)
    assert signs_in(anybody, patient.username, NEW)
    assert patient.http.get("/auth/me").status_code == 401
    assert is_over(patient, anybody)
    assert emails_to(unknown) == []

    logged = staff.http.get("/notifications", params={"event_type": "user.password_reset_requested", "limit": 200})
    assert address in logged.text
    assert code not in logged.text


def test_an_administrator_has_a_code_sent(anybody: httpx.Client, patient: Person, admin: Person, staff: Person) -> None:
    account = patient.http.get("/auth/me").json()
    path = f"/auth/users/{account['id']}/password-reset"
    assert staff.http.post(path).status_code == 403
    assert admin.http.post(path).status_code == 202
    assert not is_over(patient, anybody)
    assert confirm(anybody, patient.username, received_code(account["email"]), NEW).status_code == 204
    assert signs_in(anybody, patient.username, NEW)


def test_a_new_password_and_the_end_of_all_sessions(anybody: httpx.Client, patient: Person) -> None:
    with people.signed_in(patient.username) as elsewhere:
        wrong = {"present_password": NEWEST, "new_password": NEW}
        assert patient.http.post("/auth/password", json=wrong).status_code == 403
        right = {"present_password": PASSWORD, "new_password": NEW}
        assert patient.http.post("/auth/password", json=right).status_code == 204
        assert is_over(elsewhere, anybody)
        assert elsewhere.http.get("/auth/me").status_code == 401
    assert patient.http.get("/auth/me").status_code == 200
    assert not signs_in(anybody, patient.username, PASSWORD)

    tokens = api.sign_in(anybody, Credentials(patient.username, NEW))
    ended = patient.http.post("/auth/logout-all", json={"keep_present": False})
    assert ended.status_code == 204
    assert patient.http.get("/auth/me").status_code == 401
    assert anybody.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).status_code == 401
    assert signs_in(anybody, patient.username, NEW)
