"""Waiting for something to become true: asked for often, with a bound, and failing with what was seen last."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Seen = TypeVar("Seen")

# A bound for a slow and busy machine, not an expectation: how long things take is in docs/performance.md.
SECONDS = 60.0
_PAUSE_SECONDS = 0.05


def until(
    what: str,
    ask: Callable[[], Seen | None],
    seconds: float = SECONDS,
    despite: tuple[type[Exception], ...] = (),
) -> Seen:
    """The first truthy answer of `ask`, which may fail with `despite` before; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        seen: object
        try:
            if answer := ask():
                return answer
            seen = answer
        except despite as error:
            seen = error
        assert time.monotonic() < deadline, _in_vain(what, seen, seconds)
        time.sleep(_PAUSE_SECONDS)


async def eventually(what: str, ask: Callable[[], Awaitable[Seen | None]], seconds: float = SECONDS) -> Seen:
    """As `until`, for what is asked for in an event loop."""
    deadline = time.monotonic() + seconds
    while not (answer := await ask()):
        assert time.monotonic() < deadline, _in_vain(what, answer, seconds)
        await asyncio.sleep(_PAUSE_SECONDS)
    return answer


def _in_vain(what: str, seen: object, seconds: float) -> str:
    return f"waited {seconds:g} s in vain for {what}; last seen: {seen!r}"
