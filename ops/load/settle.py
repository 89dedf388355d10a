"""Waiting until what a measurement has set going is done, so that it does not disturb the next one."""

import asyncio
import time

from ops.databases import connect

_PATIENCE_SECONDS = 30.0
_QUIET_SECONDS = 1.0
_POLL_SECONDS = 0.25
_QUERY = "SELECT (SELECT count(*) FROM event_log), (SELECT count(*) FROM message WHERE status = 'PENDING')"


async def settle(services: set[str]) -> None:
    """Until no event has arrived for a second and every e-mail is sent; not for ever."""
    if "notification" not in services:
        return
    connection = await connect("notification")
    try:
        ends, quiet_since, seen = time.monotonic() + _PATIENCE_SECONDS, time.monotonic(), None
        while time.monotonic() < ends:
            now = tuple(await connection.fetchrow(_QUERY))
            if now != seen:
                seen, quiet_since = now, time.monotonic()
            elif time.monotonic() - quiet_since > _QUIET_SECONDS and now[1] == 0:
                return
            await asyncio.sleep(_POLL_SECONDS)
    finally:
        await connection.close()
