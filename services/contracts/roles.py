"""Roles, scopes and which role is given which scopes.

Standard library only: the auth service writes the scopes into access tokens (RFC 9068, section 2.2.3) and the CDK app
puts the same names on the HTTP API's routes, so both read this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a user is in the clinic. A user may hold several."""

    ADMIN = "ADMIN"
    DOCTOR = "DOCTOR"
    STAFF = "STAFF"
    PATIENT = "PATIENT"


class Scope(StrEnum):
    """What a token allows at the gateway. Whose record it is, is decided in the service's queries."""

    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    PATIENTS_READ = "patients:read"
    PATIENTS_WRITE = "patients:write"
    APPOINTMENTS_READ = "appointments:read"
    APPOINTMENTS_WRITE = "appointments:write"
    SCHEDULES_WRITE = "schedules:write"
    BILLING_READ = "billing:read"
    BILLING_WRITE = "billing:write"
    NOTIFICATIONS_READ = "notifications:read"
    NOTIFICATIONS_WRITE = "notifications:write"


_STAFF = frozenset(
    {
        Scope.USERS_READ,
        Scope.PATIENTS_READ,
        Scope.PATIENTS_WRITE,
        Scope.APPOINTMENTS_READ,
        Scope.APPOINTMENTS_WRITE,
        Scope.BILLING_READ,
        Scope.BILLING_WRITE,
        Scope.NOTIFICATIONS_READ,
        Scope.NOTIFICATIONS_WRITE,
    }
)

ROLE_SCOPES: Mapping[Role, frozenset[Scope]] = MappingProxyType(
    {
        Role.ADMIN: frozenset(Scope),
        Role.STAFF: _STAFF,
        Role.DOCTOR: frozenset(
            {
                Scope.PATIENTS_READ,
                Scope.APPOINTMENTS_READ,
                Scope.APPOINTMENTS_WRITE,
                Scope.SCHEDULES_WRITE,
            }
        ),
        Role.PATIENT: frozenset(
            {
                Scope.PATIENTS_READ,
                Scope.PATIENTS_WRITE,
                Scope.APPOINTMENTS_READ,
                Scope.APPOINTMENTS_WRITE,
                Scope.BILLING_READ,
                Scope.BILLING_WRITE,
            }
        ),
    }
)


def scopes_of(roles: Iterable[Role | str]) -> tuple[str, ...]:
    """The union of the roles' scopes, sorted, as the values for a token's space-separated `scope` claim."""
    granted = {scope for role in roles for scope in ROLE_SCOPES[Role(role)]}
    return tuple(sorted(scope.value for scope in granted))
