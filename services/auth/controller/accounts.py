"""Registration and administration of accounts."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from services.auth import mapper
from services.auth.composition import Components
from services.auth.dto import Registration, UserChange, UserOut, UserQuery
from services.auth.repository.accounts import UserRepository
from services.auth.service.accounts import AccountService
from services.common.dto import Page
from services.common.etags import etag
from services.common.web.dependencies import (
    CurrentPrincipal,
    IdempotencyKey,
    IfMatch,
    OptionalPrincipal,
    Uow,
    component,
    requires,
)
from services.common.web.routing import router as make_router
from services.contracts.roles import Scope

router = make_router("/auth", tags=["accounts"])
Parts = Annotated[Components, component(Components)]


def _service(parts: Parts, work: Uow) -> AccountService:
    return AccountService(UserRepository(work.session), parts.passwords, work)


Accounts = Annotated[AccountService, Depends(_service)]


@router.post("/register", status_code=201, dependencies=[IdempotencyKey])
async def register(
    registration: Registration, caller: OptionalPrincipal, accounts: Accounts, response: Response
) -> UserOut:
    """Makes an account. With an ADMIN's token it may have roles, otherwise it is a PATIENT's."""
    user = await accounts.register(caller, registration)
    response.headers["ETag"] = etag(user.version)
    return mapper.to_dto(user)


@router.get("/me")
async def me(caller: CurrentPrincipal, accounts: Accounts, response: Response) -> UserOut:
    """The caller's own account."""
    user = await accounts.own(caller)
    response.headers["ETag"] = etag(user.version)
    return mapper.to_dto(user)


@router.get("/users", dependencies=[requires(Scope.USERS_READ)])
async def list_users(query: Annotated[UserQuery, Query()], accounts: Accounts) -> Page[UserOut]:
    """All accounts, or those with a role, in the order of registration."""
    users = await accounts.page(query, query.role)
    return Page[UserOut](items=[mapper.to_dto(user) for user in users.items], next_cursor=users.next_cursor)


@router.patch("/users/{id}", dependencies=[requires(Scope.USERS_WRITE)])
async def change_user(
    id: UUID, change: UserChange, caller: CurrentPrincipal, if_match: IfMatch, accounts: Accounts, response: Response
) -> UserOut:
    """Changes roles, disables or enables. A disabled user's sessions end; an access token lives 15 minutes at most."""
    user = await accounts.change(caller, id, change, if_match)
    response.headers["ETag"] = etag(user.version)
    return mapper.to_dto(user)
