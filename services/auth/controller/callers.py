"""Callers as their accounts are now. A token says only what its bearer was allowed when it was issued."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request

from services.auth.composition import account_service
from services.common.errors import Unauthorized
from services.common.runtime import runtime_of
from services.common.security.principal import Principal
from services.common.web.dependencies import Uow
from services.common.web.security import OptionalPrincipal, Requires
from services.contracts.roles import Role, Scope


async def optional_present_principal(request: Request, uow: Uow, principal: OptionalPrincipal) -> Principal | None:
    """Returns the caller with the roles that the account still has, or None without a token. Raises Unauthorized."""
    if principal is None:
        return None
    return await account_service(principal, uow, runtime_of(request)).present_principal()


OptionalPresentPrincipal = Annotated[Principal | None, Depends(optional_present_principal)]


async def present_principal(principal: OptionalPresentPrincipal) -> Principal:
    """Returns the caller with the roles that the account still has. Raises Unauthorized, without a token too."""
    if principal is None:
        raise Unauthorized(None, "An access token is required.")
    return principal


PresentPrincipal = Annotated[Principal, Depends(present_principal)]


async def check_present(request: Request, uow: Uow, principal: Principal, rule: Requires) -> None:
    """Raises Forbidden, after the denial was recorded. This transaction's connection is released before."""
    if not rule.allows(principal):
        await uow.release()
        await rule.refuse(request)


def requires_present(*scopes: Scope, roles: tuple[Role, ...] = ()) -> Any:
    """Returns a dependency for the `dependencies` of a route, like `requires`, for the caller's present roles."""
    rule = Requires(scopes, roles)

    async def check(request: Request, uow: Uow, principal: PresentPrincipal) -> None:
        await check_present(request, uow, principal, rule)

    return Depends(check)
