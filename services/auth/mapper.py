"""Between entities, answers and events."""

from __future__ import annotations

from services.auth.dto import UserOut
from services.auth.entity import User
from services.contracts.events import UserRegistered, UserUpdated
from services.contracts.roles import Role


def to_dto(user: User) -> UserOut:
    """The account as clients see it."""
    return UserOut.model_validate(user)


def to_registered(user: User) -> UserRegistered:
    """The event of a new account."""
    return UserRegistered(registered_at=user.created_at, **_state(user))


def to_updated(user: User) -> UserUpdated:
    """The event of a changed account."""
    return UserUpdated(updated_at=user.updated_at, **_state(user))


def _state(user: User) -> dict[str, object]:
    return {
        "user_id": user.id,
        "username": user.username,
        "email": user.email,
        "full_name": user.full_name,
        "roles": tuple(Role(role) for role in user.roles),
        "disabled": user.disabled,
        "version": user.version,
    }
