"""Anchors of the audit log: signed heads of the chain, kept in CloudWatch Logs.

Whoever owns the database can cut the chain off, or compute it anew, and it still agrees with itself. It then differs
from the anchors, which the database cannot reach. An anchor contains the hash of the one before, so that none of them
can be removed unnoticed either.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import text

from services.common.anchor_log import AnchorLog, Entry
from services.common.audit_chain import last_seal
from services.common.clock import utc_now
from services.common.database_locks import AUDIT_ANCHOR
from services.common.settings import ServiceSettings
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork

SETTLE_SECONDS = (1.0, 2.0, 4.0)
"""How long `check` waits for an anchor that was just written: CloudWatch Logs does not show it at once."""

OLDEST_UNANCHORED = Statement(
    text("""
    SELECT min(sealed_at) FROM public.audit_seal
    WHERE sequence > (SELECT coalesce(max(sequence), 0) FROM public.audit_anchor)""")
)
"""When the oldest seal was made that no anchor covers; None when the head is anchored."""

# The tables have their schema, because `check` runs in a transaction that `audit_chain.verify` has restricted.
_LAST = "SELECT number, sequence, anchored_at, digest FROM public.audit_anchor ORDER BY number DESC LIMIT 1"
_NEW = "INSERT INTO public.audit_anchor (number, sequence, anchored_at, digest) VALUES ($1, $2, $3, $4)"
# The transaction sees the seal of each anchor before this moment. It does not see that of an anchor after it.
_WRITTEN = """
    SELECT coalesce(max(number), 0), greatest(transaction_timestamp(), max(anchored_at) + interval '1 ms')
    FROM public.audit_anchor"""
_SEALS = "SELECT sequence, hash, records FROM public.audit_seal WHERE sequence = ANY($1::bigint[])"
_BARE = "SELECT min(sequence) FROM public.audit_seal WHERE sequence > $1 AND sealed_at < now() - $2::interval"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of a service's chain at a moment. `previous` is the digest of the anchor before, empty for the first."""

    number: int
    previous: str
    previous_at: str
    service: str
    database: str
    sequence: int
    hash: str
    records: int
    at: str

    def encode(self) -> bytes:
        """Returns the bytes that are signed."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, signed: bytes) -> Anchor:
        """Returns the anchor in `signed`. Raises ValueError or TypeError when it is none."""
        return cls(**json.loads(signed))


def digest(signed: bytes) -> bytes:
    """Returns the hash of an anchor, which the next one contains."""
    return hashlib.sha256(signed).digest()


async def anchor(uow: UnitOfWork, log: AnchorLog, settings: ServiceSettings) -> Anchor | None:
    """Anchors the head of the chain. Returns None when it is anchored, or when another process is doing it.

    The anchor is in the log before the transaction commits. If the commit fails, the next one has the same number and
    the same predecessor; `check` allows that, because both say the truth. Raises AwsError.
    """
    if not await uow.try_lock(AUDIT_ANCHOR):
        return None
    last = next(iter(await uow.fetch(_LAST)), None)
    head = await last_seal(uow)
    ((now,),) = await uow.fetch("SELECT statement_timestamp()")
    if head is None or (last and last["sequence"] >= head.sequence):
        return None
    if last and now - last["anchored_at"] < timedelta(seconds=settings.audit_anchor_seconds / 2):
        return None  # another process has just done it
    new = Anchor(
        number=last["number"] + 1 if last else 1,
        previous=last["digest"].hex() if last else "",
        previous_at=last["anchored_at"].isoformat() if last else "",
        service=settings.service_name,
        database=settings.database_name,
        sequence=head.sequence,
        hash=head.hash.hex(),
        records=head.records,
        at=now.isoformat(),
    )
    signed = new.encode()
    await log.append(signed, now)
    await uow.fetch(_NEW, new.number, new.sequence, now, digest(signed))
    return new


@dataclass(frozen=True, slots=True)
class Check:
    """The result of `check`. `fault` says what differs, and is None when the chain agrees with all of its anchors."""

    anchors: int
    last: Anchor | None
    fault: str | None


async def check(uow: UnitOfWork, log: AnchorLog, settings: ServiceSettings) -> Check:
    """Compares the chain with its anchors: finds what was cut off or computed anew, and removed or forged anchors.

    `audit_chain.verify` must have run in the same transaction. Raises AwsError.
    """
    key = await log.public_key()
    ((written, until),) = await uow.fetch(_WRITTEN)
    for pause in (*SETTLE_SECONDS, None):
        checker = _Checker(settings, key)
        async for page in log.pages(until):
            fault = checker.take(page) or await _differing(uow, checker.fresh)
            if fault:
                return Check(checker.count, checker.last, fault)
        number = checker.last.number if checker.last else 0
        if number >= written:
            return Check(checker.count, checker.last, await _late(uow, checker.last, settings))
        if pause is not None:
            await asyncio.sleep(pause)
    fault = f"the anchors after number {number} were removed, the last one was {written}"
    return Check(checker.count, checker.last, fault)


class _Checker:
    """Follows the chain of the anchors. `fresh` are those of the last page."""

    def __init__(self, settings: ServiceSettings, key: EllipticCurvePublicKey) -> None:
        self._settings, self._key = settings, key
        self._digests: dict[int, set[str]] = {}
        self.count = 0
        self.last: Anchor | None = None
        self.fresh: list[Anchor] = []

    def take(self, page: list[Entry]) -> str | None:
        """Returns what is wrong with the anchors of a page, or None."""
        self.fresh = []
        for entry in page:
            try:
                self._key.verify(entry.signature, entry.signed, ECDSA(SHA256()))
                found = Anchor.decode(entry.signed)
            except (InvalidSignature, ValueError, TypeError):
                return f"an anchor after number {self.last.number if self.last else 0} was forged"
            fault = self._fault(found)
            if fault:
                return fault
            self._digests.setdefault(found.number, set()).add(digest(entry.signed).hex())
            self._digests.pop(found.number - 2, None)
            self.fresh.append(found)
            self.last, self.count = found, self.count + 1
        return None

    def _fault(self, found: Anchor) -> str | None:
        if (found.service, found.database) != (self._settings.service_name, self._settings.database_name):
            return f"anchor {found.number} is of another database"
        if self.last is None:
            return (
                None if found.number == 1 or _has_expired(found, self._settings) else "the first anchors were removed"
            )
        if found.number not in (self.last.number, self.last.number + 1):
            return f"anchor {self.last.number + 1} was removed"
        before = self._digests.get(found.number - 1)
        if before is not None and found.previous not in before:
            return f"anchor {found.number} does not continue the one before"
        return None


def _has_expired(first: Anchor, settings: ServiceSettings) -> bool:
    """Returns whether the log no longer keeps the anchor before `first`, with a day to spare."""
    age = utc_now() - datetime.fromisoformat(first.previous_at)
    return age > timedelta(days=settings.audit_keep_days - 1)


async def _differing(uow: UnitOfWork, anchors: list[Anchor]) -> str | None:
    """Returns how the chain differs from the anchors, or None."""
    rows = await uow.fetch(_SEALS, [anchor.sequence for anchor in anchors])
    found = {row["sequence"]: row for row in rows}
    for anchor in anchors:
        seal = found.get(anchor.sequence)
        if seal is None:
            return f"the log was cut off: anchor {anchor.number} is of seal {anchor.sequence}, which is missing"
        if (seal["hash"].hex(), seal["records"]) != (anchor.hash, anchor.records):
            return f"the chain was computed anew: seal {anchor.sequence} differs from anchor {anchor.number}"
    return None


async def _late(uow: UnitOfWork, last: Anchor | None, settings: ServiceSettings) -> str | None:
    """Returns which seal should have had an anchor long ago, or None."""
    late = timedelta(seconds=10 * settings.audit_anchor_seconds)
    ((first,),) = await uow.fetch(_BARE, last.sequence if last else 0, late)
    return None if first is None else f"no anchor was written since seal {first}"
