"""The login back-off: after too many wrong passwords, attempts with a username are refused for a while."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.auth.config import AuthSettings
from services.auth.entity import AttemptKey
from services.auth.hashing_queue import Lane, Turn
from services.auth.repository.login_attempts import LoginAttemptsRepository
from services.common.clock import utc_now
from services.common.errors import TooManyRequests

KEEP_FAILURES = timedelta(days=1)
KEEP_KNOWN_ADDRESSES = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A login with one username from one address. `known` is whether this user has signed in from there before."""

    username: str
    address: str
    known: bool

    @property
    def here(self) -> AttemptKey:
        """Counts the failures with this username from this address."""
        return AttemptKey.of(self.username, self.address)

    @property
    def anywhere(self) -> AttemptKey:
        """Counts the failures with this username from all addresses that are not known."""
        return AttemptKey.of(self.username)

    @property
    def turn(self) -> Turn:
        """The place of its hash. Somebody who guesses from an unknown address does not share the user's turns."""
        return Turn(Lane.KNOWN_SIGN_IN, self.username.lower()) if self.known else Turn(Lane.SIGN_IN, self.address)


class LoginBackoff:
    """Counts failures for each username, whether there is such an account or not, and for each address.

    Somebody who guesses is slowed down where they are, and the owner is not. Somebody who guesses from many addresses
    meets a much higher limit for the username, which does not apply to addresses from which the user has signed in.
    Each failure above a limit doubles the pause, up to a minute. Nobody is locked out for good.
    """

    def __init__(self, settings: AuthSettings, attempts: LoginAttemptsRepository) -> None:
        self._settings = settings
        self._attempts = attempts

    async def begin(self, username: str, address: str) -> Attempt:
        """Returns the attempt. Raises TooManyRequests while attempts are blocked."""
        here, anywhere = await self._attempts.get(AttemptKey.of(username, address))
        known = here.signed_in_at is not None and here.signed_in_at > utc_now() - KEEP_KNOWN_ADDRESSES
        _refuse_until(here.blocked_until)
        if not known:
            _refuse_until(anywhere.blocked_until)
        return Attempt(username, address, known)

    async def fail(self, attempt: Attempt) -> None:
        """Counts a failure. Raises TooManyRequests instead when others have failed meanwhile."""
        await self._count(attempt.here, self._settings.free_failures)
        if not attempt.known:
            await self._count(attempt.anywhere, self._settings.free_account_failures)

    async def succeed(self, attempt: Attempt) -> None:
        """Makes the address a known one. Raises TooManyRequests instead when others have failed meanwhile.

        Failures from other addresses stay counted.
        """
        if not await self._attempts.count_success(attempt.here, utc_now()):
            _refuse_until(await self._attempts.lock(attempt.here))
        if not attempt.known:
            _refuse_until(await self._attempts.lock(attempt.anywhere))

    async def forgive(self, username: str) -> None:
        """Forgets all failures with this username, and ends its pauses: the owner has proved to be the owner."""
        await self._attempts.forgive(AttemptKey.of(username))

    async def delete_old(self) -> None:
        """Deletes failures that are older than a day, and addresses that were not used for 30 days."""
        now = utc_now()
        await self._attempts.delete_old(now - KEEP_FAILURES, now - KEEP_KNOWN_ADDRESSES)

    async def _count(self, key: AttemptKey, free: int) -> None:
        now = utc_now()
        forget_after = timedelta(seconds=self._settings.forget_failures_seconds)
        failures = await self._attempts.count_failure(key, now, forget_after)
        if failures is None:
            _refuse_until(await self._attempts.lock(key))
        elif failures >= free:
            seconds = min(2.0 ** min(failures - free, 10), self._settings.longest_backoff_seconds)
            await self._attempts.block(key, now + timedelta(seconds=seconds))


def _refuse_until(until: datetime | None) -> None:
    seconds = (until - utc_now()).total_seconds() if until else 0
    if seconds > 0:
        raise TooManyRequests("Too many attempts with this username.", retry_after=math.ceil(seconds))
