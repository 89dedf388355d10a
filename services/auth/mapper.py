"""Converts between requests, entities, responses and events. Pure functions."""

from __future__ import annotations

from typing import Any

from services.auth.dto import RegistrationIn, TokensOut, UserChangeIn, UserOut, UserQuery
from services.auth.entity import IssuedTokens, PasswordReset, Registration, User, UserChange, UserFilter
from services.contracts.events import UserPasswordResetRequested, UserRegistered, UserUpdated
from services.contracts.roles import Role


def registration_from(body: RegistrationIn) -> Registration:
    """Returns the new account in a request."""
    return Registration(
        username=body.username,
        password=body.password,
        email=body.email,
        full_name=body.full_name,
        roles=body.roles,
    )


def user_change_from(body: UserChangeIn) -> UserChange:
    """Returns the change in a request."""
    return UserChange(roles=body.roles, disabled=body.disabled)


def user_filter(query: UserQuery) -> UserFilter:
    """Returns the filter in a list's parameters."""
    return UserFilter(role=query.role)


def user_out(user: User) -> UserOut:
    """Returns the response for an account."""
    return UserOut(
        id=user.id,
        username=user.username,
        email=user.email,
        full_name=user.full_name,
        roles=[Role(role) for role in user.roles],
        disabled=user.disabled,
        version=user.version,
        created_at=user.created_at,
        updated_at=user.updated_at,
    )


def tokens_out(tokens: IssuedTokens) -> TokensOut:
    """Returns the response for issued tokens."""
    return TokensOut(
        access_token=tokens.access_token,
        expires_in=tokens.expires_in,
        refresh_token=tokens.refresh_token,
        scope=tokens.scope,
    )


def user_registered_event(user: User) -> UserRegistered:
    """Returns the event for a new account."""
    return UserRegistered(**_snapshot(user), registered_at=user.created_at)


def user_updated_event(user: User) -> UserUpdated:
    """Returns the event for a changed account."""
    return UserUpdated(**_snapshot(user), updated_at=user.updated_at)


def password_reset_requested_event(user: User, reset: PasswordReset, sealed_code: str) -> UserPasswordResetRequested:
    """Returns the event that has the encrypted code sent."""
    return UserPasswordResetRequested(
        **_event_fields(user), sealed_code=sealed_code, expires_at=reset.expires_at, requested_at=reset.requested_at
    )


def _snapshot(user: User) -> dict[str, Any]:
    roles = tuple(Role(role) for role in user.roles)
    return {**_event_fields(user), "full_name": user.full_name, "roles": roles, "disabled": user.disabled}


def _event_fields(user: User) -> dict[str, Any]:
    return {
        "user_id": user.id,
        "username": user.username,
        "email": user.email,
        "version": user.version,
    }
