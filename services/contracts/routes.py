"""Every route of the public HTTP API: which service answers it and what the gateway demands of the caller.

The one list behind the CDK app's routes, the authorisation matrix in the tests and the check that no service has an
operation that nobody decided about. Standard library only, because the CDK app imports it.
Paths are written as API Gateway writes them; `{id}` and its like match one segment.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.contracts.roles import Scope


@dataclass(frozen=True)
class Route:
    """One operation. `public` needs no token; otherwise a valid token, and one of `scopes` when there are any."""

    method: str
    path: str
    service: str
    scopes: tuple[Scope, ...] = ()
    public: bool = False

    @property
    def key(self) -> str:
        """API Gateway's route key."""
        return f"{self.method} {self.path}"


def _public(method: str, path: str, service: str) -> Route:
    return Route(method, path, service, public=True)


DISCOVERY = (
    _public("GET", "/.well-known/openid-configuration", "discovery"),
    _public("GET", "/.well-known/jwks.json", "discovery"),
    _public("GET", "/openapi.json", "discovery"),
    _public("GET", "/docs", "discovery"),
    _public("GET", "/docs/{proxy+}", "discovery"),
)

AUTH = (
    # Anyone may register; an ADMIN's token on the same route may set roles, which the service verifies itself.
    _public("POST", "/auth/register", "auth"),
    _public("POST", "/auth/login", "auth"),
    # Refresh and logout carry a refresh token in the body: the access token may be expired by then.
    _public("POST", "/auth/refresh", "auth"),
    _public("POST", "/auth/logout", "auth"),
    Route("GET", "/auth/me", "auth"),
    Route("GET", "/auth/users", "auth", (Scope.USERS_READ,)),
    Route("PATCH", "/auth/users/{id}", "auth", (Scope.USERS_WRITE,)),
)

PATIENT = (
    Route("GET", "/api/patients", "patient", (Scope.PATIENTS_READ,)),
    Route("POST", "/api/patients", "patient", (Scope.PATIENTS_WRITE,)),
    Route("GET", "/api/patients/{id}", "patient", (Scope.PATIENTS_READ,)),
    Route("PUT", "/api/patients/{id}", "patient", (Scope.PATIENTS_WRITE,)),
    Route("DELETE", "/api/patients/{id}", "patient", (Scope.PATIENTS_WRITE,)),
    Route("GET", "/api/patients/{id}/history", "patient", (Scope.PATIENTS_READ,)),
)

APPOINTMENT = (
    Route("GET", "/appointments", "appointment", (Scope.APPOINTMENTS_READ,)),
    Route("POST", "/appointments", "appointment", (Scope.APPOINTMENTS_WRITE,)),
    Route("GET", "/appointments/availability", "appointment", (Scope.APPOINTMENTS_READ,)),
    Route("GET", "/appointments/doctors", "appointment", (Scope.APPOINTMENTS_READ,)),
    Route("GET", "/appointments/doctors/{doctorId}/schedule", "appointment", (Scope.APPOINTMENTS_READ,)),
    Route("PUT", "/appointments/doctors/{doctorId}/schedule", "appointment", (Scope.SCHEDULES_WRITE,)),
    Route("GET", "/appointments/{id}", "appointment", (Scope.APPOINTMENTS_READ,)),
    Route("PUT", "/appointments/{id}", "appointment", (Scope.APPOINTMENTS_WRITE,)),
    Route("POST", "/appointments/{id}/cancel", "appointment", (Scope.APPOINTMENTS_WRITE,)),
    Route("POST", "/appointments/{id}/complete", "appointment", (Scope.APPOINTMENTS_WRITE,)),
    Route("POST", "/appointments/{id}/no-show", "appointment", (Scope.APPOINTMENTS_WRITE,)),
)

BILLING = (
    Route("GET", "/api/billing/accounts/{patientId}", "billing", (Scope.BILLING_READ,)),
    Route("GET", "/api/billing/invoices", "billing", (Scope.BILLING_READ,)),
    Route("GET", "/api/billing/invoices/{id}", "billing", (Scope.BILLING_READ,)),
    Route("POST", "/api/billing/invoices/{id}/payments", "billing", (Scope.BILLING_WRITE,)),
)

NOTIFICATION = (
    Route("POST", "/notify/email", "notification", (Scope.NOTIFICATIONS_WRITE,)),
    Route("GET", "/notifications", "notification", (Scope.NOTIFICATIONS_READ,)),
)

ROUTES: tuple[Route, ...] = DISCOVERY + AUTH + PATIENT + APPOINTMENT + BILLING + NOTIFICATION


def routes_of(service: str) -> tuple[Route, ...]:
    """The routes that `service` answers."""
    return tuple(route for route in ROUTES if route.service == service)
