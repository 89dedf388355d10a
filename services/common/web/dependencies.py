"""The dependencies of controllers: what a handler declares in its signature."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Query, Request

from services.common import idempotency
from services.common.dto import MERGE_PATCH
from services.common.errors import UnsupportedMediaType
from services.common.etags import Condition
from services.common.paging import PageRequest
from services.common.runtime import Runtime, runtime_of
from services.common.unit_of_work import UnitOfWork
from services.common.web.security import (
    CurrentPrincipal,
    OptionalPrincipal,
    current_principal,
    optional_principal,
    requires,
)

__all__ = [
    "CurrentPrincipal",
    "IdempotencyKey",
    "IfMatch",
    "MergePatch",
    "OptionalPrincipal",
    "PageQuery",
    "Uow",
    "requires",
    "service",
]

P = TypeVar("P")
T = TypeVar("T")


async def unit_of_work(request: Request) -> UnitOfWork:
    """Returns the request's unit of work. Its `after_commit` calls are made after the response is sent."""
    uow: UnitOfWork = request.state.uow
    return uow


Uow = Annotated[UnitOfWork, Depends(unit_of_work)]
PageQuery = Annotated[PageRequest, Query()]


async def _if_match(
    if_match: Annotated[
        str | None, Header(alias="If-Match", description="The ETag of the version that the change is based on.")
    ] = None,
) -> Condition:
    return Condition.parse(if_match)


IfMatch = Annotated[Condition, Depends(_if_match)]


async def _claim_key(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=idempotency.MAX_KEY_LENGTH,
            description="A unique text. Repeated requests with the same text have one effect.",
        ),
    ] = None,
) -> None:
    if idempotency_key is None:
        return
    principal, uow = await optional_principal(request), request.state.uow
    who = str(principal.subject) if principal else "anonymous"
    route = f"{request.method} {request.scope['route'].path}"
    claim = await idempotency.claim_of(request, uow, who, route, idempotency_key)
    await uow.claim(claim.take)
    request.state.idempotency = claim


async def _merge_patch(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if media_type.strip().lower() != MERGE_PATCH:
        raise UnsupportedMediaType(MERGE_PATCH, "Accept-Patch")


MergePatch: Any = Depends(_merge_patch)
"""For the `dependencies` of a PATCH whose body is declared as `Body(media_type=MERGE_PATCH)`. Others get 415."""

IdempotencyKey: Any = Depends(_claim_key)
"""For the `dependencies` of a POST, after `requires`: nothing is replayed to a caller who is no longer allowed."""


def service(
    factory: Callable[[P, UnitOfWork, Runtime[Any, Any]], T],
    principal: Callable[[Request], Awaitable[Any]] = current_principal,
) -> Any:
    """Returns the dependency on a service, built by a factory of the service's `composition.py`.

    `Annotated[PatientService, service(patient_service)]` calls `patient_service(principal, uow, runtime)` for each
    request. `principal` returns the caller: `current_principal` (401 without a token), `optional_principal` (None
    without a token) or `no_principal` (always None).
    """

    async def build(request: Request) -> T:
        return factory(await principal(request), request.state.uow, runtime_of(request))

    return Depends(build)
