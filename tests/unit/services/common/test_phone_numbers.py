"""Telephone numbers as people write them."""

from __future__ import annotations

import pytest

from services.common.phone_numbers import e164


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+49 (30) 123-456", "+4930123456"),
        ("+49 (0) 209 123456", "+49209123456"),
        ("0049 209 123456", "+49209123456"),
        ("(0209) 123456", "+49209123456"),
        ("030/123456", "+4930123456"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+1 202-555-0100", "+12025550100"),
        ("+4930123456", "+4930123456"),
        ("+0301234567", None),
        ("+49 999 1", None),
        ("+1 555 0100", None),
        ("110", None),
        ("+1", None),
        ("+" + "1" * 16, None),
        ("", None),
        (None, None),
    ],
)
def test_numbers_that_can_be_dialled_become_e164(written: str | None, number: str | None) -> None:
    assert e164(written, "DE") == number


def test_a_number_without_a_country_code_is_of_the_clinics_country() -> None:
    assert e164("030 123456", "DE") == "+4930123456"
    assert e164("(202) 555-0100", "US") == "+12025550100"
    assert e164("030 123456", "US") is None


@pytest.mark.parametrize("written", ["+49 (0) 209 123456", "020 7946 0958", "0049 209 123456"])
def test_the_form_is_that_of_itself(written: str) -> None:
    number = e164(written, "DE") or e164(written, "GB")
    assert number is not None
    assert e164(number, "US") == number
