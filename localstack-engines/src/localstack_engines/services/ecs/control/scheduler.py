"""Keeps every service's tasks as they should be. Woken by changes and by timers, never by polling."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

from localstack_engines.services.ecs.models import Service, Task
from localstack_engines.services.ecs.store import Store

LOG = logging.getLogger(__name__)


class Scheduler:
    """One thread that reconciles the services that were `wake`d, at once or later."""

    def __init__(self, store: Store, reconcile: Callable[[Service], float | None]) -> None:
        self._store = store
        self._reconcile = reconcile
        """Returns the seconds after which the service wants to be looked at again, or None."""
        self._due: list[tuple[float, int, str]] = []
        self._order = itertools.count()
        self._condition = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="ecs-scheduler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._condition:
            self._stopped = True
            self._condition.notify()

    def wake(self, service_arn: str, delay: float = 0.0) -> None:
        with self._condition:
            heapq.heappush(self._due, (time.monotonic() + delay, next(self._order), service_arn))
            self._condition.notify()

    def task_changed(self, task: Task) -> None:
        if task.group.startswith("service:"):
            self.wake(task.scope.arn("service", task.scope.cluster, task.group.removeprefix("service:")))

    def _run(self) -> None:
        while True:
            due = self._next()
            if due is None:
                return
            for arn in due:
                self._look_at(arn)

    def _next(self) -> list[str] | None:
        """The services whose time has come, each once; None at the end."""
        with self._condition:
            while not self._stopped:
                now = time.monotonic()
                if self._due and self._due[0][0] <= now:
                    arns: dict[str, None] = {}
                    while self._due and self._due[0][0] <= now:
                        arns[heapq.heappop(self._due)[2]] = None
                    return list(arns)
                self._condition.wait(self._due[0][0] - now if self._due else None)
            return None

    def _look_at(self, arn: str) -> None:
        service = self._store.services.get(arn)
        if service is None or service.status == "INACTIVE":
            return
        try:
            with self._store.lock:
                again = self._reconcile(service)
        except Exception:
            LOG.exception("reconciling %s", arn)
            again = 5.0
        if again is not None:
            self.wake(arn, again)
