"""Waits until the events of one measurement are processed, so that they do not disturb the next one."""

import asyncio
import time

from ops.databases import connect

_LIMIT_SECONDS = 30.0
_QUIET_SECONDS = 1.0
_POLL_SECONDS = 0.25
_QUERY = "SELECT (SELECT count(*) FROM event_log), (SELECT count(*) FROM message WHERE status = 'PENDING')"


async def settle(services: set[str]) -> None:
    """Waits until no event has arrived for a second and every e-mail is sent, at most 30 s."""
    if "notification" not in services:
        return
    connection = await connect("notification")
    try:
        deadline, quiet_since, seen = time.monotonic() + _LIMIT_SECONDS, time.monotonic(), None
        while time.monotonic() < deadline:
            now = tuple(await connection.fetchrow(_QUERY))
            if now != seen:
                seen, quiet_since = now, time.monotonic()
            elif time.monotonic() - quiet_since > _QUIET_SECONDS and now[1] == 0:
                return
            await asyncio.sleep(_POLL_SECONDS)
    finally:
        await connection.close()
