"""The public keys that access tokens are signed with."""

from __future__ import annotations

import asyncio
import json
import random
import time
import urllib.request
from collections.abc import Mapping
from typing import Any, Protocol

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from services.common.errors import Unavailable
from services.common.logs import describe, logger

FETCH_SECONDS = 3.0
START_SECONDS = 20.0
MAX_BYTES = 65_536


class KeySource(Protocol):
    """Where verification keys come from: the issuer's key set, or KMS in the issuer itself."""

    async def get(self, key_id: str) -> RSAPublicKey | None:
        """The key, or None when the issuer has none of that id. Raises Unavailable when that cannot be known."""
        ...

    async def warm_up(self) -> None:
        """Has the keys ready before the first request, if they can be had."""
        ...


class KeySet:
    """An issuer's JSON Web Key Set (RFC 7517), cached.

    It is asked again when a key is unknown, but at most once a cooldown, so a flood of invented key ids costs the
    issuer one request; and when the copy is old, so that a retired key stops being accepted.
    """

    def __init__(self, url: str, *, cooldown: float = 30.0, max_age: float = 300.0) -> None:
        self._url = url
        self._cooldown, self._max_age = cooldown, max_age
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._tried_at = self._loaded_at = float("-inf")
        self._lock = asyncio.Lock()

    async def get(self, key_id: str) -> RSAPublicKey | None:
        """The cached key; fetches when it is unknown or the cache is old."""
        if self._due(key_id):
            async with self._lock:
                if self._due(key_id):  # somebody else fetched while we waited
                    await self._fetch()
        if not self._loaded:
            raise Unavailable("The token issuer's keys cannot be had.")
        return self._keys.get(key_id)

    async def warm_up(self) -> None:
        """Waits for the issuer, because a service without keys refuses every request; then starts without them."""
        deadline, delay = time.monotonic() + START_SECONDS, 0.1
        while not self._loaded and time.monotonic() < deadline:
            async with self._lock:
                await self._fetch()
            if not self._loaded:
                await asyncio.sleep(delay * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
                delay = min(delay * 2, 2.0)

    @property
    def _loaded(self) -> bool:
        return self._loaded_at != float("-inf")

    def _due(self, key_id: str) -> bool:
        now = time.monotonic()
        # Before the first success a failed try may be repeated soon: the issuer may just be starting.
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
