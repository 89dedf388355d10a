"""What the databases say afterwards, counted in SQL: the API would hide a duplicate."""

from __future__ import annotations

import asyncio
from typing import Any

from ops.databases import connect


def rows(service: str, query: str, *arguments: Any) -> list[dict[str, Any]]:
    """Reads a service's database from this machine."""
    return asyncio.run(_rows(service, query, arguments))


async def _rows(service: str, query: str, arguments: tuple[Any, ...]) -> list[dict[str, Any]]:
    connection = await connect(service)
    try:
        return [dict(row) for row in await connection.fetch(query, *arguments)]
    finally:
        await connection.close()


def counts(service: str, query: str, *arguments: Any) -> dict[str, int]:
    """The first column's values with the second column, a count."""
    return {str(key): int(number) for key, number in (row.values() for row in rows(service, query, *arguments))}


def unpublished(service: str) -> int:
    """Events that the service has not brought to the broker yet."""
    found = rows(service, "SELECT count(*) FROM outbox WHERE published_at IS NULL AND refused IS NULL")
    return int(found[0]["count"])
