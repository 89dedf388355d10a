"""Who may use billing, and whose accounts and invoices they see."""

from __future__ import annotations

from uuid import UUID

from services.common.security.principal import Principal
from services.contracts.roles import Role

STAFF = (Role.STAFF, Role.ADMIN)
ROLES = (*STAFF, Role.PATIENT)
"""The roles that may use billing. A DOCTOR sees no bills, not even their own."""


def owner_limit(principal: Principal) -> UUID | None:
    """Returns the user whose records alone are visible, or None for a caller who sees all."""
    return None if principal.has(*STAFF) else principal.subject
