"""What a controller asks for in its signatures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.common import idempotency
from services.common.etags import Condition
from services.common.paging import PageRequest
from services.common.runtime import Runtime, runtime_of
from services.common.unit_of_work import UnitOfWork
from services.common.web.security import CurrentPrincipal, OptionalPrincipal, requires

__all__ = [
    "CurrentPrincipal",
    "IdempotencyKey",
    "IfMatch",
    "OptionalPrincipal",
    "PageQuery",
    "ReadSession",
    "Uow",
    "component",
    "requires",
    "runtime",
]

C = TypeVar("C")


async def runtime(request: Request) -> Runtime[Any, Any]:
    """What lives as long as the process."""
    return runtime_of(request)


async def unit_of_work(request: Request) -> AsyncIterator[UnitOfWork]:
    """One transaction a request."""
    async with runtime_of(request).database.unit_of_work() as work:
        yield work


# scope="function": the commit comes before the answer. With the default scope a failed commit would still say 200.
Uow = Annotated[UnitOfWork, Depends(unit_of_work, scope="function")]


async def read_session(request: Request) -> AsyncIterator[AsyncSession]:
    """For handlers that write nothing: statements in autocommit."""
    async with runtime_of(request).database.read_session() as session:
        yield session


ReadSession = Annotated[AsyncSession, Depends(read_session, scope="function")]
PageQuery = Annotated[PageRequest, Query()]


async def _if_match(
    if_match: Annotated[str | None, Header(alias="If-Match", description="An ETag, for a safe update.")] = None,
) -> Condition:
    return Condition.parse(if_match)


IfMatch = Annotated[Condition, Depends(_if_match)]


async def _claim_key(
    request: Request,
    work: Uow,
    principal: OptionalPrincipal,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=idempotency.MAX_KEY_LENGTH,
            description="Any unique text: a repeated request with it has one effect.",
        ),
    ] = None,
) -> None:
    if idempotency_key is None:
        return
    who = str(principal.subject) if principal else "anonymous"
    route = f"{request.method} {request.scope['route'].path}"
    request.state.idempotency = await idempotency.claim(request, work.session, who, route, idempotency_key)


IdempotencyKey: Any = Depends(_claim_key)
"""For a POST's `dependencies`, after `requires`: what a caller may no longer do is not replayed to them either."""


def component(kind: type[C]) -> Any:
    """`Annotated[Components, component(Components)]`: what the service's `compose` yielded."""

    async def get(request: Request) -> C:
        found: C = runtime_of(request).components
        assert isinstance(found, kind)
        return found

    return Depends(get)
