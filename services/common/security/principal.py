"""A verified caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.contracts.roles import Role, Scope


@dataclass(frozen=True, slots=True)
class Principal:
    """What an access token says about its bearer. Made only by a token's verification."""

    subject: UUID
    roles: frozenset[Role]
    scopes: frozenset[str]
    token_id: str
    expires_at: datetime

    def has(self, *roles: Role) -> bool:
        """Whether the caller has any of the roles."""
        return not self.roles.isdisjoint(roles)

    def may(self, *scopes: Scope) -> bool:
        """Whether the token carries any of the scopes."""
        return any(scope.value in self.scopes for scope in scopes)

    def owns(self, user_id: UUID | None) -> bool:
        """Whether a record that belongs to this user is the caller's own."""
        return user_id is not None and user_id == self.subject

    @property
    def only_patient(self) -> bool:
        """Whether the caller is nobody but a patient, who sees their own records only."""
        return not self.has(Role.ADMIN, Role.DOCTOR, Role.STAFF)
