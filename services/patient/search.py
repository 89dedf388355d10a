"""The SQL of lists and searches of patients. Each has an index that keeps it fast with 100,000 records.

A statement depends on which conditions there are and on the order, not on their values. Each is compiled once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from services.common.audit import Reading
from services.common.errors import Unprocessable
from services.common.paging import ASC, DESC, Keyset, PageRequest, Slice
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork
from services.patient.entity import PATIENT, Patient, PatientFilter
from services.patient.names import folded

_LAST_CHARACTER = "\U0010ffff"
_FUZZY_FROM = 4
"""The least number of letters for a fuzzy search. Nearly every name is similar to fewer letters."""

_SELECTIVE_FROM = 3
"""The least number of letters for which the index of later words is selective: it is made of groups of three."""

SORTS: Mapping[str, tuple[str, bool]] = {
    "name": ("name_key", ASC),
    "-name": ("name_key", DESC),
    "registered_at": ("registered_at", ASC),
    "-registered_at": ("registered_at", DESC),
    "dob": ("dob", ASC),
    "-dob": ("dob", DESC),
}
NEWEST_FIRST = "-registered_at"


@dataclass(frozen=True, slots=True)
class _Match:
    """One way in which a record can match.

    `sort_after`: the matching rows are few and spread over the whole order. They are found by the condition's own index
    and sorted afterwards. Otherwise the planner, because of the limit, would read most of the table in the order.
    """

    condition: ColumnElement[bool]
    sort_after: bool = False


@dataclass(slots=True)
class _RankedPatient(Patient):
    score: int


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement depends on. `email`, `dob`, `name` and `q` say whether there is such a condition."""

    after: bool
    owned: bool
    email: bool
    dob: bool
    name: bool
    q: bool
    sort: str
    selective: bool
    """Whether the name has as many letters as `_SELECTIVE_FROM`."""


def visible(owned: bool | None = None) -> Select[Any]:
    """Selects the records that exist and, with an owner, are theirs.

    The parameter `owner` may be None, unless `owned` says that there is one, or that there is none.
    """
    statement = select(PATIENT).where(PATIENT.c.deleted_at.is_(None))
    owner = bindparam("owner", type_=PATIENT.c.owner_user_id.type)
    if owned is None:
        return statement.where(or_(owner.is_(None), PATIENT.c.owner_user_id == owner))
    return statement.where(PATIENT.c.owner_user_id == owner) if owned else statement


