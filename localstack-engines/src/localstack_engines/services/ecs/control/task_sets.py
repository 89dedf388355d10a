"""Keeps the task sets of services with the EXTERNAL deployment controller at their scale.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-external.html
"""

import time

from localstack_engines.services.ecs.control.service_tasks import ServiceTasks, serves, to_stop, until_settled
from localstack_engines.services.ecs.deployment_models import TaskSet
from localstack_engines.services.ecs.models import Service, Task
from localstack_engines.services.ecs.store import Store


class TaskSetReconciler:
    """Takes task sets towards their numbers of tasks, one step per call."""

    def __init__(self, store: Store, tasks: ServiceTasks) -> None:
        self._store = store
        self._tasks = tasks

    def reconcile(self, service: Service, wanted: list[Task]) -> float | None:
        """Does what can be done now for the wanted tasks. Returns the seconds until the next call, or None."""
        waits = [self._reconcile_set(service, task_set, wanted) for task_set in list(service.task_sets)]
        known = [wait for wait in (*waits, until_settled(wanted)) if wait is not None]
        return min(known) if known else None

    def _reconcile_set(self, service: Service, task_set: TaskSet, wanted: list[Task]) -> float | None:
        own = [task for task in wanted if task.started_by == task_set.id]
        desired = task_set.desired(service.desired_count)
        for task in to_stop(own, len(own) - desired):
            self._tasks.stop(service, task, f"Scaling activity initiated by (taskset {task_set.id})")
        delay = task_set.deployment.retry_at - time.monotonic()
        missing = desired - len(own)
        if missing > 0 and delay <= 0:
            self._tasks.start(service, task_set.deployment, missing)
        task_set.set_steady(len(own) == desired and sum(serves(task) for task in own) == desired)
        if task_set.status == "DRAINING" and self._is_gone(service, task_set):
            service.task_sets.remove(task_set)
        return delay if missing > 0 and delay > 0 else None

    def _is_gone(self, service: Service, task_set: TaskSet) -> bool:
        return all(t.stopped_at is not None for t in self._store.tasks_of(service) if t.started_by == task_set.id)
