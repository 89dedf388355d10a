"""Loops that run beside the requests for as long as the process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from services.common.backoff import Backoff
from services.common.logs import describe, logger
from services.common.waiting import wait_for

HEALTHY_SECONDS = 30.0
"""A loop that ran this long before it failed starts again without a long pause."""
Loop = Callable[[asyncio.Event], Awaitable[None]]


class Background:
    """Supervises loops. A loop that fails is started again after a pause; `stop` ends all of them."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, run: Loop) -> None:
        """Runs `run(stopping)` until it returns, which it must do soon after `stopping` is set."""
        self._tasks[name] = asyncio.create_task(self._supervise(name, run), name=name)

    async def stop(self, seconds: float) -> None:
        """Waits until the loops have finished their current work, and cancels those that take longer than `seconds`."""
        self.stopping.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks.values(), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _supervise(self, name: str, run: Loop) -> None:
        backoff = Backoff(first=0.2, longest=10.0)
        while not self.stopping.is_set():
            started = asyncio.get_running_loop().time()
            try:
                await run(self.stopping)
                return
            except Exception as error:
                if asyncio.get_running_loop().time() - started > HEALTHY_SECONDS:
                    backoff.reset()
                pause = backoff.next()
                logger(__name__).warning("background_failed", name=name, retry_in_s=round(pause, 2), **describe(error))
            await wait_for(self.stopping, pause)