class PatientSearch:
    """Lists and searches patients in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def page(
        self, filter: PatientFilter, owner: UUID | None, page: PageRequest, reading: Reading
    ) -> Slice[Patient]:
        """Returns one page of the records that match, in the order of the filter, or else the newest first.

        With `q` and no order it returns records whose name or e-mail address starts with it, by name. If there are
        none, it returns similar records, the most similar first. So typing errors are tolerated, and exact searches
        stay fast.
        """
        if filter.q and filter.sort is None:
            found: Slice[Any] = await self._exact_or_similar(filter, owner, page)
        elif filter.name and not filter.q:
            found = await self._merged(filter, owner, page)
        else:
            return await self._plain(filter, owner, page, reading)
        self._uow.record(reading.action, reading.resource, patient_ids=[patient.id for patient in found.items])
        return found

    async def _plain(
        self, filter: PatientFilter, owner: UUID | None, page: PageRequest, reading: Reading
    ) -> Slice[Patient]:
        shape = _shape(filter, owner, page, filter.sort or NEWEST_FIRST)
        order = _keyset(shape.sort, PATIENT.c)
        values = {**_values(filter, owner), **order.values(page)}
        return order.page(await self._uow.page(_plain(shape), Patient, reading, page.limit, **values), page)

    async def _exact_or_similar(self, filter: PatientFilter, owner: UUID | None, page: PageRequest) -> Slice[Any]:
        assert filter.q is not None
        try:
            found = await self._merged(filter, owner, page)
        except Unprocessable:  # the cursor may belong to the order by similarity
            return await self._ranked(filter, owner, page)
        if found.items or page.cursor or len(folded(filter.q)) < _FUZZY_FROM:
            return found
        return await self._ranked(filter, owner, page)

    async def _merged(self, filter: PatientFilter, owner: UUID | None, page: PageRequest) -> Slice[Patient]:
        """Returns records that match in any of the ways, each found by a statement of its own.

        Names that start with a prefix are neighbours in the order; names with a later word that starts with it are
        spread. With both in one condition the planner misjudges how far it has to read; alone, each uses its index.
        """
        shape = _shape(filter, owner, page, filter.sort or "name")
        order = _keyset(shape.sort, PATIENT.c)
        values = {**_values(filter, owner), **order.values(page)}
        return order.page(await self._uow.all(_merged(shape), Patient, **values), page)

    async def _ranked(self, filter: PatientFilter, owner: UUID | None, page: PageRequest) -> Slice[_RankedPatient]:
        statement, order = _ranked(_shape(filter, owner, page, ""))
        values = {**_values(filter, owner), **order.values(page)}
        return order.page(await self._uow.all(statement, _RankedPatient, **values), page)


def _shape(filter: PatientFilter, owner: UUID | None, page: PageRequest, sort: str) -> _Shape:
    return _Shape(
        after=bool(page.cursor),
        owned=owner is not None,
        email=bool(filter.email),
        dob=bool(filter.dob),
        name=bool(filter.name),
        q=bool(filter.q),
        sort=sort,
        selective=len(folded(filter.q or filter.name or "")) >= _SELECTIVE_FROM,
    )


def _values(filter: PatientFilter, owner: UUID | None) -> dict[str, Any]:
    """Returns the parameters of all conditions. A statement takes those that it has."""
    values: dict[str, Any] = {"owner": owner, "email": filter.email, "dob": filter.dob}
    for name, text in (("name", filter.name), ("q", filter.q)):
        if text:
            key = folded(text)
            values |= {name: key, f"{name}_end": key + _LAST_CHARACTER, f"{name}_later": _contains(f" {key}")}
    if filter.q:
        start = filter.q.lower()
        values |= {"address": start, "address_end": start + _LAST_CHARACTER}
    return values


@cache
def _plain(shape: _Shape) -> Statement:
    statement = _filtered(shape)
    if shape.name:
        statement = statement.where(_any(_named("name", shape.selective)))
    if shape.q:
        statement = statement.where(or_(_any(_exact(shape.selective)), _similar()))
    return Statement(_keyset(shape.sort, PATIENT.c).apply(statement, after=shape.after), patient="id")


@cache
def _merged(shape: _Shape) -> Statement:
    statement = _filtered(shape)
    if shape.q and shape.name:
        statement = statement.where(_any(_named("name", selective=True)))
    matches = _exact(shape.selective) if shape.q else _named("name", shape.selective)
    parts = []
    for index, match in enumerate(matches):
        others = [func.coalesce(not_(other.condition), True) for other in matches[:index]]
        parts.append(_ordered(statement.where(match.condition, *others), match.sort_after, shape))
    found = union_all(*parts).subquery()
    return Statement(_keyset(shape.sort, found.c).apply(select(found), after=shape.after))


@cache
def _ranked(shape: _Shape) -> tuple[Statement, Keyset]:
    statement = _filtered(shape)
    if shape.name:
        statement = statement.where(_any(_named("name", selective=True)))
    name, key = bindparam("q", type_=Text), PATIENT.c.name_key
    similarity = func.greatest(func.word_similarity(name, key), func.similarity(name, key))
    # An integer, because a cursor must identify exactly the row that it was made from.
    scored = statement.where(_similar()).add_columns(cast(similarity * 1000, Integer).label("score")).subquery()
    order = Keyset("relevance", (scored.c.score, DESC), (scored.c.id, ASC))
    return Statement(order.apply(select(scored), after=shape.after)), order


def _keyset(sort: str, columns: Any) -> Keyset:
    column, direction = SORTS[sort]
    return Keyset(sort, (columns[column], direction), (columns.id, direction))


def _ordered(statement: Select[Any], sort_after: bool, shape: _Shape) -> Select[Any]:
    """Selects a page of the statement's rows."""
    if not sort_after:
        return _keyset(shape.sort, PATIENT.c).apply(statement, after=shape.after)
    rows = statement.cte().prefix_with("MATERIALIZED")
    return _keyset(shape.sort, rows.c).apply(select(rows), after=shape.after)


def _filtered(shape: _Shape) -> Select[Any]:
    """Returns the statement with the conditions of the filter, except for `name` and `q`."""
    statement = visible(shape.owned)
    if shape.email:
        statement = statement.where(PATIENT.c.email == bindparam("email"))
    if shape.dob:
        statement = statement.where(PATIENT.c.dob == bindparam("dob"))
    return statement


def _exact(selective: bool) -> list[_Match]:
    """Returns the matches by name and by e-mail address. Addresses are stored with hyphens and apostrophes."""
    return [*_named("q", selective), _Match(_between(PATIENT.c.email, "address"))]


def _named(name: str, selective: bool) -> list[_Match]:
    """Returns the matches by name: it, or a later word of it such as the family name, starts with the parameter."""
    later: ColumnElement[bool] = literal_column("patient.later_names", Text).like(
        bindparam(f"{name}_later"), escape="/"
    )
    return [_Match(_between(PATIENT.c.name_key, name)), _Match(later, sort_after=selective)]


def _any(matches: Sequence[_Match]) -> ColumnElement[bool]:
    return or_(*(match.condition for match in matches))


def _similar() -> ColumnElement[bool]:
    """Returns the condition for names that are similar to `q`, as a whole or in a part of them."""
    name, key = bindparam("q", type_=Text), PATIENT.c.name_key
    return or_(key.bool_op("%")(name), name.bool_op("<%")(key))


def _between(column: Any, name: str) -> ColumnElement[bool]:
    """Returns a range instead of LIKE, because the plan of a prepared statement can use an index for a range."""
    return and_(column >= bindparam(name), column < bindparam(f"{name}_end"))


def _contains(text: str) -> str:
    """Returns a pattern for LIKE whose wildcards are escaped with a slash."""
    for special in "/%_":
        text = text.replace(special, "/" + special)
    return f"%{text}%"
