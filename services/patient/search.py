"""Lists and searches of patients: filters, orders and pages, each fit for an index at 100,000 records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.paging import ASC, DESC, Keyset, PageRequest, Slice
from services.patient.entity import Criteria, Patient
from services.patient.names import folded
from services.patient.repository import living

_AFTER_ALL = "\U0010ffff"

ORDERS: Mapping[str, Keyset] = {
    "name": Keyset("name", (Patient.name_key, ASC), (Patient.id, ASC)),
    "-name": Keyset("-name", (Patient.name_key, DESC), (Patient.id, DESC)),
    "registered_at": Keyset("registered_at", (Patient.registered_at, ASC), (Patient.id, ASC)),
    "-registered_at": Keyset("-registered_at", (Patient.registered_at, DESC), (Patient.id, DESC)),
    "dob": Keyset("dob", (Patient.dob, ASC), (Patient.id, ASC)),
    "-dob": Keyset("-dob", (Patient.dob, DESC), (Patient.id, DESC)),
}
NEWEST_FIRST = "-registered_at"


class PatientSearch:
    """Finds patients in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, criteria: Criteria, owner: UUID | None, page: PageRequest) -> Slice[Any]:
        """One page of records: the best matches first when `q` is given without an order, else in that order."""
        statement = _filtered(living(owner), criteria)
        if criteria.q and criteria.sort is None:
            return await self._ranked(statement, folded(criteria.q), page)
        order = ORDERS[criteria.sort or ("name" if criteria.name else NEWEST_FIRST)]
        rows = (await self._session.scalars(order.apply(statement, page))).all()
        return order.page(rows, page)

    async def _ranked(self, statement: Select[Patient], wanted: str, page: PageRequest) -> Slice[Any]:
        likeness = func.greatest(
            func.word_similarity(wanted, Patient.name_key), func.similarity(wanted, Patient.name_key)
        )
        by_email = case((_starts_with(Patient.email, wanted), 1.0), else_=0.0)
        # A whole number, because a cursor must find exactly the row again that it was made of.
        score = cast(func.greatest(likeness, by_email) * 1000, Integer).label("score")
        scored = statement.add_columns(score).subquery()
        order = Keyset("relevance", (scored.c.score, DESC), (scored.c.id, ASC))
        rows = (await self._session.execute(order.apply(select(scored), page))).all()
        return order.page(rows, page)


def _filtered(statement: Select[Patient], criteria: Criteria) -> Select[Patient]:
    if criteria.name:
        statement = statement.where(_has_word(folded(criteria.name)))
    if criteria.email:
        statement = statement.where(Patient.email == criteria.email)
    if criteria.dob:
        statement = statement.where(Patient.dob == criteria.dob)
    if criteria.q:
        wanted = folded(criteria.q)
        alike = Patient.name_key.bool_op("%")(wanted)  # the whole name, with typing errors
        part: ColumnElement[bool] = literal(wanted).bool_op("<%")(Patient.name_key)  # a stretch of it
        statement = statement.where(or_(alike, part, _has_word(wanted), _starts_with(Patient.email, wanted)))
    return statement


def _has_word(prefix: str) -> ColumnElement[bool]:
    """The name, or a later word of it, starts so: people are looked for by family name too."""
    return or_(_starts_with(Patient.name_key, prefix), Patient.name_key.contains(f" {prefix}", autoescape=True))


def _starts_with(column: Any, prefix: str) -> ColumnElement[bool]:
    """A range instead of LIKE: a prepared statement's plan can use an index for it before it knows the prefix."""
    return and_(column >= prefix, column < prefix + _AFTER_ALL)
