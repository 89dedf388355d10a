"""Authorisation of gRPC calls."""

from __future__ import annotations

from services.common.errors import Forbidden, Unauthorized
from services.common.security.context import caller
from services.common.security.principal import Principal
from services.contracts.roles import Role, Scope


def authorize(*scopes: Scope, roles: tuple[Role, ...] = ()) -> Principal:
    """Returns the caller, who must have any one of the scopes and any one of the roles, where some are given.

    Raises Unauthorized (UNAUTHENTICATED) and Forbidden (PERMISSION_DENIED).
    """
    principal = caller()
    if principal is None:
        raise Unauthorized
    if (scopes and not principal.may(*scopes)) or (roles and not principal.has(*roles)):
        raise Forbidden
    return principal
