"""The time, in one place."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, with its offset."""
    return datetime.now(UTC)
