"""Events of the auth service, on `pms.user.v1`."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

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
    full_name: str | None = None
    roles: tuple[Role, ...]
    disabled: bool = False


class UserRegistered(_UserEvent):
    """A user account was created, by its owner or by an ADMIN."""

    TYPE: ClassVar[str] = "user.registered"

    registered_at: UtcDatetime


class UserUpdated(_UserEvent):
    """Roles or the disabled flag of a user account changed."""

    TYPE: ClassVar[str] = "user.updated"

    updated_at: UtcDatetime
