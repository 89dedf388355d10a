"""The SQL of login attempts. Never commits."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, cast, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.entity import AttemptKey, LoginAttempts


class LoginAttemptsRepository:
    """Login attempts, in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, key: AttemptKey) -> LoginAttempts | None:
        """Returns the attempts, to read them."""
        return await self._session.scalar(select(LoginAttempts).where(*_is(key)))

    async def lock(self, key: AttemptKey) -> datetime | None:
        """Returns until when attempts are blocked. The answer stays true until the transaction ends."""
        statement = select(LoginAttempts.blocked_until).where(*_is(key)).with_for_update(read=True)
        until: datetime | None = await self._session.scalar(statement)
        return until

    async def count_failure(self, key: AttemptKey, now: datetime, forget_after: timedelta) -> int | None:
        """Counts a failure and returns the number of failures, or returns None while attempts are blocked.

        The count starts again at 1 when the failure before is older than `forget_after`.
        """
        first = insert(LoginAttempts).values(
            username_hash=key.username_hash, address_hash=key.address_hash, failures=1, failed_at=now
        )
        recent = LoginAttempts.failed_at > now - forget_after
        counted = first.on_conflict_do_update(
            index_elements=[LoginAttempts.username_hash, LoginAttempts.address_hash],
            set_={"failures": LoginAttempts.failures * cast(recent, Integer) + 1, "failed_at": now},
            where=_is_free(now),
        )
        failures: int | None = await self._session.scalar(counted.returning(LoginAttempts.failures))
        return failures

    async def block(self, key: AttemptKey, until: datetime) -> None:
        """Blocks attempts until a point in time."""
        await self._session.execute(update(LoginAttempts).where(*_is(key)).values(blocked_until=until))

    async def count_success(self, key: AttemptKey, now: datetime) -> bool:
        """Forgets the failures and notes the sign-in. Returns False while attempts are blocked."""
        first = insert(LoginAttempts).values(
            username_hash=key.username_hash, address_hash=key.address_hash, failures=0, failed_at=now, signed_in_at=now
        )
        counted = first.on_conflict_do_update(
            index_elements=[LoginAttempts.username_hash, LoginAttempts.address_hash],
            set_={"failures": 0, "signed_in_at": now},
            where=_is_free(now),
        )
        return await self._session.scalar(counted.returning(LoginAttempts.failures)) is not None

    async def delete_old(self, failed_before: datetime, signed_in_before: datetime) -> None:
        """Deletes what has had neither a failure nor a sign-in since the two points in time."""
        forgotten = or_(LoginAttempts.signed_in_at.is_(None), LoginAttempts.signed_in_at < signed_in_before)
        await self._session.execute(delete(LoginAttempts).where(LoginAttempts.failed_at < failed_before, forgotten))


def _is(key: AttemptKey) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return LoginAttempts.username_hash == key.username_hash, LoginAttempts.address_hash == key.address_hash


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(LoginAttempts.blocked_until.is_(None), LoginAttempts.blocked_until <= now)
