"""Callers as their accounts are now. A token says only what its bearer was allowed when it was issued."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, Request

from services.auth.composition import account_service
from services.common.errors import Unauthorized
from services.common.runtime import runtime_of
from services.common.security.principal import Principal
from services.common.web.security import Requires, optional_principal
from services.contracts.roles import Role, Scope


async def optional_present_principal(request: Request) -> Principal | None:
    """Returns the caller with the roles that the account still has, or None without a token. Raises Unauthorized.

    The account is read once in each try of the transaction.
    """
    state, uow = request.state, request.state.uow
    read_in, present = getattr(state, "present", (None, None))
    if read_in is not uow:
        principal = await optional_principal(request)
        if principal is not None:
            present = await account_service(principal, uow, runtime_of(request)).present_principal()
        state.present = (uow, present)
    return present


async def present_principal(request: Request) -> Principal:
    """Returns the caller with the roles that the account still has. Raises Unauthorized, without a token too."""
    principal = await optional_present_principal(request)
    if principal is None:
        raise Unauthorized(None, "An access token is required.")
    return principal


async def check_present(request: Request, principal: Principal, rule: Requires) -> None:
    """Raises Forbidden, after the denial was recorded. This transaction's connection is released before."""
    if not rule.allows(principal):
        await request.state.uow.release()
        await rule.refuse(request)


def requires_present(*scopes: Scope, roles: tuple[Role, ...] = ()) -> Any:
    """Returns a dependency for the `dependencies` of a route, like `requires`, for the caller's present roles."""
    rule = Requires(scopes, roles)

    async def check(request: Request) -> None:
        await check_present(request, await present_principal(request), rule)

    return Depends(check)
