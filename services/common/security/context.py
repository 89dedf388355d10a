"""Who is asking, for code that no request is handed to: gRPC clients, the audit log, log lines."""

from __future__ import annotations

from contextvars import ContextVar

from services.common.security.principal import Principal

_principal: ContextVar[Principal | None] = ContextVar("principal", default=None)
_token: ContextVar[str | None] = ContextVar("token", default=None)


def set_caller(principal: Principal | None, token: str | None) -> None:
    """Remembers the verified caller for the rest of this request."""
    _principal.set(principal)
    _token.set(token)


def caller() -> Principal | None:
    """The verified caller, or None in an event's consumer and before authentication."""
    return _principal.get()


def caller_token() -> str | None:
    """The caller's access token, to be passed on to other services and never logged."""
    return _token.get()
