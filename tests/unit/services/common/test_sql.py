"""Statements are compiled once; rows are written together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import bindparam, delete, func, select

from services.common.sql import Statement, Write, table_of, write_statement


class Kind(StrEnum):
    A = "A"


@dataclass(slots=True)
class Row:
    id: UUID
    name: str | None
    number: int
    born: date
    at: datetime | None
    tags: list[str]
    about: dict[str, Any]
    kind: Kind


ROW = table_of(Row, "row")
BY_ID = select(ROW).where(ROW.c.id == bindparam("id"))


def test_a_tables_columns_are_the_fields_of_its_entity() -> None:
    kinds = {column.name: str(column.type) for column in ROW.columns}
    assert kinds == {
        "id": "CHAR(32)",
        "name": "TEXT",
        "number": "BIGINT",
        "born": "DATE",
        "at": "DATETIME",
        "tags": "ARRAY",
        "about": "JSONB",
        "kind": "TEXT",
    }
    assert [column.name for column in ROW.primary_key] == ["id"]


def test_values_are_parameters_in_the_order_of_their_numbers() -> None:
    statement = Statement(
        BY_ID.where(ROW.c.name == bindparam("name"), ROW.c.number > 7, ROW.c.kind == bindparam("name"))
    )
    assert statement.arguments({"name": "n", "id": "i", "unused": 1}) == ["i", "n", 7]
    assert "$3" in statement.sql
    assert "$4" not in statement.sql
    with pytest.raises(KeyError):
        statement.arguments({"name": "n"})


def test_only_what_locks_or_writes_needs_a_transaction() -> None:
    assert not Statement(BY_ID).transactional
    assert Statement(BY_ID.with_for_update()).transactional
    assert Statement(delete(ROW).where(ROW.c.id == bindparam("id"))).transactional
    assert Statement(select(func.pg_advisory_xact_lock(1)), transactional=True).transactional


def test_a_recorded_read_takes_its_own_parameters_first() -> None:
    statement = Statement(BY_ID, patient="id")
    assert "audit_log" not in statement.sql
    assert "$2::uuid" in statement.recorded
    assert statement.recorded.endswith("SELECT * FROM found")
    assert "LIMIT $10::bigint" in statement.recorded_page


def test_rows_of_one_table_are_one_insert_in_their_order() -> None:
    sql, arguments = write_statement([Write(ROW, {"id": 1, "number": 2}), Write(ROW, {"id": 3, "number": 4})])
    assert sql == 'INSERT INTO "row" ("id", "number") VALUES ($1, $2), ($3, $4)'
    assert arguments == [1, 2, 3, 4]


def test_everything_that_waits_is_one_statement() -> None:
    other = table_of(Row, "other")
    writes = [
        Write(ROW, {"id": 1, "number": 2}, update=True),
        Write(other, {"id": 5}),
        Write(ROW, {"id": 3, "number": 4}, update=True),
    ]
    sql, arguments = write_statement(writes)
    assert sql == (
        'WITH w0 AS (UPDATE "row" SET "number" = $1 WHERE "id" = $2), w1 AS (INSERT INTO "other" ("id") VALUES ($3)) '
        'UPDATE "row" SET "number" = $4 WHERE "id" = $5'
    )
    assert arguments == [2, 1, 5, 4, 3]
