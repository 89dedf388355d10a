"""The SQL of sessions and their refresh tokens. Never commits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.entity import PresentedToken, RefreshToken, Session, User


class SessionRepository:
    """Sessions and their refresh tokens, in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, session: Session) -> None:
        """Writes a new session."""
        self._session.add(session)
        await self._session.flush()

    def add_token(self, token: RefreshToken) -> None:
        """Adds a refresh token to a session. It is written with the commit at the latest."""
        self._session.add(token)

    async def get_for_update(self, token_hash: bytes) -> PresentedToken | None:
        """Returns a refresh token with its session and account. Locks both until the transaction ends.

        So of two simultaneous exchanges of one token, the second sees what the first has done, and the account is not
        disabled during an exchange. The account is locked first, as in `AccountService.change`.
        """
        # Statements of their own for the locks: the last one then sees what the previous holders have committed.
        of_token = (
            select(Session.id)
            .join(RefreshToken, RefreshToken.session_id == Session.id)
            .join(User, User.id == Session.user_id)
            .where(RefreshToken.token_hash == token_hash)
        )
        session_id = await self._session.scalar(of_token.with_for_update(read=True, of=User))
        if session_id is None:
            return None
        await self._session.execute(select(Session.id).where(Session.id == session_id).with_for_update())
        statement = (
            select(RefreshToken, Session, User)
            .join(Session, Session.id == RefreshToken.session_id)
            .join(User, User.id == Session.user_id)
            .where(RefreshToken.token_hash == token_hash)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return PresentedToken(row[0], row[1], row[2]) if row else None

    async def revoke_all(self, user_id: UUID, at: datetime, because: str) -> None:
        """Revokes all sessions of a user."""
        active = update(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None))
        await self._session.execute(active.values(revoked_at=at, revoked_because=because))

    async def delete_expired(self, before: datetime) -> None:
        """Deletes the sessions that expired before a point in time. Their tokens are deleted with them."""
        await self._session.execute(delete(Session).where(Session.expires_at < before))
