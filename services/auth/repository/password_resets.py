"""The SQL of codes for new passwords. Never commits."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, func, or_, select, text

from services.auth.entity import PASSWORD_RESET, USER, PasswordReset, User
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork

_IS_VALID = (PASSWORD_RESET.c.code_hash == bindparam("code_hash")) & (PASSWORD_RESET.c.expires_at > bindparam("now"))
_IS_ACCOUNT = or_(func.lower(USER.c.username) == bindparam("account"), func.lower(USER.c.email) == bindparam("account"))
_FIND = Statement(
    select(USER)
    .join(PASSWORD_RESET, PASSWORD_RESET.c.user_id == USER.c.id)
    .where(_IS_VALID, _IS_ACCOUNT, ~USER.c.disabled)
)
_ACCOUNTS = Statement(select(USER).where(_IS_ACCOUNT, ~USER.c.disabled).order_by(USER.c.id))
_REPLACE = Statement(
    text("""
    INSERT INTO password_reset AS known (user_id, code_hash, requested_at, expires_at)
    VALUES (:user_id, :code_hash, :requested_at, :expires_at)
    ON CONFLICT (user_id) DO UPDATE
    SET code_hash = excluded.code_hash, requested_at = excluded.requested_at, expires_at = excluded.expires_at
    WHERE known.requested_at <= :pause_began RETURNING user_id"""),
    transactional=True,
)
_IS_USER = PASSWORD_RESET.c.user_id == bindparam("user_id")
_USE = Statement(delete(PASSWORD_RESET).where(_IS_USER, _IS_VALID).returning(PASSWORD_RESET.c.user_id))
_DELETE = Statement(delete(PASSWORD_RESET).where(_IS_USER))
_DELETE_EXPIRED = Statement(delete(PASSWORD_RESET).where(PASSWORD_RESET.c.expires_at < bindparam("before")))


class PasswordResetRepository:
    """Codes for new passwords, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def accounts(self, account: str) -> list[User]:
        """Returns the active accounts with this username or e-mail address, in lower case.

        There may be two: a username may have the form of somebody else's address.
        """
        return await self._uow.all(_ACCOUNTS, User, account=account)

    async def find(self, account: str, code_hash: bytes, now: datetime) -> User | None:
        """Returns the active account that has this code, and this username or e-mail address in lower case."""
        return await self._uow.one(_FIND, User, account=account, code_hash=code_hash, now=now)

    async def replace(self, reset: PasswordReset, pause_began: datetime) -> bool:
        """Writes a code in place of an older one. Returns False when that was requested after `pause_began`."""
        return await self._uow.value(_REPLACE, pause_began=pause_began, **asdict(reset)) is not None

    async def use(self, user_id: UUID, code_hash: bytes, now: datetime) -> bool:
        """Deletes a code that is valid. Returns whether there was one, so that of two uses one succeeds."""
        return await self._uow.value(_USE, user_id=user_id, code_hash=code_hash, now=now) is not None

    async def delete(self, user_id: UUID) -> None:
        """Deletes the code of an account, if there is one."""
        await self._uow.execute(_DELETE, user_id=user_id)

    async def delete_expired(self, before: datetime) -> None:
        """Deletes the codes that expired before a point in time."""
        await self._uow.execute(_DELETE_EXPIRED, before=before)
