"""Tables of entities, and statements that are compiled once and run by asyncpg.

SQLAlchemy Core writes the SQL, and asyncpg runs it. An ORM session would cost several times what PostgreSQL needs for
the statement itself (docs/adr/0018).
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.types import TypeEngine, to_instance

_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]
READING: Mapping[str, str] = {
    "id": "uuid",
    "at": "timestamptz",
    "actor": "text",
    "roles": "text[]",
    "action": "text",
    "resource": "text",
    "outcome": "text",
    "trace_id": "text",
}
"""The columns of an audit record that are known before a read, with their types: parameters of a recorded statement."""
_TYPES: Mapping[Any, Any] = {
    str: Text,
    int: BigInteger,
    bool: Boolean,
    bytes: LargeBinary,
    UUID: Uuid,
    date: Date,
    datetime: DateTime(timezone=True),
    dict: JSONB,
}


def table_of(entity: type[Any], name: str, *, key: Sequence[str] = ("id",)) -> Table:
    """Returns the table whose columns are the fields of a dataclass, in their order. `key` is its primary key."""
    hints = get_type_hints(entity)
    columns = [
        Column(field.name, _type_of(hints[field.name]), primary_key=field.name in key) for field in fields(entity)
    ]
    return Table(name, MetaData(), *columns)


def _type_of(hint: Any) -> TypeEngine[Any]:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        (hint,) = (part for part in get_args(hint) if part is not type(None))
        origin = get_origin(hint)
    if origin in (list, tuple):
        return ARRAY(_type_of(get_args(hint)[0]))
    if isinstance(hint, type) and issubclass(hint, Enum):
        hint = str
    kind: TypeEngine[Any] = to_instance(_TYPES[origin or hint])
    return kind


class Statement:
    """A statement with named parameters (`bindparam`).

    `patient` names the result's column that says whose data a row is: a read is recorded in the audit log with it.
    With `names_rows` the record of a list names the rows, by their ids.
    A statement that writes or locks needs a transaction, which the unit of work then begins. `transactional` says so
    where it cannot be seen from the statement, for example for an advisory lock.
    """

    def __init__(
        self, clause: Any, *, patient: str | None = None, names_rows: bool = False, transactional: bool = False
    ) -> None:
        compiled = clause.compile(dialect=_DIALECT)
        self.sql = str(compiled)
        self.patient = patient
        self._names_rows = names_rows
        locks = isinstance(clause, Select) and clause._for_update_arg is not None
        self.transactional = transactional or locks or not clause.is_select
        self._parameters = [_parameter(compiled.binds[name], name) for name in compiled.positiontup or ()]

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Returns the parameters in the order of their numbers. Raises KeyError when one is missing."""
        return [values[name] if constant is _REQUIRED else constant for name, constant in self._parameters]

    @cached_property
    def recorded(self) -> str:
        """The same statement, which also writes an audit record about the one row that it finds, if it finds one.

        The parameters of `READING` follow its own.
        """
        what = f"found.id::text, array_remove(ARRAY[found.{self.patient}], NULL) FROM found"
        return self._recorded(what)

    @cached_property
    def recorded_page(self) -> str:
        """The same for a list: one record about the first rows, whose number is the last parameter.

        It is written for an empty list too.
        """
        limit = len(self._parameters) + len(READING) + 1
        shown = f"(SELECT * FROM found LIMIT ${limit}::bigint) shown"
        ids = f"(SELECT string_agg(shown.id::text, ',') FROM {shown})" if self._names_rows else "NULL"
        whose = f"SELECT DISTINCT shown.{self.patient} FROM {shown} WHERE shown.{self.patient} IS NOT NULL"
        return self._recorded(f"{ids}, ARRAY({whose})")

    def _recorded(self, what: str) -> str:
        first = len(self._parameters) + 1
        values = [f"${first + index}::{kind}" for index, kind in enumerate(READING.values())]
        names = ", ".join((*READING, "resource_id", "patient_ids"))
        return (
            f"WITH found AS MATERIALIZED ({self.sql}),"
            f" recorded AS (INSERT INTO audit_log ({names}) SELECT {', '.join(values)}, {what})"
            " SELECT * FROM found"
        )


_REQUIRED = object()


def _parameter(bind: Any, name: str) -> tuple[str, Any]:
    """Returns a parameter's name, and the value that the statement itself gives it."""
    return name, _REQUIRED if bind.required else bind.effective_value


@dataclass(frozen=True, slots=True)
class Write:
    """A row to insert, or to update by its primary key."""

    table: Table
    values: Mapping[str, Any]
    update: bool = False


def write_statement(writes: Sequence[Write]) -> tuple[str, list[Any]]:
    """Returns one statement that makes all writes, and its arguments.

    Rows of one table and of the same columns are one INSERT, in their order. PostgreSQL checks foreign keys at the end
    of the statement.
    """
    groups: dict[Any, list[Write]] = {}
    for number, write in enumerate(writes):
        groups.setdefault(number if write.update else (write.table.name, tuple(write.values)), []).append(write)
    arguments: list[Any] = []
    parts = [_part(group, arguments) for group in groups.values()]
    *others, last = parts
    if not others:
        return last, arguments
    named = ", ".join(f"w{number} AS ({part})" for number, part in enumerate(others))
    return f"WITH {named} {last}", arguments


def write_if_absent(row: Write, key: str, others: Sequence[Write]) -> tuple[str, list[Any]]:
    """Returns a statement that inserts a row and with it the others, and its arguments. Its result is `true`.

    When another row has the same value of the column `key`, it inserts none of them, and its result is empty.
    """
    arguments: list[Any] = []
    parts = [f"first AS ({_part([row], arguments)} ON CONFLICT ({key}) DO NOTHING RETURNING true AS written)"]
    for number, write in enumerate(others):
        values = ", ".join(_numbers(write, list(write.values), arguments))
        parts.append(f"w{number} AS ({_insert(write)} SELECT {values} FROM first)")
    return f"WITH {', '.join(parts)} SELECT written FROM first", arguments


def _part(group: Sequence[Write], arguments: list[Any]) -> str:
    table = group[0].table
    names = list(group[0].values)
    if group[0].update:
        changed = [name for name in names if not table.c[name].primary_key]
        values = _numbers(group[0], [*changed, *(column.name for column in table.primary_key)], arguments)
        settings = ", ".join(f'"{name}" = {value}' for name, value in zip(changed, values, strict=False))
        keys = zip((column.name for column in table.primary_key), values[len(changed) :], strict=True)
        condition = " AND ".join(f'"{name}" = {value}' for name, value in keys)
        return f'UPDATE "{table.name}" SET {settings} WHERE {condition}'
    rows = ", ".join(f"({', '.join(_numbers(write, names, arguments))})" for write in group)
    return f"{_insert(group[0])} VALUES {rows}"


def _insert(write: Write) -> str:
    columns = ", ".join(f'"{name}"' for name in write.values)
    return f'INSERT INTO "{write.table.name}" ({columns})'


def _numbers(write: Write, names: Sequence[str], arguments: list[Any]) -> list[str]:
    numbers = []
    for name in names:
        arguments.append(write.values[name])
        numbers.append(f"${len(arguments)}")
    return numbers
