"""Sends calls for some time and measures rate and latency."""

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
    """Latencies of the calls that succeeded, in milliseconds and ascending order; failures are counted by status.

    `sent` also counts the calls of the warm-up.
    """

    per_second: float
    latencies: tuple[float, ...]
    failures: Counter[int] = field(default_factory=Counter)
    sent: int = 0

    @classmethod
    def of(cls, latencies: list[float]) -> "Result":
        """Returns a result that has latencies and no rate."""
        return cls(0.0, tuple(sorted(latencies)))

    def percentile(self, percent: float) -> float:
        """Returns a percentile of the latencies in milliseconds, or NaN if there are none."""
        if not self.latencies:
            return float("nan")
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * percent / 100))]


async def load(
    target: Target, token: str, calls: Iterator[Call], connections: int = CONNECTIONS, seconds: float = SECONDS
) -> Result:
    """Sends calls for this many seconds after a warm-up. Each connection sends its next call after an answer."""
    start = time.monotonic() + _WARM_UP
    end = start + seconds
    latencies: list[float] = []
    failures: Counter[int] = Counter()
    total = 0

    async def work() -> None:
        nonlocal total
        async with Connection(target, token) as connection:
            for call in calls:
                sent = time.monotonic()
                if sent > end:
                    return
                status, _ = await connection.send(call)
                total += 1
                if sent < start:
                    continue
                if 200 <= status < 300:
                    latencies.append((time.monotonic() - sent) * 1000)
                else:
                    failures[status] += 1

    await asyncio.gather(*(work() for _ in range(connections)))
    elapsed = time.monotonic() - start
    return Result(len(latencies) / elapsed, tuple(sorted(latencies)), failures, total)


async def repeat(target: Target, token: str, call: Call, times: int, seconds: float = SECONDS) -> Result:
    """Sends the same call again and again over one connection, which measures latency without queueing."""
    latencies: list[float] = []
    failures: Counter[int] = Counter()
    async with Connection(target, token) as connection:
        await connection.send(call)
        start = time.monotonic()
        for _ in range(times):
            sent = time.monotonic()
            if sent - start > seconds:
                break
            status, _ = await connection.send(call)
            if 200 <= status < 300:
                latencies.append((time.monotonic() - sent) * 1000)
            else:
                failures[status] += 1
    return Result(len(latencies) / (time.monotonic() - start), tuple(sorted(latencies)), failures)
