"""How many tasks a rolling update may start and stop now (pure).

The minimum healthy percent rounds up, the maximum percent rounds down. Running and pending tasks count against the
maximum. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """Tasks that are not being stopped. `active` counts all of them, `healthy` those that serve."""

    active: int
    healthy: int

    @property
    def unhealthy(self) -> int:
        return self.active - self.healthy


@dataclass(frozen=True)
class Plan:
    """How many tasks to start and stop now. Tasks that do not serve are to be stopped first."""

    start: int
    stop_current: int
    stop_previous: int

    @property
    def is_idle(self) -> bool:
        return not (self.start or self.stop_current or self.stop_previous)


def limits(desired: int, minimum_percent: int, maximum_percent: int) -> tuple[int, int]:
    """Returns the least number of tasks that must serve and the greatest number that may exist."""
    return math.ceil(desired * minimum_percent / 100), math.floor(desired * maximum_percent / 100)


def plan(desired: int, minimum_percent: int, maximum_percent: int, current: Counts, previous: Counts) -> Plan:
    """Returns the next step towards `desired` tasks of the current deployment and none of the previous ones."""
    lowest, highest = limits(desired, minimum_percent, maximum_percent)
    start = max(0, min(desired - current.active, highest - current.active - previous.active))
    stop_current = max(0, current.active - desired)
    # Tasks that do not serve can be stopped at once. Those that serve can be stopped while enough of them are left.
    spare = max(0, current.healthy + previous.healthy - lowest)
    stop_previous = previous.unhealthy + min(previous.healthy, spare)
    return Plan(start=start, stop_current=stop_current, stop_previous=stop_previous)
