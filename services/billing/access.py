"""Who may use billing, and who sees all accounts and invoices."""

from __future__ import annotations

from services.contracts.roles import Role

STAFF = (Role.STAFF, Role.ADMIN)
"""The roles that see all accounts and invoices."""
ROLES = (*STAFF, Role.PATIENT)
"""The roles that may use billing. A DOCTOR sees no bills, not even their own."""
