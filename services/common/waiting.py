"""Waiting that an event can end."""

from __future__ import annotations

import asyncio


async def wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Waits for the event, at most `seconds`. Returns whether it was set in time."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
