"""What lives as long as a service's process."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import insert
from starlette.requests import HTTPConnection

from services.common import audit, tables
from services.common.database import Database
from services.common.logs import describe, logger
from services.common.messaging.kafka import Kafka
from services.common.security.keys import KeySource
from services.common.security.tokens import TokenVerifier
from services.common.settings import ServiceSettings
from services.common.waiting import wait_for

S = TypeVar("S", bound=ServiceSettings, covariant=True)
C = TypeVar("C")
BackgroundTask = Callable[[asyncio.Event], Awaitable[None]]


class Background:
    """Loops beside the requests. A loop that fails is started again with backoff; all end when told to."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, run: BackgroundTask) -> None:
        """Runs `run(stopping)` until it returns; it returns soon after `stopping` is set."""
        self._tasks[name] = asyncio.create_task(self._supervise(name, run), name=name)

    async def stop(self, seconds: float) -> None:
        """Lets the loops finish what they are at, and ends those that take too long."""
        self.stopping.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks.values(), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _supervise(self, name: str, run: BackgroundTask) -> None:
        delay = 0.2
        while not self.stopping.is_set():
            started = asyncio.get_running_loop().time()
            try:
                await run(self.stopping)
                return
            except Exception as error:
                if asyncio.get_running_loop().time() - started > 30:
                    delay = 0.2  # it ran well for a while: a new trouble, not the old one
                logger(__name__).warning("background_failed", name=name, retry_in_s=round(delay, 2), **describe(error))
            await wait_for(self.stopping, delay * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
            delay = min(delay * 2, 10.0)


@dataclass(slots=True)
class Runtime(Generic[S, C]):
    """Handed to everything that a service composes. `components` is what its `compose` yielded."""

    settings: S
    database: Database
    kafka: Kafka
    tokens: TokenVerifier
    keys: KeySource
    background: Background = field(default_factory=Background)
    components: Any = None
    draining: bool = False
    _drain_hooks: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def on_drain(self, hook: Callable[[], Awaitable[None]]) -> None:
        """Called once when the process is told to stop, while it still answers."""
        self._drain_hooks.append(hook)

    async def drain(self) -> None:
        """From now on readiness fails; requests are still answered."""
        self.draining = True
        for hook in self._drain_hooks:
            await hook()

    async def denied(self, action: str, resource: str, resource_id: object = None, patient_id: object = None) -> None:
        """Writes a denial into the audit log, in a transaction of its own: the request's is about to be rolled back."""
        row = audit.entry(action, resource, resource_id, patient_id=patient_id, outcome="denied")
        async with self.database.unit_of_work() as work:
            await work.session.execute(insert(tables.audit_log), [row])


def runtime_of(connection: HTTPConnection) -> Runtime[Any, Any]:
    """The runtime of the application that this request came to."""
    runtime: Runtime[Any, Any] = connection.state.runtime
    return runtime
