"""The SQL of the login back-off. Never commits."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Integer, cast, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.entity import LoginBackoff


class LoginBackoffRepository:
    """Failed logins per username, in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def blocked_until(self, username_hash: bytes) -> datetime | None:
        """Returns when the username was last blocked until, or None if it never was."""
        statement = select(LoginBackoff.blocked_until).where(LoginBackoff.username_hash == username_hash)
        until: datetime | None = await self._session.scalar(statement)
        return until

    async def lock(self, username_hash: bytes) -> datetime | None:
        """Returns the same, and locks it until the transaction ends: the next one sees what this one has counted."""
        statement = select(LoginBackoff.blocked_until).where(LoginBackoff.username_hash == username_hash)
        until: datetime | None = await self._session.scalar(statement.with_for_update())
        return until

    async def count_failure(self, username_hash: bytes, now: datetime, forget_after: timedelta) -> int:
        """Counts a failed login and returns the number of failures.

        The count starts again at 1 when the failure before is older than `forget_after`.
        """
        first = insert(LoginBackoff).values(username_hash=username_hash, failures=1, failed_at=now, blocked_until=None)
        recent = LoginBackoff.failed_at > now - forget_after
        counted = first.on_conflict_do_update(
            index_elements=[LoginBackoff.username_hash],
            set_={"failures": LoginBackoff.failures * cast(recent, Integer) + 1, "failed_at": now},
        )
        failures = await self._session.scalar(counted.returning(LoginBackoff.failures))
        return int(failures or 0)

    async def block(self, username_hash: bytes, until: datetime) -> None:
        """Blocks the username until a point in time."""
        statement = update(LoginBackoff).where(LoginBackoff.username_hash == username_hash)
        await self._session.execute(statement.values(blocked_until=until))

    async def delete(self, username_hash: bytes) -> None:
        """Deletes the failures of a username, after a successful login."""
        await self._session.execute(delete(LoginBackoff).where(LoginBackoff.username_hash == username_hash))

    async def delete_old(self, before: datetime) -> None:
        """Deletes the failures of all usernames whose last failure was before a point in time."""
        await self._session.execute(delete(LoginBackoff).where(LoginBackoff.failed_at < before))
