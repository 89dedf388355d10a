"""The current time."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Returns the current time with its UTC offset."""
    return datetime.now(UTC)
