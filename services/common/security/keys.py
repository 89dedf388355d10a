"""The public keys that verify access tokens."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from services.common.backoff import Backoff
from services.common.errors import Unavailable
from services.common.logs import describe, logger
from services.contracts.signing_keys import KEY_SET_MAX_AGE_SECONDS

FETCH_SECONDS = 3.0
START_SECONDS = 20.0
MAX_BYTES = 65_536


class KeySource(Protocol):
    """The source of verification keys: the keys in KMS, or a published key set."""

    async def get(self, key_id: str) -> RSAPublicKey | None:
        """Returns the key, or None when the issuer has no such key. Raises Unavailable when it cannot tell."""
        ...

    def knows(self, key_id: str) -> bool:
        """Returns whether the issuer has such a key, as far as it can be told without asking.

        It is False when the copy of the keys is too old to tell; then `get` asks. Who remembers that a token was
        verified has to call this each time, because no token may outlive its withdrawn key.
        """
        ...

    async def warm_up(self) -> None:
        """Tries to load the keys before the first request."""
        ...


class KeyCache(ABC):
    """Caches an issuer's keys. Subclasses say where they come from.

    An unknown key id makes it load the keys again, but only once in `cooldown` seconds, so that a flood of invented ids
    costs the issuer one request. A copy older than `max_age` seconds is loaded again, so that a withdrawn key expires.
    """

    def __init__(self, *, cooldown: float = 30.0, max_age: float = KEY_SET_MAX_AGE_SECONDS) -> None:
        self._cooldown, self._max_age = cooldown, max_age
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._tried_at = self._loaded_at = float("-inf")
        self._lock = asyncio.Lock()

    @abstractmethod
    async def _load(self) -> Mapping[str, RSAPublicKey]:
        """Returns the keys by key id. Logs a failure and raises Unavailable."""

    async def get(self, key_id: str) -> RSAPublicKey | None:
        """Returns the key; loads the keys first if the key is unknown or the copy is old."""
        if self._due(key_id):
            async with self._lock:
                if self._due(key_id):  # another task may have loaded them meanwhile
                    await self._refresh()
        if not self._loaded:
            raise Unavailable("The token issuer's keys are not available.")
        return self._keys.get(key_id)

    def knows(self, key_id: str) -> bool:
        """Returns whether the key is in a copy that is not too old."""
        return key_id in self._keys and not self._old

    async def warm_up(self) -> None:
        """Tries once to load the keys. While the issuer is away it does nothing."""
        async with self._lock:
            await self._refresh()

    @property
    def _loaded(self) -> bool:
        return self._loaded_at != float("-inf")

    @property
    def _old(self) -> bool:
        return time.monotonic() - self._loaded_at > self._max_age

    def _due(self, key_id: str) -> bool:
        # Before the first success it tries again soon, because the issuer may still be starting.
        cooldown = self._cooldown if self._loaded else 1.0
        if time.monotonic() - self._tried_at < cooldown:
            return False
        return not self.knows(key_id)

    async def _refresh(self) -> None:
        """Loads the keys, and keeps the former ones when that fails. The caller holds the lock."""
        self._tried_at = time.monotonic()
        with suppress(Unavailable):
            self._keys = await self._load()
            self._loaded_at = time.monotonic()


class KeySet(KeyCache):
    """The key set that an issuer publishes over HTTP (RFC 7517)."""

    def __init__(self, url: str, *, cooldown: float = 30.0, max_age: float = KEY_SET_MAX_AGE_SECONDS) -> None:
        super().__init__(cooldown=cooldown, max_age=max_age)
        self._url = url

    async def warm_up(self) -> None:
        """Waits for the issuer for a while, because a service without keys rejects every request."""
        deadline, backoff = time.monotonic() + START_SECONDS, Backoff(first=0.1, longest=2.0)
        while not self._loaded and time.monotonic() < deadline:
            await super().warm_up()
            if not self._loaded:
                await asyncio.sleep(backoff.next())

    async def _load(self) -> Mapping[str, RSAPublicKey]:
        try:
            return _signing_keys(await asyncio.to_thread(_download, self._url))
        except (OSError, ValueError, TypeError, KeyError, jwt.PyJWTError) as error:
            logger(__name__).warning("key_set_unavailable", url=self._url, **describe(error))
            raise Unavailable("The token issuer's keys are not available.") from error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _download(url: str) -> Any:
    opener = urllib.request.build_opener(_NoRedirects)
    with opener.open(url, timeout=FETCH_SECONDS) as response:
        return json.loads(response.read(MAX_BYTES))


def _signing_keys(document: Any) -> dict[str, RSAPublicKey]:
    keys: dict[str, RSAPublicKey] = {}
    for entry in document["keys"]:
        if entry.get("kty") == "RSA" and entry.get("use", "sig") == "sig" and entry.get("alg", "RS256") == "RS256":
            key = jwt.PyJWK(entry, "RS256").key
            keys[str(entry["kid"])] = key
    return keys
