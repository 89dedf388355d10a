"""The SQL of lists and searches of patients. Each has an index that keeps it fast with 100,000 records."""

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
from services.patient.entity import Patient, PatientFilter
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


def visible(owner: UUID | None) -> Select[Patient]:
    """Selects the records that exist and, with an owner, are theirs."""
    statement = select(Patient).where(Patient.deleted_at.is_(None))
    return statement if owner is None else statement.where(Patient.owner_user_id == owner)


class PatientSearch:
    """Lists and searches patients in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, filter: PatientFilter, owner: UUID | None, page: PageRequest) -> Slice[Any]:
        """Returns one page of the records that match, in the order of the filter, or else the newest first.

        With `q` and no order it returns records whose name or e-mail address starts with it, by name. If there are
        none, it returns similar records, the most similar first. So typing errors are tolerated, and exact searches
        stay fast.
        """
        statement = _filtered(visible(owner), filter)
        if filter.name and filter.q:
            statement = statement.where(_any(_named(folded(filter.name))))
        if filter.q and filter.sort is None:
            return await self._exact_or_similar(statement, filter.q, page)
        if filter.q:
            statement = statement.where(or_(_any(_exact(filter.q)), _similar(folded(filter.q))))
        elif filter.name:
            return await self._merged(statement, _named(folded(filter.name)), filter.sort or "name", page)
        order = _keyset(filter.sort or NEWEST_FIRST, Patient)
        rows = (await self._session.scalars(order.apply(statement, page))).all()
        return order.page(rows, page)

    async def _exact_or_similar(self, statement: Select[Patient], q: str, page: PageRequest) -> Slice[Any]:
        name = folded(q)
        try:
            found = await self._merged(statement, _exact(q), "name", page)
        except Unprocessable:  # the cursor may belong to the order by similarity
            return await self._ranked(statement, name, page)
        if found.items or page.cursor or len(name) < _FUZZY_FROM:
            return found
        return await self._ranked(statement, name, page)

    async def _merged(
        self, statement: Select[Patient], matches: Sequence[_Match], sort: str, page: PageRequest
    ) -> Slice[Any]:
        """Returns records that match in any of the ways, each found by a statement of its own.

        Names that start with a prefix are neighbours in the order; names with a later word that starts with it are
        spread. With both in one condition the planner misjudges how far it has to read; alone, each uses its index.
        """
        parts = []
        for index, match in enumerate(matches):
            others = [func.coalesce(not_(other.condition), True) for other in matches[:index]]
            parts.append(_ordered(statement.where(match.condition, *others), match.sort_after, sort, page))
        found = aliased(Patient, union_all(*parts).subquery())
        merged = _keyset(sort, found)
        rows = (await self._session.scalars(merged.apply(select(found), page))).all()
        return merged.page(rows, page)

    async def _ranked(self, statement: Select[Patient], name: str, page: PageRequest) -> Slice[Any]:
        similarity = func.greatest(
            func.word_similarity(name, Patient.name_key), func.similarity(name, Patient.name_key)
        )
        # An integer, because a cursor must identify exactly the row that it was made from.
        score = cast(similarity * 1000, Integer).label("score")
        scored = statement.where(_similar(name)).add_columns(score).subquery()
        order = Keyset("relevance", (scored.c.score, DESC), (scored.c.id, ASC))
        rows = (await self._session.execute(order.apply(select(scored), page))).all()
        return order.page(rows, page)


def _keyset(sort: str, entity: Any) -> Keyset:
    column, direction = SORTS[sort]
    return Keyset(sort, (getattr(entity, column), direction), (entity.id, direction))


def _ordered(statement: Select[Patient], sort_after: bool, sort: str, page: PageRequest) -> Select[Any]:
    """Selects a page of the statement's rows."""
    if not sort_after:
        return _keyset(sort, Patient).apply(statement, page)
    rows = aliased(Patient, statement.cte().prefix_with("MATERIALIZED"))
    return _keyset(sort, rows).apply(select(rows), page)


def _filtered(statement: Select[Patient], filter: PatientFilter) -> Select[Patient]:
    """Adds the conditions of the filter, except for `name` and `q`."""
    if filter.email:
        statement = statement.where(Patient.email == filter.email)
    if filter.dob:
        statement = statement.where(Patient.dob == filter.dob)
    return statement


def _exact(q: str) -> list[_Match]:
    """Returns the matches by name and by e-mail address. Addresses are stored with hyphens and apostrophes."""
    return [*_named(folded(q)), _Match(_starts_with(Patient.email, q.lower()))]


def _named(prefix: str) -> list[_Match]:
    """Returns the matches by name: it, or a later word of it such as the family name, starts with the prefix."""
    later = Patient.later_names.contains(f" {prefix}", autoescape=True)
    return [_Match(_starts_with(Patient.name_key, prefix)), _Match(later, sort_after=len(prefix) >= _SELECTIVE_FROM)]


def _any(matches: Sequence[_Match]) -> ColumnElement[bool]:
    return or_(*(match.condition for match in matches))


def _similar(name: str) -> ColumnElement[bool]:
    """Returns the condition for names that are similar to `name`, as a whole or in a part of them."""
    part: ColumnElement[bool] = literal(name).bool_op("<%")(Patient.name_key)
    return or_(Patient.name_key.bool_op("%")(name), part)


def _starts_with(column: Any, prefix: str) -> ColumnElement[bool]:
    """Returns a range instead of LIKE, because the plan of a prepared statement can use an index for a range."""
    return and_(column >= prefix, column < prefix + _LAST_CHARACTER)
