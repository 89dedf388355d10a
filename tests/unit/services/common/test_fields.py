"""What request fields accept, and how the value is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from services.common import fields
from services.common.fields import BirthDate, Email, FreeText, PersonName, SearchedEmail


def stored(kind: Any, value: Any) -> Any:
    return TypeAdapter(kind).validate_python(value)


def refused(kind: Any, value: Any) -> str:
    with pytest.raises(ValidationError) as raised:
        stored(kind, value)
    return str(raised.value.errors()[0]["msg"])


@pytest.mark.parametrize(
    "name", ["\u200b", "\u3164", "\u00ad", "\ufeff", "\u200b \u2060", "\u2800", "\U000e0041", "\ufe0f"]
)
def test_a_name_that_nobody_can_see_is_refused(name: str) -> None:
    assert "see" in refused(PersonName, name)


@pytest.mark.parametrize("name", ["Ada", "佐藤", "O’Neill", "\u200bAda", "\U0001f469\u200d\u2695\ufe0f", "%_"])  # noqa: RUF001
def test_a_name_is_stored_as_it_was_written(name: str) -> None:
    assert stored(PersonName, name) == name


def test_line_ends_of_other_systems_become_one_kind() -> None:
    assert stored(FreeText, "Weg 1\r\n10115 Berlin\rGermany\n") == "Weg 1\n10115 Berlin\nGermany"


@pytest.mark.parametrize("address", ["Bob <a@example.com>", "<a@example.com>", "a@example.com>", "nobody", "a@b@c.de"])
def test_only_an_address_alone_is_an_address(address: str) -> None:
    refused(Email, address)


@pytest.mark.parametrize("written", ["Ada@München.example", "ada@xn--mnchen-3ya.example", "ADA@XN--MNCHEN-3YA.example"])
def test_an_address_is_found_however_its_domain_is_written(written: str) -> None:
    assert stored(Email, written) == stored(SearchedEmail, written) == "ada@münchen.example"


def test_a_search_for_what_is_no_address_finds_nothing() -> None:
    assert stored(SearchedEmail, " Ada ") == "ada"


def test_a_newborn_is_not_refused_where_the_day_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 11:00 UTC it is the next day in Auckland."""
    monkeypatch.setattr(fields, "utc_now", lambda: datetime(2026, 1, 14, 11, tzinfo=UTC))
    assert stored(BirthDate, "2026-01-15") == date(2026, 1, 15)
    assert "future" in refused(BirthDate, date(2026, 1, 15) + timedelta(days=1))
