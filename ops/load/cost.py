"""What a request costs: processor time by part of the system, rows and write-ahead log."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from ops.load import processor
from ops.load.writes import STATISTICS_SECONDS, Databases, Writes

IDLE_SECONDS = 4.0


@dataclass
class Spent:
    """The seconds of processor time that each part needed, less what it needs while nothing happens."""

    seconds: dict[str, float] = field(default_factory=dict)

    def milliseconds(self, part: str, requests: int) -> float:
        """Returns a part's processor time for each request, or NaN if it is not known."""
        if part not in self.seconds or not requests:
            return float("nan")
        return max(0.0, self.seconds[part]) / requests * 1000

    def groups(self, service: str, requests: int) -> dict[str, float]:
        """Returns milliseconds for each request: of the service, its database, and all others by what they are."""
        own = {"service": processor.container(service), "database": processor.database(service)}
        alone = {name: name for name in (processor.BROKER, processor.LOCALSTACK, processor.DOCKER)}
        named = {name: self.milliseconds(part, requests) for name, part in (own | alone).items()}
        others = [part for part in self.seconds if part not in {*own.values(), *alone}]
        rest = {
            f"other {kind}s": sum(self.milliseconds(part, requests) for part in others if part.endswith(kind))
            for kind in ("container", "database")
        }
        return named | rest


class Meter:
    """Counts what the system spends. It has to be made while the system has nothing to do."""

    def __init__(self, databases: Databases, first: Mapping[int, str], idle: Mapping[str, float]) -> None:
        self.databases = databases
        self._first = first
        self._idle = idle

    @classmethod
    async def of(cls, services: set[str]) -> "Meter":
        """Finds the processes, and watches the idle system for some seconds."""
        databases = await Databases.of(services)
        first = await asyncio.to_thread(processor.parts, await databases.ports())
        before, began = _used(first), time.monotonic()
        await asyncio.sleep(IDLE_SECONDS)
        after, took = _used(first), time.monotonic() - began
        return cls(databases, first, {part: (after[part] - before[part]) / took for part in after})

    @contextmanager
    def processor_time(self) -> Iterator[Spent]:
        """Fills what it yields at the end of the block."""
        spent = Spent()
        before, began = _used(self._first), time.monotonic()
        yield spent
        after, took = _used(self._first), time.monotonic() - began
        for part in after:
            spent.seconds[part] = after[part] - before[part] - self._idle.get(part, 0.0) * took

    async def writes(self) -> dict[str, Writes]:
        """Waits until the databases have reported their rows. Returns what each has written since it was created."""
        await asyncio.sleep(STATISTICS_SECONDS)
        return await self.databases.writes()


def _used(first: Mapping[int, str]) -> dict[str, float]:
    return processor.used(processor.snapshot(), first)
