"""The use cases of somebody who is signed in: a new password, and the end of all sessions."""

from __future__ import annotations

from services.auth.entity import User
from services.auth.passwords import PasswordHasher
from services.auth.repository.accounts import UserRepository
from services.auth.repository.password_resets import PasswordResetRepository
from services.auth.repository.sessions import SessionRepository
from services.auth.service.login_backoff import LoginBackoff
from services.auth.service.refusals import no_account, refuse_weak
from services.common.clock import utc_now
from services.common.errors import Forbidden, Unavailable
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork

RESOURCE = "user"


class WrongPassword(Forbidden):
    """The present password is not the one that was given. The failure is counted."""

    keeps_changes = True

    def __init__(self) -> None:
        super().__init__("wrong-password", "The present password is wrong.")


class PasswordService:
    """The caller's own password and sessions, in one transaction."""

    def __init__(
        self,
        principal: Principal,
        uow: UnitOfWork,
        users: UserRepository,
        sessions: SessionRepository,
        resets: PasswordResetRepository,
        backoff: LoginBackoff,
        passwords: PasswordHasher,
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._users = users
        self._sessions = sessions
        self._resets = resets
        self._backoff = backoff
        self._passwords = passwords

    async def change(self, present: str, new: str, address: str) -> None:
        """Replaces the password. All other sessions end, and a code that was sent is void.

        Raises WrongPassword, Unprocessable and Unauthorized.

        Wrong passwords count as those of a sign-in do (TooManyRequests): an access token that was stolen is no place to
        guess. As in a sign-in, no connection is held while the hashes are computed, so the account is read twice.
        """
        user = await self._present_user()
        attempt = await self._backoff.begin(user.username, address)
        refuse_weak(
            new, username=user.username, email=user.email, full_name=user.full_name, pointer="/body/new_password"
        )
        await self._uow.release()
        if not (await self._passwords.verify(attempt.turn, user.password_hash, present)).matches:
            await self._backoff.fail(attempt)
            self._uow.record("password.change", RESOURCE, user.id, outcome="denied")
            raise WrongPassword
        new_hash = await self._passwords.hash(attempt.turn, new)
        account = await self._users.get_for_update(user.id)
        if account is None or account.disabled:
            raise no_account()
        if account.password_hash != user.password_hash:
            raise Unavailable("The account has just been changed.", retry_after=1)
        await self._backoff.succeed(attempt)
        await self._users.set_password_hash(user.id, new_hash)
        await self._resets.delete(user.id)
        await self._sessions.revoke_all(user.id, utc_now(), "password-changed", keep=self._principal.session_id)
        self._uow.record("password.change", RESOURCE, user.id)

    async def sign_out_everywhere(self, *, keep_present: bool) -> None:
        """Ends all sessions of the caller, or all but the present one. Raises Unauthorized when that has ended."""
        user = await self._present_user()
        kept = self._principal.session_id if keep_present else None
        await self._sessions.revoke_all(user.id, utc_now(), "sign-out-everywhere", keep=kept)
        self._uow.record("session.end-all", RESOURCE, user.id)

    async def _present_user(self) -> User:
        user = await self._users.get_signed_in(self._principal.subject, self._principal.session_id)
        if user is None or user.disabled:
            raise no_account()
        return user
