"""Decides when to reconcile which service: after a change, or at a time that the reconciler has named."""

import heapq
import itertools
import logging
import threading
import time

from localstack_engines.services.ecs.control.reconciler import Reconciler
from localstack_engines.services.ecs.models import Scope, Service, Task
from localstack_engines.services.ecs.store import Store

LOG = logging.getLogger(__name__)

_RETRY_SECONDS = 5.0
"""When to try again after an unexpected error."""


class Scheduler:
    """Reconciles services in one thread. `wake` sets the time for a service."""

    def __init__(self, store: Store, reconciler: Reconciler) -> None:
        self._store = store
        self._reconciler = reconciler
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
        """Reconciles the service after `delay` seconds."""
        with self._condition:
            heapq.heappush(self._due, (time.monotonic() + delay, next(self._order), service_arn))
            self._condition.notify()

    def task_changed(self, task: Task) -> None:
        """Reconciles the service of a task. A task that belongs to no service changes nothing."""
        self.wake_service_of(task)

    def wake_cluster(self, scope: Scope) -> None:
        """Reconciles the services of a cluster, because its container instances have changed."""
        for service in self._store.services_in(scope):
            self.wake(service.arn)

    def stop_deployment(self, service: Service, *, rolls_back: bool) -> bool:
        """Stops the service's deployment in progress, as the reconciler's method says."""
        return self._reconciler.stop_deployment(service, rolls_back=rolls_back)

    def wake_service_of(self, task: Task, delay: float = 0.0) -> None:
        """Reconciles the service of a task, if it has one, after `delay` seconds."""
        if task.service_name:
            self.wake(task.scope.arn("service", task.scope.cluster, task.service_name), delay)

    def _run(self) -> None:
        while True:
            due = self._next()
            if due is None:
                return
            for arn in due:
                self._reconcile(arn)

    def _next(self) -> list[str] | None:
        """Waits for the next services that are due, and returns each once. Returns None after `stop`."""
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

    def _reconcile(self, arn: str) -> None:
        service = self._store.services.get(arn)
        if service is None or service.status == "INACTIVE":
            return
        try:
            with self._store.lock:
                again = self._reconciler.reconcile(service)
        except Exception:
            LOG.exception("reconciling %s", arn)
            again = _RETRY_SECONDS
        if again is not None:
            self.wake(arn, again)
