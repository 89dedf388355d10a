"""What the services' databases have written."""

import asyncio
from dataclasses import dataclass
from typing import Any

from ops.databases import connect

STATISTICS_SECONDS = 11.0
"""A connection that has become idle reports the rows that it wrote within ten seconds."""

_QUERY = """
SELECT tup_inserted + tup_updated + tup_deleted AS rows,
       pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint AS wal
FROM pg_stat_database WHERE datname = current_database()
"""


@dataclass(frozen=True)
class Writes:
    """Rows inserted, updated and deleted, and bytes of write-ahead log."""

    rows: int = 0
    wal: int = 0

    def __add__(self, other: "Writes") -> "Writes":
        return Writes(self.rows + other.rows, self.wal + other.wal)

    def __sub__(self, other: "Writes") -> "Writes":
        return Writes(self.rows - other.rows, self.wal - other.wal)


class Databases:
    """Connections to the databases of all services."""

    def __init__(self, connections: dict[str, Any]) -> None:
        self._connections = connections

    @classmethod
    async def of(cls, services: set[str]) -> "Databases":
        """Connects to the databases of these services. Raises asyncpg's errors."""
        names = sorted(services)
        return cls(dict(zip(names, await asyncio.gather(*map(connect, names)), strict=True)))

    async def writes(self) -> dict[str, Writes]:
        """Returns what each database has written since it was created."""
        rows = {name: await connection.fetchrow(_QUERY) for name, connection in self._connections.items()}
        return {name: Writes(row["rows"], row["wal"]) for name, row in rows.items()}

    async def ports(self) -> dict[str, int]:
        """Returns the port at which each database's server listens."""
        query = "SELECT current_setting('port')::int"
        return {name: await connection.fetchval(query) for name, connection in self._connections.items()}

    async def close(self) -> None:
        for connection in self._connections.values():
            await connection.close()
