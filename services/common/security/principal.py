"""The caller of a service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from services.contracts.roles import Role, Scope


@dataclass(frozen=True, slots=True)
class Principal:
    """What an access token says about its bearer. Only the verification of a token makes one, except for `SYSTEM`."""

    subject: UUID
    roles: frozenset[Role]
    scopes: frozenset[str]
    token_id: str
    expires_at: datetime
    session_id: UUID | None = None
    """The session in which the auth service issued the token. Tokens of earlier versions name none."""

    def has(self, *roles: Role) -> bool:
        """Returns whether the caller has any of the roles."""
        return not self.roles.isdisjoint(roles)

    def may(self, *scopes: Scope) -> bool:
        """Returns whether the token contains any of the scopes."""
        return any(scope.value in self.scopes for scope in scopes)

    def owns(self, user_id: UUID | None) -> bool:
        """Returns whether `user_id` is the caller: whether a record of this user is the caller's own."""
        return user_id is not None and user_id == self.subject

    def owner_limit(self, *roles: Role) -> UUID | None:
        """Returns the user to whose records the caller is limited: None with any of the roles, else the caller."""
        return None if self.has(*roles) else self.subject


SYSTEM = Principal(
    subject=UUID(int=0),
    roles=frozenset({Role.ADMIN}),
    scopes=frozenset(scope.value for scope in Scope),
    token_id="",
    expires_at=datetime.max.replace(tzinfo=UTC),
)
"""The service itself, when it acts on an event or at a time of its own. It may see and do everything.

It is not a caller of the request context, so audit records name `system` as the actor.
"""
