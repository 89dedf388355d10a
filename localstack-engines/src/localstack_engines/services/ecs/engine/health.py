"""The health of containers and tasks (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html. This differs from AWS in one
point: until the first success the probe runs more often than the interval says, every half second at first and every
two seconds later. So a service is steady as soon as it answers. The additional probes can only make a container
healthy: failures count as if the probe had run at the interval, and failures in the start period do not count.
"""

from localstack_engines.services.ecs.engine.task_spec import HealthCheck

_FIRST_DELAY = 0.5
_LONGEST_FIRST_DELAY = 2.0


class HealthMachine:
    """A container's health as a state machine: `record` takes the results of probes.

    `status` is UNKNOWN, HEALTHY or UNHEALTHY. Times are in seconds since the container started.
    """

    def __init__(self, check: HealthCheck) -> None:
        self._check = check
        self._failures = 0
        self._probes = 0
        self._next_count = check.start_period + check.interval
        self._succeeded = False
        self.status = "UNKNOWN"

    def record(self, now: float, success: bool) -> str:
        """Takes the result of a probe that ended at `now`, and returns the new status."""
        self._probes += 1
        if success:
            self._failures = 0
            self._succeeded = True
            self.status = "HEALTHY"
        elif self._succeeded or now >= self._next_count:
            self._failures += 1
            self._next_count = now + self._check.interval
            if self._failures >= self._check.retries:
                self.status = "UNHEALTHY"
        return self.status

    def delay(self) -> float:
        """Returns the seconds until the next probe. Before the first success they grow, to spare a busy machine."""
        if self._succeeded:
            return self._check.interval
        return min(_FIRST_DELAY * 2 ** min(self._probes // 2, 8), _LONGEST_FIRST_DELAY, self._check.interval)


def task_health(essential: list[tuple[str, bool]]) -> str:
    """Returns a task's health, from (health, whether it has a check) of each essential container.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
    """
    checked = [health for health, has_check in essential if has_check]
    if "UNHEALTHY" in checked:
        return "UNHEALTHY"
    return "HEALTHY" if checked and all(health == "HEALTHY" for health in checked) else "UNKNOWN"
