"""Idempotency-Key: a repeated POST has one effect and one response.

The response is stored in the same transaction as the effect, so neither exists without the other. An advisory lock
marks a key as in flight; it ends with the transaction, so a crash leaves nothing behind. Only successful responses are
stored: a rejected request changed nothing and is decided again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from fastapi import Request, Response

from services.common import tables
from services.common.errors import Conflict, Unprocessable
from services.common.unit_of_work import UnitOfWork

MAX_KEY_LENGTH = 255
_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))"
_STORED = (
    "SELECT body_hash, status, headers, body FROM idempotency_key WHERE principal = $1 AND route = $2 AND key = $3"
)
_KEPT_HEADERS = ("content-type", "location", "etag", "link", "cache-control")


class InFlight(Exception):
    """Another request with this key is in progress."""

    def problem(self) -> Conflict:
        """Returns the response for a client that has waited too long."""
        return Conflict(
            "request-in-flight",
            "A request with this Idempotency-Key is still in progress.",
            headers={"Retry-After": "1"},
        )


class Replay(Exception):
    """Carries the stored response past the handler."""

    def __init__(self, response: Response) -> None:
        super().__init__("replay")
        self.response = response


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer for a key. Once taken, it is held until the transaction ends."""

    uow: UnitOfWork
    principal: str
    route: str
    key: str
    body_hash: bytes

    async def take(self) -> None:
        """Claims the key until the transaction ends. Raises Replay, InFlight, or Unprocessable for a different request.

        It never waits for another transaction, so it may come before or after any other lock.
        """
        name = "\x1f".join((self.principal, self.route, self.key))
        (locked,) = await self.uow.fetch(_LOCK, name, transactional=True)
        if not locked[0]:
            raise InFlight
        # A separate statement: its snapshot is taken after the lock, so it sees what the previous holder committed.
        found = await self.uow.fetch(_STORED, self.principal, self.route, self.key)
        if not found:
            return
        (stored,) = found
        if stored["body_hash"] != self.body_hash:
            raise Unprocessable("idempotency-key-reused", "This Idempotency-Key was used for a different request.")
        headers = {**stored["headers"], "Idempotent-Replayed": "true"}
        raise Replay(Response(stored["body"], stored["status"], headers))

    def store(self, response: Response) -> None:
        """Stores the response in the transaction of the effect."""
        row = {
            "principal": self.principal,
            "route": self.route,
            "key": self.key,
            "body_hash": self.body_hash,
            "status": response.status_code,
            "headers": {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
            "body": bytes(response.body),
        }
        self.uow.add(tables.idempotency_key, row)


async def claim_of(request: Request, uow: UnitOfWork, principal: str, route: str, key: str) -> Claim:
    """Returns the claim for a key and the body of the request. It is not taken yet."""
    digest = hashlib.sha256(
        request.url.path.encode() + b"\0" + request.url.query.encode() + b"\0" + await request.body()
    )
    return Claim(uow, principal, route, key, digest.digest())
