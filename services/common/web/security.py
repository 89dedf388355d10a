"""Authentication and authorisation of HTTP requests."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from services.common.errors import Forbidden, Unauthorized
from services.common.runtime import runtime_of
from services.common.security.context import set_caller
from services.common.security.principal import Principal
from services.contracts.roles import Role, Scope

bearer = HTTPBearer(
    scheme_name="bearer", bearerFormat="JWT", description="Access token from POST /auth/login.", auto_error=False
)


async def optional_principal(request: Request, _: Annotated[Any, Depends(bearer)]) -> Principal | None:
    """Returns the caller, or None without an Authorization header. Raises Unauthorized for an invalid token."""
    header = request.headers.get("authorization")
    if header is None:
        set_caller(None, None)
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token or len(request.headers.getlist("authorization")) > 1:
        raise Unauthorized("invalid_request", "Authorization must be one bearer token.")
    principal = await runtime_of(request).tokens.verify(token.strip())
    set_caller(principal, token.strip())
    request.state.subject = principal.subject
    return principal


OptionalPrincipal = Annotated[Principal | None, Depends(optional_principal)]


async def current_principal(principal: OptionalPrincipal) -> Principal:
    """Returns the caller. Raises Unauthorized without a token."""
    if principal is None:
        raise Unauthorized(None, "An access token is required.")
    return principal


CurrentPrincipal = Annotated[Principal, Depends(current_principal)]


async def no_principal() -> None:
    """Returns no caller and reads no token: for routes whose requests contain the credentials, such as the sign-in."""


class Requires:
    """Requires any one of the scopes and any one of the roles."""

    def __init__(self, scopes: tuple[Scope, ...], roles: tuple[Role, ...]) -> None:
        self.scopes = scopes
        self.roles = roles

    async def __call__(self, request: Request, principal: CurrentPrincipal) -> None:
        """Raises Forbidden, after the denial was recorded."""
        if not self.allows(principal):
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
