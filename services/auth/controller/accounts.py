"""The HTTP interface of user accounts."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.auth import mapper
from services.auth.composition import account_service
from services.auth.dto import RegistrationIn, UserChangeIn, UserOut, UserQuery
from services.auth.service.accounts import AccountService
from services.common.dto import Page
from services.common.etags import etag
from services.common.paging import page_of
from services.common.web.dependencies import IdempotencyKey, IfMatch, requires, service
from services.common.web.routing import router as make_router
from services.common.web.security import optional_principal
from services.contracts.roles import Scope

router = make_router("/auth", tags=["accounts"])
READ, WRITE = requires(Scope.USERS_READ), requires(Scope.USERS_WRITE)
Accounts = Annotated[AccountService, service(account_service)]
Registrations = Annotated[AccountService, service(account_service, optional_principal)]


@router.post("/register", status_code=201, dependencies=[IdempotencyKey], summary="Create an account")
async def register(body: RegistrationIn, accounts: Registrations, response: Response) -> UserOut:
    """Anybody may create a PATIENT's account. An ADMIN's token is required to set `roles`."""
    user = await accounts.register(mapper.registration_from(body))
    response.headers["ETag"] = etag(user.version)
    return mapper.user_out(user)


@router.get("/me", summary="Read your own account")
async def me(accounts: Accounts, response: Response) -> UserOut:
    """401 when the account was disabled, even if the access token is still valid elsewhere."""
    user = await accounts.get_own()
    response.headers["ETag"] = etag(user.version)
    return mapper.user_out(user)


@router.get("/users", dependencies=[READ], summary="List accounts")
async def list_users(query: Annotated[UserQuery, Query()], accounts: Accounts) -> Page[UserOut]:
    """All accounts, or those with a role, in the order of their registration."""
    return page_of(await accounts.list(mapper.user_filter(query), query), mapper.user_out)


@router.patch("/users/{id}", dependencies=[WRITE], summary="Change roles, disable or enable")
async def change_user(
    id: UUID, body: UserChangeIn, condition: IfMatch, accounts: Accounts, response: Response
) -> UserOut:
    """Disabling an account ends its sessions. Its access tokens are valid for at most 15 more minutes.

    412 when If-Match names another version than the current one. 409 when no active ADMIN would be left.
    """
    user = await accounts.change(id, mapper.user_change_from(body), condition)
    response.headers["ETag"] = etag(user.version)
    return mapper.user_out(user)
