"""Identifiers in gRPC messages, where they are strings."""

from __future__ import annotations

from uuid import UUID

from services.common.errors import Unprocessable


def uuid_of(text: str) -> UUID:
    """Returns the UUID in a message's field. Raises Unprocessable (INVALID_ARGUMENT)."""
    try:
        return UUID(text)
    except ValueError:
        raise Unprocessable("invalid-id", "An id is not a UUID.") from None
