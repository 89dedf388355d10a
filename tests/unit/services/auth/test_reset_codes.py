"""Codes for new passwords: what they look like, and how people type them."""

from __future__ import annotations

import re

import pytest

from services.auth.reset_codes import code_hash, new_code


def test_codes_are_random_and_easy_to_read() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", code) for code in codes)
    assert len(set("".join(codes))) == 33  # every character of the alphabet, and the hyphen


@pytest.mark.parametrize(
    "typed", ["7k2m-9qxa-01tv-b3zd", "7K2M9QXAO1TVB3ZD", "7K2M 9QXA OITV B3ZD", "7K2M-9QXA-oltv-B3ZD"]
)
def test_a_code_is_recognised_as_people_type_it(typed: str) -> None:
    assert code_hash(typed) == code_hash("7K2M-9QXA-01TV-B3ZD")


def test_another_code_has_another_hash() -> None:
    assert code_hash("7K2M-9QXA-01TV-B3ZD") != code_hash("7K2M-9QXA-01TV-B3ZE")
