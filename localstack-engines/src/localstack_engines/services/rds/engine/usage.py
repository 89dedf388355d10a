"""What a server's databases use."""

from dataclasses import dataclass

QUERY = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),
       (SELECT coalesce(sum(pg_database_size(oid)), 0) FROM pg_database)
"""


@dataclass(frozen=True)
class DatabaseUsage:
    """The number of clients' connections, and the size of all databases in bytes."""

    connections: int
    bytes: int

    @classmethod
    def parse(cls, row: str) -> "DatabaseUsage":
        """Reads the row that psql prints for `QUERY`."""
        connections, size = row.strip().split("|")
        return cls(int(connections), int(size))
