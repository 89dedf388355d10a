"""Identifiers that sort by the time they were made."""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat


def uuid7() -> UUID:
    """A UUID version 7 (RFC 9562, section 5.7): index-friendly, because new rows go to the end."""
    return uuid_utils.compat.uuid7()
