"""Authentication and authorisation of HTTP requests."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn

from fastapi import Depends, Request

from services.common.errors import Forbidden, Unauthorized
from services.common.runtime import runtime_of
from services.common.security.context import set_caller
from services.common.security.principal import Principal
from services.contracts.roles import Role, Scope

_KEY = "principal"


async def optional_principal(request: Request) -> Principal | None:
    """Returns the caller, or None without an Authorization header. Raises Unauthorized for an invalid token.

    A request's token is looked at once, however many of its dependencies ask.
    """
    state: dict[str, Any] = request.scope["state"]
    if _KEY not in state:
        state[_KEY] = await _authenticate(request)
    principal: Principal | None = state[_KEY]
    return principal


async def _authenticate(request: Request) -> Principal | None:
    headers = request.headers.getlist("authorization")
    if not headers:
        set_caller(None, None)
        return None
    scheme, _, token = headers[0].partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(headers) > 1:
        raise Unauthorized("invalid_request", "Authorization must be one bearer token.")
    principal = await runtime_of(request).tokens.verify(token)
    set_caller(principal, token)
    request.scope["state"]["subject"] = principal.subject
    return principal


OptionalPrincipal = Annotated[Principal | None, Depends(optional_principal)]


async def current_principal(request: Request) -> Principal:
    """Returns the caller. Raises Unauthorized without a token."""
    principal = await optional_principal(request)
    if principal is None:
        raise Unauthorized(None, "An access token is required.")
    return principal


CurrentPrincipal = Annotated[Principal, Depends(current_principal)]


async def no_principal(request: Request) -> None:
    """Returns no caller and reads no token: for routes whose requests contain the credentials, such as the sign-in."""


class Requires:
    """Requires any one of the scopes and any one of the roles."""

    def __init__(self, scopes: tuple[Scope, ...], roles: tuple[Role, ...]) -> None:
        self.scopes = scopes
        self.roles = roles

    async def __call__(self, request: Request) -> None:
        """Raises Forbidden, after the denial was recorded."""
        if not self.allows(await current_principal(request)):
            await self.refuse(request)

    def allows(self, principal: Principal) -> bool:
        """Returns whether the caller may use the route."""
        return (not self.scopes or principal.may(*self.scopes)) and (not self.roles or principal.has(*self.roles))

    async def refuse(self, request: Request) -> NoReturn:
        """Writes the denial to the audit log in a transaction of its own, and raises Forbidden."""
        route = request.scope["route"]
        async with runtime_of(request).database.unit_of_work() as uow:
            uow.record(f"{request.method} {route.path}", "route", outcome="denied")
        raise Forbidden(None, "The caller's role does not allow this.")


def requires(*scopes: Scope, roles: tuple[Role, ...] = ()) -> Any:
    """Returns a dependency for the `dependencies` of a route."""
    return Depends(Requires(scopes, roles))
