"""Checks one target again and again, and keeps its state as DescribeTargetHealth shows it.

A new target is healthy after its first passed check, and until then it is asked every second: only failures at AWS's
interval count. Source: the page of `engine/health_check.py`.
"""

import threading
import time
from collections.abc import Callable

from localstack_engines.services.elbv2.engine.health_check import Check, Outcome, check_target
from localstack_engines.services.elbv2.models import Target

_FIRST_PAUSE = 0.5
"""Seconds between the checks of a target that has never been healthy or unhealthy."""


class HealthMonitor:
    """Runs in a thread until it is stopped. `changed` is called after each change of the target's state.

    When `stop` has returned, the monitor does not change the target any more.
    """

    def __init__(self, target: Target, check: Check, changed: Callable[[], None]) -> None:
        self.check = check
        self.target = target
        self._changed = changed
        self._stopped = threading.Event()
        self._counting = threading.Lock()
        self._passed = self._failed = 0
        self._counted_at = -check.interval
        name = f"elbv2-health-{target.address}:{check.port}"
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def stop(self) -> None:
        with self._counting:
            self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            outcome = check_target(self.check, self.target.address)
            with self._counting:
                if self._stopped.is_set():
                    return
                has_changed = self._count(outcome)
            if has_changed:
                self._changed()
            pause = self.check.interval if self.target.state != "initial" else min(_FIRST_PAUSE, self.check.interval)
            self._stopped.wait(pause)

    def _count(self, outcome: Outcome) -> bool:
        """Counts an outcome. Returns whether the target's state has changed."""
        target, before = self.target, (self.target.state, self.target.reason, self.target.description)
        if outcome.passed:
            self._passed, self._failed = self._passed + 1, 0
            if target.state == "initial" or self._passed >= self.check.healthy_after:
                target.state, target.reason, target.description = "healthy", None, None
        elif target.state != "initial" or time.monotonic() - self._counted_at >= self.check.interval:
            self._counted_at = time.monotonic()
            self._passed, self._failed = 0, self._failed + 1
            if self._failed >= self.check.unhealthy_after or target.state == "unhealthy":
                target.reason, target.description = outcome.reason, outcome.description
                target.state = "unhealthy"
        return before != (target.state, target.reason, target.description)
