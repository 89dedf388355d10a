"""The public keys that verify access tokens."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from collections.abc import Mapping
from typing import Any, Protocol

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from services.common.backoff import Backoff
from services.common.errors import Unavailable
from services.common.logs import describe, logger

FETCH_SECONDS = 3.0
START_SECONDS = 20.0
MAX_BYTES = 65_536


class KeySource(Protocol):
    """The source of verification keys: the issuer's key set, or KMS in the issuer itself."""

    async def get(self, key_id: str) -> RSAPublicKey | None:
        """Returns the key, or None when the issuer has no such key. Raises Unavailable when it cannot tell."""
        ...

    async def warm_up(self) -> None:
        """Tries to load the keys before the first request."""
        ...


class KeySet:
    """Caches an issuer's JSON Web Key Set (RFC 7517).

    An unknown key id makes it fetch the set again, but only once in `cooldown` seconds, so that a flood of invented ids
    costs the issuer one request. A copy older than `max_age` seconds is fetched again, so that a retired key expires.
    """

    def __init__(self, url: str, *, cooldown: float = 30.0, max_age: float = 300.0) -> None:
        self._url = url
        self._cooldown, self._max_age = cooldown, max_age
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._tried_at = self._loaded_at = float("-inf")
        self._lock = asyncio.Lock()

    async def get(self, key_id: str) -> RSAPublicKey | None:
        """Returns the key; fetches the key set first if the key is unknown or the copy is old."""
        if self._due(key_id):
            async with self._lock:
                if self._due(key_id):  # another task may have fetched meanwhile
                    await self._fetch()
        if not self._loaded:
            raise Unavailable("The token issuer's keys are not available.")
        return self._keys.get(key_id)

    async def warm_up(self) -> None:
        """Waits for the issuer for a while, because a service without keys rejects every request."""
        deadline, backoff = time.monotonic() + START_SECONDS, Backoff(first=0.1, longest=2.0)
        while not self._loaded and time.monotonic() < deadline:
            async with self._lock:
                await self._fetch()
            if not self._loaded:
                await asyncio.sleep(backoff.next())

    @property
    def _loaded(self) -> bool:
        return self._loaded_at != float("-inf")

    def _due(self, key_id: str) -> bool:
        now = time.monotonic()
        # Before the first success it tries again soon, because the issuer may still be starting.
        cooldown = self._cooldown if self._loaded else 1.0
        if now - self._tried_at < cooldown:
            return False
        return key_id not in self._keys or now - self._loaded_at > self._max_age

    async def _fetch(self) -> None:
        self._tried_at = time.monotonic()
        try:
            document = await asyncio.to_thread(_download, self._url)
            self._keys = _signing_keys(document)
            self._loaded_at = time.monotonic()
        except (OSError, ValueError, TypeError, KeyError, jwt.PyJWTError) as error:
            logger(__name__).warning("key_set_unavailable", url=self._url, **describe(error))


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
