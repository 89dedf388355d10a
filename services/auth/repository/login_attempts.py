"""The SQL of login attempts. Never commits."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text

from services.auth.entity import AttemptKey, LoginAttempts
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork

_GET = Statement(
    text("""
    SELECT address_hash, blocked_until, signed_in_at FROM login_attempts
    WHERE username_hash = :username_hash AND address_hash IN (:address_hash, '')""")
)
_LOCK = Statement(
    text("""
    SELECT blocked_until FROM login_attempts
    WHERE username_hash = :username_hash AND address_hash = :address_hash FOR SHARE"""),
    transactional=True,
)
_FAILURE = Statement(
    text("""
    INSERT INTO login_attempts AS known (username_hash, address_hash, failures, failed_at)
    VALUES (:username_hash, :address_hash, 1, :now)
    ON CONFLICT (username_hash, address_hash) DO UPDATE
    SET failures = known.failures * (known.failed_at > :remembered_since)::integer + 1, failed_at = excluded.failed_at
    WHERE known.blocked_until IS NULL OR known.blocked_until <= excluded.failed_at RETURNING failures""")
)
_BLOCK = Statement(
    text("""
    UPDATE login_attempts SET blocked_until = :until
    WHERE username_hash = :username_hash AND address_hash = :address_hash""")
)
_SUCCESS = Statement(
    text("""
    INSERT INTO login_attempts AS known (username_hash, address_hash, failures, failed_at, signed_in_at)
    VALUES (:username_hash, :address_hash, 0, :now, :now)
    ON CONFLICT (username_hash, address_hash) DO UPDATE SET failures = 0, signed_in_at = excluded.signed_in_at
    WHERE known.blocked_until IS NULL OR known.blocked_until <= excluded.signed_in_at RETURNING failures""")
)
_FORGIVE = Statement(
    text("""
    UPDATE login_attempts SET failures = 0, blocked_until = NULL
    WHERE username_hash = :username_hash AND (failures > 0 OR blocked_until IS NOT NULL)""")
)
_DELETE_OLD = Statement(
    text("""
    DELETE FROM login_attempts
    WHERE failed_at < :failed_before AND (signed_in_at IS NULL OR signed_in_at < :signed_in_before)""")
)


class LoginAttemptsRepository:
    """Login attempts, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def get(self, key: AttemptKey) -> tuple[LoginAttempts, LoginAttempts]:
        """Returns the attempts with the key's username: those from its address, and those from all that failed."""
        found = dict(await self._uow.all(_GET, lambda address, *row: (address, LoginAttempts(*row)), **_values(key)))
        return found.get(key.address_hash, LoginAttempts()), found.get(b"", LoginAttempts())

    async def lock(self, key: AttemptKey) -> datetime | None:
        """Returns until when attempts are blocked. The answer stays true until the transaction ends."""
        until: datetime | None = await self._uow.value(_LOCK, **_values(key))
        return until

    async def count_failure(self, key: AttemptKey, now: datetime, forget_after: timedelta) -> int | None:
        """Counts a failure and returns the number of failures, or returns None while attempts are blocked.

        The count starts again at 1 when the failure before is older than `forget_after`.
        """
        values = {**_values(key), "now": now, "remembered_since": now - forget_after}
        failures: int | None = await self._uow.value(_FAILURE, **values)
        return failures

    async def block(self, key: AttemptKey, until: datetime) -> None:
        """Blocks attempts until a point in time."""
        await self._uow.execute(_BLOCK, until=until, **_values(key))

    async def count_success(self, key: AttemptKey, now: datetime) -> bool:
        """Forgets the failures and notes the sign-in. Returns False while attempts are blocked."""
        return await self._uow.value(_SUCCESS, now=now, **_values(key)) is not None

    async def forgive(self, key: AttemptKey) -> None:
        """Forgets the failures with the key's username, from all addresses."""
        await self._uow.execute(_FORGIVE, username_hash=key.username_hash)

    async def delete_old(self, failed_before: datetime, signed_in_before: datetime) -> None:
        """Deletes what has had neither a failure nor a sign-in since the two points in time."""
        await self._uow.execute(_DELETE_OLD, failed_before=failed_before, signed_in_before=signed_in_before)


def _values(key: AttemptKey) -> dict[str, bytes]:
    return {"username_hash": key.username_hash, "address_hash": key.address_hash}
