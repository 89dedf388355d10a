"""Lists and searches of patients: filters, orders and pages, each fit for an index at 100,000 records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, literal, not_, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.common.errors import Unprocessable
from services.common.paging import ASC, DESC, Keyset, PageRequest, Slice
from services.patient.entity import Criteria, Patient
from services.patient.names import folded
from services.patient.repository import living

_AFTER_ALL = "\U0010ffff"
_FUZZY_FROM = 4
"""Letters. Nearly everything is similar to less."""

_SELECTIVE_FROM = 3
"""Letters. The index of later words has groups of three: with less of a word it finds a great part of all people."""

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
    """One way in which a record is what was asked for.

    `gathered`: the rows are few and all over the order. They are to be found by the condition's own index and sorted
    then: the planner, told of the limit, would rather read along the order for most of the table.
    """

    condition: ColumnElement[bool]
    gathered: bool = False


class PatientSearch:
    """Finds patients in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, criteria: Criteria, owner: UUID | None, page: PageRequest) -> Slice[Any]:
        """One page of records, in the order asked for, else the newest first.

        With `q` alone: those whose name or address has it, by name; only when there are none, those that are similar,
        the most similar first. So typing errors are forgiven, and cost nothing where there are none.
        """
        statement = _filtered(living(owner), criteria)
        if criteria.name and criteria.q:
            statement = statement.where(_any(_named(folded(criteria.name))))
        if criteria.q and criteria.sort is None:
            return await self._forgiving(statement, criteria.q, page)
        if criteria.q:
            statement = statement.where(or_(_any(_exact(criteria.q)), _similar(folded(criteria.q))))
        elif criteria.name:
            return await self._merged(statement, _named(folded(criteria.name)), criteria.sort or "name", page)
        order = _keyset(criteria.sort or NEWEST_FIRST, Patient)
        rows = (await self._session.scalars(order.apply(statement, page))).all()
        return order.page(rows, page)

    async def _forgiving(self, statement: Select[Patient], q: str, page: PageRequest) -> Slice[Any]:
        wanted = folded(q)
        try:
            found = await self._merged(statement, _exact(q), "name", page)
        except Unprocessable:  # the cursor is not one of this order: perhaps of the other
            return await self._ranked(statement, wanted, page)
        if found.items or page.cursor or len(wanted) < _FUZZY_FROM:
            return found
        return await self._ranked(statement, wanted, page)

    async def _merged(
        self, statement: Select[Patient], matches: Sequence[_Match], sort: str, page: PageRequest
    ) -> Slice[Any]:
        """Records that match in any of the ways.

        Names that start so are together in the order, those with a later word that does are all over it: of both in one
        condition the planner misjudges how far it has to read. Alone, each has its index.
        """
        parts = []
        for index, match in enumerate(matches):
            others = [func.coalesce(not_(other.condition), True) for other in matches[:index]]
            parts.append(_ordered(statement.where(match.condition, *others), match.gathered, sort, page))
        found = aliased(Patient, union_all(*parts).subquery())
        merged = _keyset(sort, found)
        rows = (await self._session.scalars(merged.apply(select(found), page))).all()
        return merged.page(rows, page)

    async def _ranked(self, statement: Select[Patient], wanted: str, page: PageRequest) -> Slice[Any]:
        likeness = func.greatest(
            func.word_similarity(wanted, Patient.name_key), func.similarity(wanted, Patient.name_key)
        )
        # A whole number, because a cursor must find exactly the row again that it was made of.
        score = cast(likeness * 1000, Integer).label("score")
        scored = statement.where(_similar(wanted)).add_columns(score).subquery()
        order = Keyset("relevance", (scored.c.score, DESC), (scored.c.id, ASC))
        rows = (await self._session.execute(order.apply(select(scored), page))).all()
        return order.page(rows, page)


def _keyset(sort: str, entity: Any) -> Keyset:
    column, direction = SORTS[sort]
    return Keyset(sort, (getattr(entity, column), direction), (entity.id, direction))


def _ordered(statement: Select[Patient], gathered: bool, sort: str, page: PageRequest) -> Select[Any]:
    """A page of the statement's rows."""
    if not gathered:
        return _keyset(sort, Patient).apply(statement, page)
    rows = aliased(Patient, statement.cte().prefix_with("MATERIALIZED"))
    return _keyset(sort, rows).apply(select(rows), page)


def _filtered(statement: Select[Patient], criteria: Criteria) -> Select[Patient]:
    """Everything but `name` and `q`."""
    if criteria.email:
        statement = statement.where(Patient.email == criteria.email)
    if criteria.dob:
        statement = statement.where(Patient.dob == criteria.dob)
    return statement


def _exact(q: str) -> list[_Match]:
    """The name or the address has it. An address is kept as it is written, hyphens and apostrophes included."""
    return [*_named(folded(q)), _Match(_starts_with(Patient.email, q.lower()))]


def _named(prefix: str) -> list[_Match]:
    """The name, or a later word of it, starts so: people are looked for by family name too."""
    later = Patient.later_names.contains(f" {prefix}", autoescape=True)
    return [_Match(_starts_with(Patient.name_key, prefix)), _Match(later, gathered=len(prefix) >= _SELECTIVE_FROM)]


def _any(matches: Sequence[_Match]) -> ColumnElement[bool]:
    return or_(*(match.condition for match in matches))


def _similar(wanted: str) -> ColumnElement[bool]:
    """The whole name with typing errors, or a stretch of it."""
    stretch: ColumnElement[bool] = literal(wanted).bool_op("<%")(Patient.name_key)
    return or_(Patient.name_key.bool_op("%")(wanted), stretch)


def _starts_with(column: Any, prefix: str) -> ColumnElement[bool]:
    """A range instead of LIKE: a prepared statement's plan can use an index for it before it knows the prefix."""
    return and_(column >= prefix, column < prefix + _AFTER_ALL)
