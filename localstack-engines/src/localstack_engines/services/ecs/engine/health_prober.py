"""Runs a container's health check periodically."""

import threading
import time
from collections.abc import Callable

from localstack_engines.services.ecs.engine.health import HealthMachine
from localstack_engines.services.ecs.engine.task_spec import HealthCheck


class HealthProber:
    """Runs a container's health check, in a thread, until it is stopped.

    `probe()` returns whether the check succeeds. `report(status)` is called when the status changes.
    """

    def __init__(self, check: HealthCheck, probe: Callable[[], bool], report: Callable[[str], None]) -> None:
        self._machine = HealthMachine(check)
        self._probe = probe
        self._report = report
        self._ended = threading.Event()

    def start(self, name: str) -> None:
        threading.Thread(target=self._run, name=f"ecs-health-{name}", daemon=True).start()

    def stop(self) -> None:
        self._ended.set()

    def _run(self) -> None:
        started = time.monotonic()
        while not self._ended.wait(self._machine.delay()):
            before = self._machine.status
            success = self._probe()
            if self._ended.is_set():
                return
            status = self._machine.record(time.monotonic() - started, success)
            if status != before:
                self._report(status)
