"""The use cases of sessions: sign in, refresh, sign out."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from services.auth.config import AuthSettings
from services.auth.entity import IssuedTokens, RefreshToken, Session, User
from services.auth.passwords import PasswordHasher
from services.auth.repository.accounts import UserRepository
from services.auth.repository.password_resets import PasswordResetRepository
from services.auth.repository.sessions import SessionRepository
from services.auth.service.login_backoff import Attempt, LoginBackoff
from services.auth.tokens import AccessTokenIssuer, new_refresh_token, refresh_token_hash
from services.common.clock import utc_now
from services.common.errors import Unauthorized, Unavailable
from services.common.identifiers import uuid7
from services.common.logs import logger
from services.common.unit_of_work import UnitOfWork

RESOURCE = "session"
KEEP_EXPIRED_SESSIONS = timedelta(days=7)


class WrongCredentials(Unauthorized):
    """The response for an unknown user, a wrong password and a disabled account. The failure is counted."""

    keeps_changes = True

    def __init__(self) -> None:
        super().__init__(None, "The username or the password is wrong.")


class InvalidRefreshToken(Unauthorized):
    """The response for every invalid refresh token. If the session was revoked because of it, it stays revoked."""

    keeps_changes = True

    def __init__(self) -> None:
        super().__init__("invalid_grant", "The refresh token is not valid.")


class SessionService:
    """Sessions, in one transaction. A session begins with a sign-in; each of its refresh tokens is exchanged once.

    There is no principal: the caller is whoever presents the password or the refresh token.
    """

    def __init__(
        self,
        uow: UnitOfWork,
        settings: AuthSettings,
        users: UserRepository,
        sessions: SessionRepository,
        resets: PasswordResetRepository,
        backoff: LoginBackoff,
        passwords: PasswordHasher,
        access_tokens: AccessTokenIssuer,
    ) -> None:
        self._uow = uow
        self._settings = settings
        self._users = users
        self._sessions = sessions
        self._resets = resets
        self._backoff = backoff
        self._passwords = passwords
        self._access_tokens = access_tokens

    async def sign_in(self, username: str, password: str, address: str) -> IssuedTokens:
        """Verifies the password and starts a session. Raises WrongCredentials, TooManyRequests and Unavailable.

        No connection is held while the request waits for its turn, while the password is verified and while the token
        is signed. So the back-off is checked twice: before, to refuse a guess without the cost of a hash, and
        afterwards with a lock, so that of many simultaneous guesses only the free ones are answered. The account is
        read again with a lock too, because it may have been disabled meanwhile.
        """
        attempt = await self._backoff.begin(username, address)
        user = await self._users.get_by_username(username)
        await self._uow.release()
        verified = await self._passwords.verify(attempt.turn, user.password_hash if user else None, password)
        if user is None or not verified.matches or user.disabled:
            raise await self._denied(attempt, user)
        now = utc_now()
        session_id = uuid7()
        access_token = await self._access_tokens.issue(user.id, session_id, user.roles, now)
        account = await self._users.get_for_share(user.id)
        if account is None or account.disabled:
            raise await self._denied(attempt, user)
        await self._backoff.succeed(attempt)
        if account.roles != user.roles or account.password_hash != user.password_hash:
            raise Unavailable("The account has just been changed.", retry_after=1)
        if verified.new_hash is not None:
            await self._users.set_password_hash(user.id, verified.new_hash)
        session = self._start(session_id, user.id, now)
        return self._issue(session, access_token, user.roles, now)

    async def refresh(self, refresh_token: str) -> IssuedTokens:
        """Exchanges a refresh token for new tokens. Raises InvalidRefreshToken.

        A token that was exchanged before has been stolen, so the whole session is revoked: the thief may be the one who
        presents it now or the one who presented it first (RFC 9700, section 4.14.2).
        """
        now = utc_now()
        presented = await self._sessions.get_for_update(refresh_token_hash(refresh_token))
        if presented is None:
            raise InvalidRefreshToken
        token, session, user = presented.token, presented.session, presented.user
        if token.used_at is not None and session.revoked_at is None:
            self._revoke(session, now, "reuse")
            logger(__name__).warning("refresh_token_reused", family_id=session.id, user_id=user.id)
            raise InvalidRefreshToken
        ended = session.revoked_at is not None or min(session.expires_at, token.expires_at) <= now
        if ended or user.disabled:
            raise InvalidRefreshToken
        token.used_at = now
        self._sessions.change_token(token)
        access_token = await self._access_tokens.issue(user.id, session.id, user.roles, now)
        return self._issue(session, access_token, user.roles, now)

    async def sign_out(self, refresh_token: str) -> None:
        """Revokes the session of the token. An unknown token is no error (RFC 7009, section 2.2)."""
        presented = await self._sessions.get_for_update(refresh_token_hash(refresh_token))
        if presented is not None and presented.session.revoked_at is None:
            self._revoke(presented.session, utc_now(), "sign-out")

    async def delete_old(self) -> None:
        """Deletes sessions that expired a week ago, expired codes, and what the back-off does not need any more."""
        now = utc_now()
        await self._sessions.delete_expired(now - KEEP_EXPIRED_SESSIONS)
        await self._resets.delete_expired(now)
        await self._backoff.delete_old()

    async def _denied(self, attempt: Attempt, user: User | None) -> WrongCredentials:
        """Counts and records a failure. Returns the error for it. Raises TooManyRequests after too many others."""
        await self._backoff.fail(attempt)
        self._uow.record("session.start", "user", user.id if user else None, outcome="denied", actor="anonymous")
        return WrongCredentials()

    def _start(self, id: UUID, user_id: UUID, now: datetime) -> Session:
        expires_at = now + timedelta(seconds=self._settings.session_seconds)
        session = Session(id=id, user_id=user_id, created_at=now, expires_at=expires_at)
        self._sessions.add(session)
        self._uow.record("session.start", RESOURCE, session.id, actor=user_id)
        return session

    def _issue(self, session: Session, access_token: str, roles: list[str], now: datetime) -> IssuedTokens:
        """Returns the access token and a new refresh token."""
        refresh_token, token_hash = new_refresh_token()
        expires_at = now + timedelta(seconds=self._settings.refresh_token_seconds)
        self._sessions.add_token(
            RefreshToken(token_hash=token_hash, session_id=session.id, issued_at=now, expires_at=expires_at)
        )
        return IssuedTokens(
            access_token=access_token,
            refresh_token=refresh_token,
            scope=self._access_tokens.scope(roles),
            expires_in=self._settings.access_token_seconds,
        )

    def _revoke(self, session: Session, now: datetime, because: str) -> None:
        session.revoked_at, session.revoked_because = now, because
        self._sessions.change(session)
