"""The HTTP interface of user accounts."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from services.auth import mapper
from services.auth.composition import account_service
from services.auth.controller.callers import (
    check_present,
    optional_present_principal,
    present_principal,
    requires_present,
)
from services.auth.dto import RegistrationIn, UserChangeIn, UserOut, UserQuery
from services.auth.service.accounts import AccountService
from services.common.dto import Page
from services.common.etags import etag
from services.common.paging import page_of
from services.common.web.client_address import ClientAddress
from services.common.web.dependencies import IdempotencyKey, IfMatch, service
from services.common.web.routing import router as make_router
from services.common.web.security import Requires, optional_principal
from services.contracts.roles import Role, Scope

router = make_router("/auth", tags=["accounts"])
READ, WRITE = requires_present(Scope.USERS_READ), requires_present(Scope.USERS_WRITE)
Accounts = Annotated[AccountService, service(account_service, present_principal)]
OwnAccount = Annotated[AccountService, service(account_service)]
Registrations = Annotated[AccountService, service(account_service, optional_present_principal)]
NewPasswords = Annotated[AccountService, service(account_service, optional_principal)]
_SETS_ROLES = Requires((), (Role.ADMIN,))


async def _password_hash(request: Request, body: RegistrationIn, accounts: NewPasswords, address: ClientAddress) -> str:
    """Returns the hash of the new password. It is computed once, however often the transaction is tried."""
    if not hasattr(request.state, "password_hash"):
        registration = mapper.registration_from(body)
        request.state.password_hash = await accounts.hash_password(registration, address)
    return str(request.state.password_hash)


_PASSWORD_HASH: Any = Depends(_password_hash)
"""Stands before all dependencies that take a database connection."""


async def _may_set_roles(request: Request, body: RegistrationIn) -> None:
    if body.roles is not None and (principal := await optional_present_principal(request)) is not None:
        await check_present(request, principal, _SETS_ROLES)


@router.post(
    "/register",
    status_code=201,
    dependencies=[_PASSWORD_HASH, Depends(_may_set_roles), IdempotencyKey],
    summary="Create an account",
)
async def register(
    body: RegistrationIn, password_hash: Annotated[str, _PASSWORD_HASH], accounts: Registrations, response: Response
) -> UserOut:
    """Anybody may create a PATIENT's account. An ADMIN's token is required to set `roles`.

    422 with the reason for a password that is guessed first: a common one, the user's name, a repetition or a sequence.
    """
    user = await accounts.register(mapper.registration_from(body), password_hash)
    response.headers["ETag"] = etag(user.version)
    return mapper.user_out(user)


@router.get("/me", summary="Read your own account")
async def me(accounts: OwnAccount, response: Response) -> UserOut:
    """401 when the account was disabled, even if the access token is still valid elsewhere."""
    user = await accounts.get_own()
    response.headers["ETag"] = etag(user.version)
    return mapper.user_out(user)


@router.get("/users", dependencies=[READ], summary="List accounts", response_model=Page[UserOut])
async def list_users(query: Annotated[UserQuery, Query()], accounts: Accounts) -> Response:
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
