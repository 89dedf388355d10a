"""What a consumer has already processed, stored in the same transaction as the effect."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common import tables


async def first_time(session: AsyncSession, consumer: str, event_id: UUID) -> bool:
    """Returns whether this consumer sees the event for the first time, and remembers it if this transaction commits.

    Of two concurrent deliveries the second waits for the transaction of the first, then finds its row.
    """
    statement = insert(tables.inbox).values(consumer=consumer, event_id=event_id).on_conflict_do_nothing()
    return bool((await session.execute(statement.returning(tables.inbox.c.event_id))).first())


async def is_newest(session: AsyncSession, consumer: str, topic: str, aggregate_id: str, version: int) -> bool:
    """Returns whether `version` is higher than any this consumer has seen of the aggregate, and remembers it."""
    table = tables.aggregate_version
    fresh = insert(table).values(consumer=consumer, topic=topic, aggregate_id=aggregate_id, version=version)
    upsert = fresh.on_conflict_do_update(
        index_elements=[table.c.consumer, table.c.topic, table.c.aggregate_id],
        set_={"version": fresh.excluded.version},
        where=table.c.version < fresh.excluded.version,
    )
    return bool((await session.execute(upsert.returning(table.c.version))).first())
