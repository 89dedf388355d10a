"""Cursors of pages: what they contain, and which are rejected."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.common.errors import Unprocessable
from services.common.paging import ASC, DESC, Keyset, PageRequest
from services.common.sql import Statement, table_of


@dataclass
class Row:
    id: UUID
    name: str
    number: int
    at: datetime


ROW = table_of(Row, "row")
ORDER = Keyset("order", (ROW.c.name, ASC), (ROW.c.number, DESC), (ROW.c.at, ASC), (ROW.c.id, ASC))
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50)


@given(TEXT, st.integers(-(2**40), 2**40), st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_contains_the_values_of_its_row(name: str, number: int, at: datetime, id: UUID) -> None:
    row: Any = SimpleNamespace(name=name, number=number, at=at, id=id)
    cursor = ORDER.page([row, row], PageRequest(limit=1)).next_cursor
    assert cursor is not None
    assert ORDER._decode(cursor) == [name, number, at, id]


def test_the_last_page_has_no_cursor() -> None:
    row: Any = SimpleNamespace(name="a", number=1, at=datetime.now(UTC), id=UUID(int=1))
    assert ORDER.page([row], PageRequest(limit=1)).next_cursor is None


def test_an_empty_cursor_means_the_first_page() -> None:
    assert PageRequest.model_validate({"cursor": ""}).cursor is None


def cursor_of(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


GOOD = ("order", "a", 1, "2026-01-01T00:00:00+00:00", "01940000-0000-7000-8000-000000000000")


@pytest.mark.attack(12)
@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!!",
        "é",
        cursor_of(),
        cursor_of(*GOOD[:4]),
        cursor_of(*GOOD, "more"),
        cursor_of("another", *GOOD[1:]),
        cursor_of("order", None, *GOOD[2:]),
        cursor_of("order", "a\0b", *GOOD[2:]),
        cursor_of("order", "\ud800", *GOOD[2:]),
        cursor_of("order", "a", "1; DROP TABLE row", *GOOD[3:]),
        cursor_of("order", "a", True, *GOOD[3:]),
        cursor_of("order", "a", 2**63, *GOOD[3:]),
        cursor_of("order", "a", 1, "2026-01-01T00:00:00", GOOD[4]),
        cursor_of("order", "a", 1, "yesterday", GOOD[4]),
        cursor_of("order", "a", 1, GOOD[3], "no-uuid"),
        base64.urlsafe_b64encode(b"[" * 900).decode(),
    ],
)
def test_forged_cursors_are_rejected(cursor: str) -> None:
    assert ORDER._decode(cursor_of(*GOOD))
    with pytest.raises(Unprocessable):
        ORDER.values(PageRequest(cursor=cursor))


def test_values_of_a_cursor_are_parameters_and_not_in_the_sql() -> None:
    statement = Statement(ORDER.apply(select(ROW), after=True))
    values = ORDER.values(PageRequest(cursor=cursor_of("order", "x' OR '1'='1", *GOOD[2:])))
    assert "x' OR '1'='1" in statement.arguments(values)
    assert "OR '1'" not in statement.sql
