"""Sending calls for a while, and what came of it."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ops.load.http import Call, Connection, Target

CONNECTIONS = 16
SECONDS = 3.0
_WARM_UP = 0.5


@dataclass(frozen=True)
class Result:
    """Latencies are in milliseconds, of calls that succeeded, in ascending order."""

    per_second: float
    latencies: tuple[float, ...]
    failures: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, latencies: list[float]) -> "Result":
        """Latencies without a rate."""
        return cls(0.0, tuple(sorted(latencies)))

    def percentile(self, percent: float) -> float:
        if not self.latencies:
            return float("nan")
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * percent / 100))]


async def load(
    target: Target, token: str, calls: Iterator[Call], connections: int = CONNECTIONS, seconds: float = SECONDS
) -> Result:
    """Send calls over so many connections, each waiting for its answer, for so many seconds after a warm-up."""
    began = time.monotonic() + _WARM_UP
    ends = began + seconds
    latencies: list[float] = []
    failures: Counter[int] = Counter()

    async def work() -> None:
        async with Connection(target, token) as connection:
            for call in calls:
                sent = time.monotonic()
                if sent > ends:
                    return
                status, _ = await connection.send(call)
                if sent < began:
                    continue
                if 200 <= status < 300:
                    latencies.append((time.monotonic() - sent) * 1000)
                else:
                    failures[status] += 1

    await asyncio.gather(*(work() for _ in range(connections)))
    took = time.monotonic() - began
    return Result(len(latencies) / took, tuple(sorted(latencies)), failures)


async def repeat(target: Target, token: str, call: Call, times: int, seconds: float = SECONDS) -> Result:
    """The same call, one after the other over one connection: latency without queueing."""
    latencies: list[float] = []
    failures: Counter[int] = Counter()
    async with Connection(target, token) as connection:
        await connection.send(call)
        began = time.monotonic()
        for _ in range(times):
            sent = time.monotonic()
            if sent - began > seconds:
                break
            status, _ = await connection.send(call)
            if 200 <= status < 300:
                latencies.append((time.monotonic() - sent) * 1000)
            else:
                failures[status] += 1
    return Result(len(latencies) / (time.monotonic() - began), tuple(sorted(latencies)), failures)
