"""Identifiers that sort by the time of their creation."""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat


def uuid7() -> UUID:
    """Returns a UUID version 7 (RFC 9562, section 5.7). New rows go to the end of an index."""
    return uuid_utils.compat.uuid7()
