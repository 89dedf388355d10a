"""Password hashes: argon2id, in threads, few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import argon2

from services.auth.config import AuthSettings
from services.common.errors import Unavailable


class Passwords:
    """Hashing takes tens of milliseconds and 19 MiB each: done in threads so that the event loop goes on, and through
    a fixed number of slots so that a flood of logins costs time instead of memory."""

    def __init__(self, settings: AuthSettings) -> None:
        self._hasher = argon2.PasswordHasher(
            time_cost=settings.argon2_passes, memory_cost=settings.argon2_memory_kib, parallelism=1
        )
        self._slots = asyncio.Semaphore(settings.hashing_slots)
        self._queue = settings.hashing_queue
        self._waiting = 0
        # Verified against when there is no such user, so that both cases take as long.
        self._dummy = self._hasher.hash("no account has this password")

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """The right to hash. Raises Unavailable when too many wait already."""
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
        """In a slot."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """In a slot. Without a hash it takes as long and is never right."""
        right = await asyncio.to_thread(self._matches, password_hash or self._dummy, password)
        return right and password_hash is not None

    def outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False
