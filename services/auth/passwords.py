"""Password hashes (argon2id), computed in threads and only a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import argon2

from services.auth.config import AuthSettings
from services.common.errors import Unavailable


class PasswordHasher:
    """Hashes and verifies passwords.

    A hash takes tens of milliseconds and 19 MiB. It is computed in a thread, so that the event loop stays free. A fixed
    number of slots bounds the memory: when many people sign in at once, they wait.
    """

    def __init__(self, settings: AuthSettings) -> None:
        self._hasher = argon2.PasswordHasher(
            time_cost=settings.argon2_passes, memory_cost=settings.argon2_memory_kib, parallelism=1
        )
        self._slots = asyncio.Semaphore(settings.hashing_slots)
        self._queue = settings.hashing_queue
        self._waiting = 0
        # Passwords of unknown users are verified against it, so that the response takes as long as for known users.
        self._dummy = self._hasher.hash("no account has this password")

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Waits for a slot and holds it. Raises Unavailable when too many others are waiting."""
        if self._waiting >= self._queue:
            raise Unavailable("Too many people are signing in at this moment.", retry_after=1)
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()

    async def hash(self, password: str) -> str:
        """Returns the hash of a password. The caller holds a slot."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Returns whether the password is right. The caller holds a slot.

        Without a hash the result is False, after the same time.
        """
        matches = await asyncio.to_thread(self._matches, password_hash or self._dummy, password)
        return matches and password_hash is not None

    def needs_rehash(self, password_hash: str) -> bool:
        """Returns whether the hash was made with other parameters than the current ones."""
        return self._hasher.check_needs_rehash(password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False
