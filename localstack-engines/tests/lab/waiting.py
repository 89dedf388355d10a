"""Waits until something becomes true. Polls often, has a time limit, and fails with what it saw last."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Seen = TypeVar("Seen")

# A limit for a slow and busy machine, not an expectation: docs/performance.md says how long things take.
SECONDS = 60.0
_PAUSE_SECONDS = 0.05


def until(
    what: str,
    ask: Callable[[], Seen | None],
    seconds: float = SECONDS,
    despite: tuple[type[Exception], ...] = (),
) -> Seen:
    """Returns the first true answer of `ask`. Before it, `ask` may raise the errors in `despite`.

    Raises AssertionError after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        seen: object
        try:
            if answer := ask():
                return answer
            seen = answer
        except despite as error:
            seen = error
        assert time.monotonic() < deadline, _timed_out(what, seen, seconds)
        time.sleep(_PAUSE_SECONDS)


async def eventually(what: str, ask: Callable[[], Awaitable[Seen | None]], seconds: float = SECONDS) -> Seen:
    """Does the same as `until` in an event loop."""
    deadline = time.monotonic() + seconds
    while not (answer := await ask()):
        assert time.monotonic() < deadline, _timed_out(what, answer, seconds)
        await asyncio.sleep(_PAUSE_SECONDS)
    return answer


def _timed_out(what: str, seen: object, seconds: float) -> str:
    return f"waited {seconds:g} s for {what}; last seen: {seen!r}"
