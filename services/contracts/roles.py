"""Roles, scopes, and the scopes of each role.

The auth service writes the scopes into access tokens (RFC 9068, section 2.2.3), and the CDK app requires them on the
routes of the HTTP API. The module uses the standard library only, because the CDK app imports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a user is in the clinic. A user may have several roles."""

    ADMIN = "ADMIN"
    DOCTOR = "DOCTOR"
    STAFF = "STAFF"
    PATIENT = "PATIENT"


class Scope(StrEnum):
    """What a token allows at the gateway. The services decide whose records the caller may see."""

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
    """Returns the scopes of all roles together, sorted, for the `scope` claim of a token."""
    granted = {scope for role in roles for scope in ROLE_SCOPES[Role(role)]}
    return tuple(sorted(scope.value for scope in granted))
