"""Events of the auth service, on `pms.user.v1`."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from services.contracts import topics
from services.contracts.events.base import EventData, UtcDatetime
from services.contracts.roles import Role


class _UserEvent(EventData):
    TOPIC: ClassVar[topics.Topic] = topics.USER
    SOURCE: ClassVar[str] = "/pms/auth"
    SUBJECT_FIELD: ClassVar[str] = "user_id"

    user_id: UUID
    username: str
    email: str


class _UserSnapshot(_UserEvent):
    full_name: str | None = None
    roles: tuple[Role, ...]
    disabled: bool = False


class UserRegistered(_UserSnapshot):
    """A user account was created, by its owner or by an ADMIN."""

    TYPE: ClassVar[str] = "user.registered"

    registered_at: UtcDatetime


class UserUpdated(_UserSnapshot):
    """Roles or the disabled flag of a user account changed."""

    TYPE: ClassVar[str] = "user.updated"

    updated_at: UtcDatetime


class UserPasswordResetRequested(_UserEvent):
    """A code was made with which the owner of an account sets a new password. It is sent by e-mail."""

    TYPE: ClassVar[str] = "user.password_reset_requested"

    sealed_code: str = Field(
        description="The code, encrypted in KMS for the service that sends it, as base64. The encryption context is "
        "that of `sealing_context`."
    )
    expires_at: UtcDatetime
    requested_at: UtcDatetime

    @property
    def sealing_context(self) -> dict[str, str]:
        """KMS's encryption context: the code of one account cannot be passed off as that of another."""
        return sealing_context(self.user_id)


def sealing_context(user_id: UUID) -> dict[str, str]:
    """Returns the encryption context of an account's code."""
    return {"purpose": "password-reset", "user_id": str(user_id)}
