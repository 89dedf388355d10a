"""How many tasks a rolling update may start and stop now (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html - the minimum healthy
percent rounds up, the maximum percent rounds down, and running and pending tasks count against the maximum.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """Tasks that shall run: `active` are all of them, `healthy` those that serve."""

    active: int
    healthy: int

    @property
    def unhealthy(self) -> int:
        return self.active - self.healthy


@dataclass(frozen=True)
class Plan:
    """What to do now. Whoever stops tasks takes the ones that do not serve first."""

    start: int
    stop_current: int
    stop_previous: int

    @property
    def is_idle(self) -> bool:
        return not (self.start or self.stop_current or self.stop_previous)


def limits(desired: int, minimum_percent: int, maximum_percent: int) -> tuple[int, int]:
    """(fewest tasks that must serve, most tasks that may exist)."""
    return math.ceil(desired * minimum_percent / 100), math.floor(desired * maximum_percent / 100)


def plan(desired: int, minimum_percent: int, maximum_percent: int, current: Counts, previous: Counts) -> Plan:
    """One step towards `desired` tasks of the current revision and none of the previous ones."""
    lowest, highest = limits(desired, minimum_percent, maximum_percent)
    start = max(0, min(desired - current.active, highest - current.active - previous.active))
    stop_current = max(0, current.active - desired)
    # tasks that do not serve may go at once, serving ones only while enough are left
    spare = max(0, current.healthy + previous.healthy - lowest)
    stop_previous = previous.unhealthy + min(previous.healthy, spare)
    return Plan(start=start, stop_current=stop_current, stop_previous=stop_previous)
