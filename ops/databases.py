"""Connections to the services' databases, with the credentials that the services have."""

import asyncio
from typing import Any

from ops import aws, settings

_TIMEOUT_SECONDS = 10


async def connect(service: str) -> Any:
    """Returns an asyncpg connection to a service's database. Raises asyncpg's errors."""
    import asyncpg

    secret = await asyncio.to_thread(aws.secret, f"{settings.PREFIX}/{service}/database")
    return await asyncpg.connect(
        host=secret["host"],
        port=int(secret["port"]),
        user=secret["username"],
        password=secret["password"],
        database=secret["dbname"],
        timeout=_TIMEOUT_SECONDS,
    )
