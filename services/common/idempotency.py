"""Idempotency-Key: a repeated POST has one effect and one response.

The response is stored in the same transaction as the effect, so neither exists without the other. An advisory lock
marks a key as in flight; it ends with the transaction, so a crash leaves nothing behind. Only successful responses are
stored: a rejected request changed nothing and is decided again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common import tables
from services.common.errors import Conflict, Unprocessable

MAX_KEY_LENGTH = 255
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

    session: AsyncSession
    principal: str
    route: str
    key: str
    body_hash: bytes

    async def take(self) -> None:
        """Claims the key until the transaction ends. Raises Replay, InFlight, or Unprocessable for a different request.

        It never waits for another transaction, so it may come before or after any other lock.
        """
        lock = func.hashtextextended("\x1f".join((self.principal, self.route, self.key)), 0)
        if not await self.session.scalar(select(func.pg_try_advisory_xact_lock(lock))):
            raise InFlight
        # A separate statement: its snapshot is taken after the lock, so it sees what the previous holder committed.
        stored: Any = (await self.session.execute(_stored(self))).first()
        if stored is None:
            return
        if stored.body_hash != self.body_hash:
            raise Unprocessable("idempotency-key-reused", "This Idempotency-Key was used for a different request.")
        raise Replay(Response(stored.body, stored.status, {**stored.headers, "Idempotent-Replayed": "true"}))

    async def store(self, response: Response) -> None:
        """Stores the response in the transaction of the effect."""
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        await self.session.execute(
            insert(tables.idempotency_key).values(
                principal=self.principal,
                route=self.route,
                key=self.key,
                body_hash=self.body_hash,
                status=response.status_code,
                headers=headers,
                body=bytes(response.body),
            )
        )


async def claim_of(request: Request, session: AsyncSession, principal: str, route: str, key: str) -> Claim:
    """Returns the claim for a key and the body of the request. It is not taken yet."""
    digest = hashlib.sha256(
        request.url.path.encode() + b"\0" + request.url.query.encode() + b"\0" + await request.body()
    )
    return Claim(session, principal, route, key, digest.digest())


def _stored(claim: Claim) -> Any:
    table = tables.idempotency_key
    return select(table.c.body_hash, table.c.status, table.c.headers, table.c.body).where(
        table.c.principal == claim.principal, table.c.route == claim.route, table.c.key == claim.key
    )
