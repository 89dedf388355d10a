"""Identifiers in gRPC messages, which are strings there."""

from __future__ import annotations

from uuid import UUID

from services.common.errors import Unprocessable


def uuid_of(text: str) -> UUID:
    """The UUID that a message's field holds. Raises Unprocessable (INVALID_ARGUMENT)."""
    try:
        return UUID(text)
    except ValueError:
        raise Unprocessable("invalid-id", "An id is not a UUID.") from None
