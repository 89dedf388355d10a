"""What a consumer has already processed, stored in the same transaction as the effect."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.common.unit_of_work import UnitOfWork

_SEEN = """
    INSERT INTO inbox (consumer, event_id) SELECT $1, unnest($2::uuid[])
    ON CONFLICT DO NOTHING RETURNING event_id"""
_NEWER = """
    INSERT INTO aggregate_version AS known (consumer, topic, aggregate_id, version) VALUES ($1, $2, $3, $4)
    ON CONFLICT (consumer, topic, aggregate_id) DO UPDATE SET version = excluded.version
    WHERE known.version < excluded.version RETURNING version"""


async def first_times(uow: UnitOfWork, consumer: str, event_ids: Sequence[UUID]) -> set[UUID]:
    """Returns those of the events that this consumer sees for the first time; remembers them if this commits.

    Of two concurrent deliveries the second waits for the transaction of the first, then finds its row.
    """
    return {row["event_id"] for row in await uow.fetch(_SEEN, consumer, event_ids, transactional=True)}


async def is_newest(uow: UnitOfWork, consumer: str, topic: str, aggregate_id: str, version: int) -> bool:
    """Returns whether `version` is higher than any this consumer has seen of the aggregate, and remembers it."""
    return bool(await uow.fetch(_NEWER, consumer, topic, aggregate_id, version, transactional=True))
