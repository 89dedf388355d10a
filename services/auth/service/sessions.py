"""Rules of signing in, staying signed in and signing out."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.auth.config import AuthSettings
from services.auth.entity import RefreshToken, Session, User
from services.auth.passwords import Passwords
from services.auth.repository.accounts import BackoffRepository, SessionRepository, UserRepository
from services.auth.tokens import AccessTokens, new_refresh_token, refresh_token_hash
from services.common.clock import utc_now
from services.common.errors import TooManyRequests, Unauthorized
from services.common.identifiers import uuid7
from services.common.logs import logger
from services.common.unit_of_work import UnitOfWork


class WrongCredentials(Unauthorized):
    """One answer for an unknown user, a wrong password and a disabled account. The failure is counted."""

    keeps_changes = True

    def __init__(self) -> None:
        super().__init__(None, "Username or password are wrong.")


class RefreshRefused(Unauthorized):
    """One answer for every refresh token that is not good. What was revoked because of it stays revoked."""

    keeps_changes = True

    def __init__(self) -> None:
        super().__init__("invalid_grant", "The refresh token is not valid.")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a client gets."""

    access_token: str
    refresh_token: str
    scope: str


class SessionService:
    """A session is a sign-in; its refresh tokens are each good for one exchange."""

    def __init__(
        self, settings: AuthSettings, passwords: Passwords, access_tokens: AccessTokens, work: UnitOfWork
    ) -> None:
        self._settings = settings
        self._passwords = passwords
        self._access_tokens = access_tokens
        self._work = work
        self._users = UserRepository(work.session)
        self._sessions = SessionRepository(work.session)
        self._backoff = BackoffRepository(work.session)

    async def sign_in(self, username: str, password: str) -> SignedIn:
        """Verifies the password and starts a session.

        Back-off is looked at and counted while holding a hashing slot: otherwise many guesses at once would all pass
        the look before the first failure is counted.
        """
        name_hash = hashlib.sha256(username.lower().encode()).digest()
        async with self._passwords.slot():
            await self._refuse_when_blocked(name_hash)
            user = await self._users.by_username(username)
            await self._work.release()
            right = await self._passwords.verify(user.password_hash if user else None, password)
            if user is None or not right or user.disabled:
                await self._count_failure(name_hash)
                known = user.id if user else None
                self._work.record("session.start", "user", known, outcome="denied", actor="anonymous")
                await self._work.commit()
                raise WrongCredentials
            if self._passwords.outdated(user.password_hash):
                await self._users.set_password_hash(user.id, await self._passwords.hash(password))
            await self._backoff.succeeded(name_hash)
        return await self._start(user)

    async def refresh(self, token: str) -> SignedIn:
        """Exchanges a refresh token. One that was exchanged before has been stolen, from or by the one who presents it:
        the whole session ends (RFC 9700, section 4.14.2)."""
        now = utc_now()
        found = await self._sessions.find(refresh_token_hash(token))
        if found is None:
            raise RefreshRefused
        presented, session, user = found
        if presented.used_at is not None and session.revoked_at is None:
            self._revoke(session, now, "reuse")
            logger(__name__).warning("refresh_token_reused", family_id=session.id, user_id=user.id)
            raise RefreshRefused
        over = session.revoked_at is not None or min(session.expires_at, presented.expires_at) <= now
        if over or user.disabled:
            raise RefreshRefused
        presented.used_at = now
        return await self._continue(session, user.id, user.roles, now)

    async def sign_out(self, token: str) -> None:
        """Ends the session of the token, if there is one; says the same if not (RFC 7009, section 2.2)."""
        found = await self._sessions.find(refresh_token_hash(token))
        if found is not None and found[1].revoked_at is None:
            self._revoke(found[1], utc_now(), "sign-out")

    async def _start(self, user: User) -> SignedIn:
        now = utc_now()
        expires = now + timedelta(seconds=self._settings.session_seconds)
        session = Session(id=uuid7(), user_id=user.id, created_at=now, expires_at=expires)
        self._sessions.add(session)
        await self._sessions.flush()
        self._work.record("session.start", "session", session.id, actor=user.id)
        return await self._continue(session, user.id, user.roles, now)

    async def _continue(self, session: Session, user_id: UUID, roles: list[str], now: datetime) -> SignedIn:
        token, token_hash = new_refresh_token()
        expires = now + timedelta(seconds=self._settings.refresh_token_seconds)
        self._sessions.add(
            RefreshToken(token_hash=token_hash, session_id=session.id, issued_at=now, expires_at=expires)
        )
        access_token = await self._access_tokens.issue(user_id, roles, now)
        return SignedIn(access_token, token, self._access_tokens.scope(roles))

    def _revoke(self, session: Session, now: datetime, because: str) -> None:
        session.revoked_at, session.revoked_because = now, because

    async def _refuse_when_blocked(self, name_hash: bytes) -> None:
        until = await self._backoff.blocked_until(name_hash)
        if until is None:
            return
        seconds = (until - utc_now()).total_seconds()
        if seconds > 0:
            raise TooManyRequests("Too many wrong passwords for this account.", retry_after=math.ceil(seconds))

    async def _count_failure(self, name_hash: bytes) -> None:
        """Doubles the pause with each failure after the free ones, up to a bound: guessing is slow, no one shut out."""
        now = utc_now()
        forget = timedelta(seconds=self._settings.forget_failures_seconds)
        excess = await self._backoff.failed(name_hash, now, forget) - self._settings.free_failures
        if excess >= 0:
            pause = min(2.0 ** min(excess, 10), self._settings.longest_backoff_seconds)
            await self._backoff.block(name_hash, now + timedelta(seconds=pause))
