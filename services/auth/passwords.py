"""Password hashes (argon2id), computed in threads and only a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import argon2

from services.auth.config import AuthSettings
from services.auth.hashing_queue import HashingQueue, Turn
from services.auth.password_rules import normalised

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a password is right. `new_hash` replaces the stored hash, if that was made in another way than today."""

    matches: bool
    new_hash: str | None = None


class PasswordHasher:
    """Hashes and verifies passwords.

    A hash takes tens of milliseconds and 19 MiB. It is computed in a thread, so that the event loop stays free. A fixed
    number of slots bounds the memory: when many people sign in at once, they wait. The caller holds no database
    connection meanwhile (`UnitOfWork.release`): those who wait for a slot and those who wait for a connection must not
    wait for each other.
    """

    def __init__(self, settings: AuthSettings) -> None:
        self._hasher = argon2.PasswordHasher(
            time_cost=settings.argon2_passes, memory_cost=settings.argon2_memory_kib, parallelism=1
        )
        self._queue = HashingQueue(settings.hashing_slots, settings.hashing_queue, settings.hashing_wait_seconds)
        # A pool of its own: a request that ends while its hash is computed gives up the slot, but not the thread.
        self._threads = ThreadPoolExecutor(settings.hashing_slots, thread_name_prefix="argon2")
        # Passwords of unknown users are verified against it, so that the response takes as long as for known users.
        self._dummy = self._hasher.hash("no account has this password")

    async def hash(self, turn: Turn, password: str) -> str:
        """Returns the hash of a password. Raises Unavailable when too many others are waiting."""
        async with self._queue.slot(turn):
            return await self._run(self._hasher.hash, normalised(password))

    async def verify(self, turn: Turn, password_hash: str | None, password: str) -> Verification:
        """Returns whether the password is right. Raises Unavailable when too many others are waiting.

        Without a hash no password is right, and the answer takes the same time. Hashes that were made before passwords
        were normalised are of the password as it was typed.
        """
        async with self._queue.slot(turn):
            stored, form = password_hash or self._dummy, normalised(password)
            current = await self._run(self._matches, stored, form)
            matches = current or (form != password and await self._run(self._matches, stored, password))
            if not matches or password_hash is None:
                return Verification(False)
            if current and not self._hasher.check_needs_rehash(password_hash):
                return Verification(True)
            return Verification(True, await self._run(self._hasher.hash, form))

    async def _run(self, function: Callable[..., T], *arguments: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False
