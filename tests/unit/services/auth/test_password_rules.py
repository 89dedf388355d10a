"""Which new passwords are accepted."""

from __future__ import annotations

import pytest

from ops.demo import plan
from services.auth.password_rules import MIN_LENGTH, _common, normalised, weakness
from tests.support import people

ANN = ("ann.example", "a.example-7", "Ann Zoë Example")


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "PassWord",
        "Password123!",
        "12345678",
        "1234567890",
        "87654321",
        "12345678901",
        "!!!!!!!!a",
        "P@ssw0rd1",
        "Passw0rd!",
        "abcdefgh",
        "aaaaaaaa",
        "abababab",
        "testtest",
        "qwertyuiop",
        "iloveyou",
        "Clinic-2026!",
        "patient1",
        "2026hospital",
        "ann.example",
        "ANN_EXAMPLE",
        "Ann Zoë Example",
        "example1",
        "Zoe\u0308-1999",
        "a.example-7",
        "\uff50\uff41\uff53\uff53word",
        "e\u0301" * 7,
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert weakness(password, ANN)


@pytest.mark.parametrize(
    "password",
    [
        "long enough",
        "a horse that is correct",
        "an-admin's-password",
        "  spaces around  ",
        "ann likes patients",
        "été à la mer",
        "名前は秘密です。",
        people.PASSWORD,
        plan.PASSWORD,
        "bench-00000001",
    ],
)
def test_everything_else_is_accepted(password: str) -> None:
    assert weakness(password, ANN) is None


def test_one_password_has_one_form() -> None:
    assert normalised("Zoe\u0308") == normalised("Zoë")


def test_the_list_contains_what_could_be_chosen() -> None:
    assert len(_common()) > 500
    assert all(len(password) >= MIN_LENGTH and password == normalised(password).casefold() for password in _common())
