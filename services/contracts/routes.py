"""Every route of the public HTTP API: which service answers it, and what the gateway requires of the caller.

The CDK app makes the gateway's routes from this list. The tests check that it contains every operation of every
service. The module uses the standard library only, because the CDK app imports it. Paths have API Gateway's syntax: a
parameter such as `{id}` matches one segment.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.contracts.roles import Scope


@dataclass(frozen=True)
class Route:
    """One operation. It requires a valid token, with one of `scopes` if there are any, unless it is `public`.

    `optional_token` is a public operation that answers otherwise with a token.
    """

    method: str
    path: str
    service: str
    scopes: tuple[Scope, ...] = ()
    public: bool = False
    optional_token: bool = False

    @property
    def key(self) -> str:
        """The route key of API Gateway."""
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
    # Anyone may register. With an ADMIN's token the request may also set roles, which the service checks itself.
    Route("POST", "/auth/register", "auth", public=True, optional_token=True),
    _public("POST", "/auth/login", "auth"),
    # Refresh and logout have a refresh token in the body, because the access token may have expired.
    _public("POST", "/auth/refresh", "auth"),
    _public("POST", "/auth/logout", "auth"),
    # Who has forgotten the password has no token: the code that was sent by e-mail is the credential.
    _public("POST", "/auth/password-reset", "auth"),
    _public("POST", "/auth/password-reset/confirm", "auth"),
    Route("POST", "/auth/logout-all", "auth"),
    Route("POST", "/auth/password", "auth"),
    Route("GET", "/auth/me", "auth"),
    Route("GET", "/auth/users", "auth", (Scope.USERS_READ,)),
    Route("PATCH", "/auth/users/{id}", "auth", (Scope.USERS_WRITE,)),
    Route("POST", "/auth/users/{id}/password-reset", "auth", (Scope.USERS_WRITE,)),
)

PATIENT = (
    Route("GET", "/api/patients", "patient", (Scope.PATIENTS_READ,)),
    Route("POST", "/api/patients", "patient", (Scope.PATIENTS_WRITE,)),
    Route("GET", "/api/patients/{id}", "patient", (Scope.PATIENTS_READ,)),
    Route("PUT", "/api/patients/{id}", "patient", (Scope.PATIENTS_WRITE,)),
    Route("PATCH", "/api/patients/{id}", "patient", (Scope.PATIENTS_WRITE,)),
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
    Route("PATCH", "/appointments/{id}", "appointment", (Scope.APPOINTMENTS_WRITE,)),
    Route("POST", "/appointments/{id}/cancel", "appointment", (Scope.APPOINTMENTS_WRITE,)),
    Route("POST", "/appointments/{id}/complete", "appointment", (Scope.APPOINTMENTS_WRITE,)),
    Route("POST", "/appointments/{id}/no-show", "appointment", (Scope.APPOINTMENTS_WRITE,)),
    Route("POST", "/appointments/{id}/reopen", "appointment", (Scope.APPOINTMENTS_WRITE,)),
    Route("GET", "/appointments/{id}/reopenings", "appointment", (Scope.APPOINTMENTS_READ,)),
)

BILLING = (
    Route("GET", "/api/billing/accounts/{patientId}", "billing", (Scope.BILLING_READ,)),
    Route("GET", "/api/billing/fees", "billing", (Scope.BILLING_READ,)),
    Route("GET", "/api/billing/invoices", "billing", (Scope.BILLING_READ,)),
    Route("GET", "/api/billing/invoices/{id}", "billing", (Scope.BILLING_READ,)),
    Route("GET", "/api/billing/invoices/{id}/payments", "billing", (Scope.BILLING_READ,)),
    Route("POST", "/api/billing/invoices/{id}/payments", "billing", (Scope.BILLING_WRITE,)),
    Route("POST", "/api/billing/invoices/{id}/payments/{paymentId}/refunds", "billing", (Scope.BILLING_WRITE,)),
    Route("GET", "/api/billing/invoices/{id}/credit-notes", "billing", (Scope.BILLING_READ,)),
    Route("POST", "/api/billing/invoices/{id}/credit-notes", "billing", (Scope.BILLING_WRITE,)),
    Route("POST", "/api/billing/invoices/{id}/void", "billing", (Scope.BILLING_WRITE,)),
)

NOTIFICATION = (
    Route("POST", "/notify/email", "notification", (Scope.NOTIFICATIONS_WRITE,)),
    Route("GET", "/notifications", "notification", (Scope.NOTIFICATIONS_READ,)),
)

ROUTES: tuple[Route, ...] = DISCOVERY + AUTH + PATIENT + APPOINTMENT + BILLING + NOTIFICATION


def routes_of(service: str) -> tuple[Route, ...]:
    """Returns the routes that `service` answers."""
    return tuple(route for route in ROUTES if route.service == service)
