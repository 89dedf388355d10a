"""The use cases of a forgotten password: a code that is sent by e-mail, and the new password that it allows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from services.auth import mapper
from services.auth.config import AuthSettings
from services.auth.entity import PasswordReset, User
from services.auth.hashing_queue import Lane, Turn
from services.auth.passwords import PasswordHasher
from services.auth.repository.accounts import UserRepository
from services.auth.repository.password_resets import PasswordResetRepository
from services.auth.repository.sessions import SessionRepository
from services.auth.reset_codes import code_hash, new_code
from services.auth.service.login_backoff import LoginBackoff
from services.auth.service.refusals import refuse_weak
from services.common.aws import AwsError
from services.common.clock import utc_now
from services.common.errors import Conflict, Unavailable, Unprocessable
from services.common.sealed_secrets import SecretSealer
from services.common.unit_of_work import UnitOfWork
from services.contracts.events import sealing_context

RESOURCE = "user"
# A username cannot begin with NUL, so these are counted apart from logins.
_REQUESTS, _GUESSES = "\0reset:", "\0code:"


class InvalidCode(Unprocessable):
    """The response for every code that is not valid, and for accounts without one. The failure is counted."""

    keeps_changes = True

    def __init__(self) -> None:
        fault = {"pointer": "/body/code", "code": "invalid-code", "detail": "The code is not valid."}
        super().__init__("invalid-code", "The code is not valid. Ask for a new one.", errors=[fault])


@dataclass(frozen=True, slots=True)
class PasswordResetTools:
    """What a forgotten password needs beside the rows: hashes, encryption, and work after the response."""

    passwords: PasswordHasher
    sealer: SecretSealer
    send_later: Callable[[str], Awaitable[None]]
    """Calls `send` in a transaction of its own. It must not raise."""


class PasswordResetService:
    """Forgotten passwords, in one transaction.

    There is no principal: the caller is whoever reads the e-mails of the account's owner.
    """

    def __init__(
        self,
        uow: UnitOfWork,
        settings: AuthSettings,
        users: UserRepository,
        sessions: SessionRepository,
        resets: PasswordResetRepository,
        backoff: LoginBackoff,
        tools: PasswordResetTools,
    ) -> None:
        self._uow = uow
        self._settings = settings
        self._users = users
        self._sessions = sessions
        self._resets = resets
        self._backoff = backoff
        self._tools = tools

    async def request(self, account: str, address: str) -> None:
        """Has a code sent to the account with this username or e-mail address. Raises TooManyRequests.

        Each request counts as a failed login does. Whether there is such an account is looked up after the response,
        so neither the answer nor its time depends on it.
        """
        await self._backoff.fail(await self._backoff.begin(_REQUESTS + account, address))
        self._uow.after_commit(partial(self._tools.send_later, account))

    async def send(self, account: str) -> None:
        """Makes codes for the accounts that are meant, and has them sent. Raises AwsError.

        Somebody who has got a code within the last minute gets no further one.
        """
        users = await self._resets.accounts(account)
        await self._uow.release()
        sealed = [(user, *await self._sealed_code(user)) for user in users]
        for user, hash, sealed_code in sealed:
            pause = timedelta(seconds=self._settings.reset_pause_seconds)
            if await self._begin(user, hash, sealed_code, pause):
                self._uow.record("password.request-reset", RESOURCE, user.id, actor="anonymous")

    async def send_for(self, id: UUID) -> None:
        """Has a code sent to the owner of an account, for an ADMIN. Raises NotFound, Conflict and Unavailable."""
        user = await self._users.get_for_share(id)
        if user is None:
            await self._uow.not_found("password.request-reset", RESOURCE)
        if user.disabled:
            raise Conflict("account-disabled", "The account is disabled.")
        try:
            hash, sealed_code = await self._sealed_code(user)
        except AwsError as error:
            raise Unavailable("The code cannot be encrypted at the moment.") from error
        await self._begin(user, hash, sealed_code, timedelta())
        self._uow.record("password.request-reset", RESOURCE, user.id)

    async def confirm(self, account: str, code: str, new_password: str, address: str) -> None:
        """Sets the password, ends all sessions and the pauses after failed logins. Raises InvalidCode and others.

        The code is used in the transaction that sets the password. Before, no connection is held while the hash is
        computed, and a password that is refused leaves the code valid.
        """
        attempt = await self._backoff.begin(_GUESSES + account, address)
        hash = code_hash(code)
        user = await self._resets.find(account, hash, utc_now())
        if user is None:
            await self._backoff.fail(attempt)
            self._uow.record("password.reset", RESOURCE, outcome="denied", actor="anonymous")
            raise InvalidCode
        refuse_weak(
            new_password,
            username=user.username,
            email=user.email,
            full_name=user.full_name,
            pointer="/body/new_password",
        )
        await self._uow.release()
        new_hash = await self._tools.passwords.hash(Turn(Lane.SIGN_IN, address), new_password)
        current = await self._users.get_for_update(user.id)
        now = utc_now()
        if current is None or current.disabled or not await self._resets.use(user.id, hash, now):
            raise InvalidCode
        await self._users.set_password_hash(user.id, new_hash)
        await self._backoff.forgive(user.username)
        await self._sessions.revoke_all(user.id, now, "password-reset")
        self._uow.record("password.reset", RESOURCE, user.id, actor=user.id)

    async def _sealed_code(self, user: User) -> tuple[bytes, str]:
        """Returns the hash of a new code, and the encrypted code. Nothing else keeps it."""
        code = new_code()
        return code_hash(code), await self._tools.sealer.seal(code, sealing_context(user.id))

    async def _begin(self, user: User, hash: bytes, sealed_code: str, pause: timedelta) -> bool:
        reset = self._reset(user, hash, utc_now())
        if not await self._resets.replace(reset, reset.requested_at - pause):
            return False
        self._uow.publish(mapper.password_reset_requested_event(user, reset, sealed_code))
        return True

    def _reset(self, user: User, hash: bytes, now: datetime) -> PasswordReset:
        expires_at = now + timedelta(seconds=self._settings.reset_code_seconds)
        return PasswordReset(user_id=user.id, code_hash=hash, requested_at=now, expires_at=expires_at)
