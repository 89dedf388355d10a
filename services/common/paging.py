"""Keyset pagination: a page starts after the last row of the page before, at the same cost at any depth."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Response
from pydantic import AfterValidator, Field
from sqlalchemy import BigInteger, Select, and_, bindparam, or_
from sqlalchemy.sql.elements import ColumnElement, KeyedColumnElement

from services.common.dto import RequestModel, json_response
from services.common.errors import Unprocessable

ASC, DESC = False, True
MAX_LIMIT = 200
E = TypeVar("E")


def _none_if_empty(cursor: str | None) -> str | None:
    return cursor or None


class PageRequest(RequestModel):
    """The query parameters of a list. Subclasses add filters. Unknown parameters are rejected."""

    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: Annotated[str | None, AfterValidator(_none_if_empty)] = Field(
        default=None, max_length=2048, description="`next_cursor` of the previous page."
    )


@dataclass(frozen=True, slots=True)
class Slice(Generic[E]):
    """One page of entities."""

    items: Sequence[E]
    next_cursor: str | None


def page_of(found: Slice[E], convert: Callable[[E], object]) -> Response:
    """Returns the response for a slice, a `dto.Page` as JSON; `convert` is a function of the mapper."""
    return json_response({"items": [convert(item) for item in found.items], "next_cursor": found.next_cursor})


class Keyset:
    """A total order over columns, none of which is null and the last of which is unique.

    A cursor contains the name of the order and the values of the last row. It is validated like any input, and reveals
    only what its page did.
    """

    def __init__(self, name: str, *order: tuple[KeyedColumnElement[Any], bool]) -> None:
        self._name = name
        self._order = order

    def apply(self, statement: Select[Any], *, after: bool) -> Select[Any]:
        """Adds the order and a limit, and with `after` the start after a cursor: the parameters of `values`."""
        if after:
            types = (column.type for column, _ in self._order)
            cursor = [bindparam(f"after_{index}", type_=kind) for index, kind in enumerate(types)]
            statement = statement.where(self._after(cursor))
        directions = [column.desc() if descending else column.asc() for column, descending in self._order]
        return statement.order_by(*directions).limit(bindparam("rows", type_=BigInteger))

    def values(self, page: PageRequest) -> dict[str, Any]:
        """Returns the parameters of a page. It reads one row more than the page has. Raises Unprocessable."""
        after = self._decode(page.cursor) if page.cursor else ()
        return {"rows": page.limit + 1, **{f"after_{index}": value for index, value in enumerate(after)}}

    def page(self, rows: Sequence[E], page: PageRequest) -> Slice[E]:
        """Returns the page without the extra row, whose presence says that there is a next page."""
        items = rows[: page.limit]
        return Slice(items, self._encode(items[-1]) if len(rows) > page.limit else None)

    def _after(self, values: Sequence[Any]) -> ColumnElement[bool]:
        """Returns the condition (a, b) > (x, y) as a > x, or a = x and b > y, because the directions may differ."""
        alternatives = []
        for index, (column, descending) in enumerate(self._order):
            equal = [self._order[i][0] == values[i] for i in range(index)]
            beyond = column < values[index] if descending else column > values[index]
            alternatives.append(and_(*equal, beyond))
        # Redundant, but it lets PostgreSQL start its index scan at the cursor.
        first, descending = self._order[0]
        bound = first <= values[0] if descending else first >= values[0]
        return and_(bound, or_(*alternatives))

    def _encode(self, row: Any) -> str:
        values = [_write(getattr(row, column.key)) for column, _ in self._order]
        document = json.dumps([self._name, *values], separators=(",", ":"))
        return base64.urlsafe_b64encode(document.encode()).rstrip(b"=").decode()

    def _decode(self, cursor: str) -> list[Any]:
        try:
            document = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
            name, *values = document
            if name != self._name or len(values) != len(self._order):
                raise ValueError("of another list")
            kinds = [column.type.python_type for column, _ in self._order]
            return [_read(kind, value) for kind, value in zip(kinds, values, strict=True)]
        except (ValueError, TypeError, RecursionError, OverflowError) as error:
            raise Unprocessable("invalid-cursor", "The cursor does not belong to this list and order.") from error


def _write(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _read(kind: type[Any], value: Any) -> Any:
    """Returns the value in its column's type, so that a forged cursor cannot cause a database error."""
    if kind is int:
        if type(value) is not int or abs(value) >= 2**63:
            raise ValueError("not an integer")
        return value
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("not a string")
    value.encode()  # a lone surrogate raises UnicodeEncodeError, a ValueError
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("no offset")
        return moment
    if kind is date:
        return date.fromisoformat(value)
    return UUID(value) if kind is UUID else value
