"""The current caller, for code that gets no request: gRPC clients, the audit log and log lines."""

from __future__ import annotations

from contextvars import ContextVar

from services.common.security.principal import Principal

_principal: ContextVar[Principal | None] = ContextVar("principal", default=None)
_token: ContextVar[str | None] = ContextVar("token", default=None)


def set_caller(principal: Principal | None, token: str | None) -> None:
    """Sets the verified caller for the rest of this request."""
    _principal.set(principal)
    _token.set(token)


def caller() -> Principal | None:
    """Returns the verified caller, or None in event consumers and before authentication."""
    return _principal.get()


def caller_token() -> str | None:
    """Returns the caller's access token, to pass it on to other services. It must not be logged."""
    return _token.get()
