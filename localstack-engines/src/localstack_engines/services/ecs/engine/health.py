"""The health of one container as a state machine (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html. One liberty: until the first
success the probe runs every half second at first, then up to every two, so a service is steady as soon as it answers;
such extra probes can only make the container healthy. Failures count as if the probe had run at the interval, and none
does in the start period.
"""

from localstack_engines.services.ecs.engine.task_spec import HealthCheck

_EAGER_INTERVAL = 0.5
_EAGER_LIMIT = 2.0


class HealthMachine:
    """Feed it results, read `status`: UNKNOWN, HEALTHY or UNHEALTHY. Times are seconds since the container started."""

    def __init__(self, check: HealthCheck) -> None:
        self._check = check
        self._failures = 0
        self._probes = 0
        self._next_count = check.start_period + check.interval
        self._succeeded = False
        self.status = "UNKNOWN"

    def record(self, now: float, success: bool) -> str:
        """The status after a probe that ended at `now`."""
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
        """Seconds until the next probe. Eager ones get rarer: on a busy machine they would slow down the start."""
        if self._succeeded:
            return self._check.interval
        return min(_EAGER_INTERVAL * 2 ** min(self._probes // 2, 8), _EAGER_LIMIT, self._check.interval)


def task_health(essential: list[tuple[str, bool]]) -> str:
    """A task's health from its essential containers' (health, has a check).

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
    """
    checked = [health for health, has_check in essential if has_check]
    if "UNHEALTHY" in checked:
        return "UNHEALTHY"
    return "HEALTHY" if checked and all(health == "HEALTHY" for health in checked) else "UNKNOWN"
