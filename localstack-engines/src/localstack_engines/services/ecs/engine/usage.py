"""What the containers of tasks use, by Docker's statistics."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LOG = logging.getLogger(__name__)

_NANOSECONDS = 1_000_000_000


@dataclass(frozen=True)
class Usage:
    """`processors` is the mean number of busy processors since the last measurement, `memory` is in bytes."""

    processors: float
    memory: int


class UsageMeter:
    """Measures containers. A container has a usage from its second measurement on."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._last: dict[str, tuple[float, int]] = {}

    def measure(self, containers: Iterable[str]) -> dict[str, Usage]:
        """Returns the usage of containers by their ids. Those that are gone, or are measured for the first time, lack.

        It forgets the containers that are not named.
        """
        found, last = {}, {}
        for container in containers:
            statistics = self._statistics(container)
            if statistics is None:
                continue
            at, used = time.monotonic(), int(statistics["cpu_stats"]["cpu_usage"]["total_usage"])
            last[container] = at, used
            if container in self._last:
                before, used_before = self._last[container]
                busy = max(0, used - used_before) / _NANOSECONDS / (at - before)
                found[container] = Usage(busy, _memory(statistics["memory_stats"]))
        self._last = last
        return found

    def _statistics(self, container: str) -> dict[str, Any] | None:
        """Returns Docker's statistics, which come at once because no second measurement is asked for."""
        from docker.errors import APIError, NotFound

        try:
            statistics = dict(self._client.api.stats(container, stream=False, one_shot=True))
        except NotFound:
            return None
        except APIError as error:
            LOG.warning("container %s cannot be measured: %s", container, error)
            return None
        # Docker answers for a container that has stopped, too, with nothing in it.
        return statistics if statistics.get("memory_stats") else None


def _memory(statistics: dict[str, Any]) -> int:
    """Returns the memory without the files that the kernel could drop, as `docker stats` does."""
    cache = (statistics.get("stats") or {}).get("inactive_file", 0)
    return max(0, int(statistics.get("usage", 0)) - int(cache))
