"""Queries to the services' databases, because the API would hide a duplicate."""

from __future__ import annotations

import asyncio
from typing import Any

from ops.databases import connect


def rows(service: str, query: str, *arguments: Any) -> list[dict[str, Any]]:
    """Returns the rows of a query to a service's database."""
    return asyncio.run(_rows(service, query, arguments))


async def _rows(service: str, query: str, arguments: tuple[Any, ...]) -> list[dict[str, Any]]:
    connection = await connect(service)
    try:
        return [dict(row) for row in await connection.fetch(query, *arguments)]
    finally:
        await connection.close()


def counts(service: str, query: str, *arguments: Any) -> dict[str, int]:
    """Returns the counts in the second column by the values of the first."""
    return {str(key): int(number) for key, number in (row.values() for row in rows(service, query, *arguments))}


def unpublished(service: str) -> int:
    """Returns the number of events that the service has not published yet."""
    found = rows(service, "SELECT count(*) FROM outbox WHERE published_at IS NULL AND refused IS NULL")
    return int(found[0]["count"])
