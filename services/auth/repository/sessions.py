"""The SQL of sessions and their refresh tokens. Never commits."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update

from services.auth.entity import REFRESH_TOKEN, SESSION, USER, PresentedToken, RefreshToken, Session, User
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork

_OF_TOKEN = REFRESH_TOKEN.c.token_hash == bindparam("token_hash")
_PRESENTED = REFRESH_TOKEN.join(SESSION, SESSION.c.id == REFRESH_TOKEN.c.session_id).join(
    USER, USER.c.id == SESSION.c.user_id
)
_LOCK_USER = Statement(
    select(SESSION.c.id).select_from(_PRESENTED).where(_OF_TOKEN).with_for_update(read=True, of=USER)
)
_LOCK_SESSION = Statement(select(SESSION.c.id).where(SESSION.c.id == bindparam("id")).with_for_update())
_BY_TOKEN = Statement(select(REFRESH_TOKEN, SESSION, USER).select_from(_PRESENTED).where(_OF_TOKEN))
_REVOKE_ALL = Statement(
    update(SESSION)
    .where(
        SESSION.c.user_id == bindparam("of_user"),
        SESSION.c.revoked_at.is_(None),
        SESSION.c.id.is_distinct_from(bindparam("kept", type_=SESSION.c.id.type)),
    )
    .values(revoked_at=bindparam("at"), revoked_because=bindparam("because"))
)
_DELETE_EXPIRED = Statement(delete(SESSION).where(SESSION.c.expires_at < bindparam("before")))


class SessionRepository:
    """Sessions and their refresh tokens, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def add(self, session: Session) -> None:
        """Writes a new session."""
        self._uow.add(SESSION, session)

    def change(self, session: Session) -> None:
        """Writes a session that was changed."""
        self._uow.change(SESSION, session)

    def add_token(self, token: RefreshToken) -> None:
        """Adds a refresh token to a session."""
        self._uow.add(REFRESH_TOKEN, token)

    def change_token(self, token: RefreshToken) -> None:
        """Writes a refresh token that was changed."""
        self._uow.change(REFRESH_TOKEN, token)

    async def get_for_update(self, token_hash: bytes) -> PresentedToken | None:
        """Returns a refresh token with its session and account. Locks both until the transaction ends.

        So of two simultaneous exchanges of one token, the second sees what the first has done, and the account is not
        disabled during an exchange. The account is locked first, as in `AccountService.change`.
        """
        # Statements of their own for the locks: the last one then sees what the previous holders have committed.
        session_id = await self._uow.value(_LOCK_USER, token_hash=token_hash)
        if session_id is None:
            return None
        await self._uow.execute(_LOCK_SESSION, id=session_id)
        return await self._uow.one(_BY_TOKEN, _presented, token_hash=token_hash)

    async def revoke_all(self, user_id: UUID, at: datetime, because: str, *, keep: UUID | None = None) -> None:
        """Revokes all sessions of a user, except for the one to keep."""
        await self._uow.execute(_REVOKE_ALL, of_user=user_id, at=at, because=because, kept=keep)

    async def delete_expired(self, before: datetime) -> None:
        """Deletes the sessions that expired before a point in time. Their tokens are deleted with them."""
        await self._uow.execute(_DELETE_EXPIRED, before=before)


_TOKEN_END = len(REFRESH_TOKEN.columns)
_SESSION_END = _TOKEN_END + len(SESSION.columns)


def _presented(*row: Any) -> PresentedToken:
    token, session, user = row[:_TOKEN_END], row[_TOKEN_END:_SESSION_END], row[_SESSION_END:]
    return PresentedToken(RefreshToken(*token), Session(*session), User(*user))
