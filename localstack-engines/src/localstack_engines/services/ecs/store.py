"""All tasks and services of this LocalStack, by account, region and cluster."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from localstack_engines.services.ecs.models import Scope, Service, Task, now

_STOPPED_TASKS_VISIBLE = timedelta(hours=1)


class Store:
    """`lock` guards compound changes of services; single look-ups need none."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.tasks: dict[str, Task] = {}
        self.services: dict[str, Service] = {}

    def tasks_in(self, scope: Scope) -> list[Task]:
        self._forget_old_tasks()
        return [task for task in list(self.tasks.values()) if task.scope == scope]

    def services_in(self, scope: Scope) -> list[Service]:
        return [service for service in list(self.services.values()) if service.scope == scope]

    def find_task(self, scope: Scope, reference: str) -> Task | None:
        """By id or ARN, in one cluster."""
        task = self.tasks.get(reference.rsplit("/", 1)[-1])
        return task if task is not None and task.scope == scope else None

    def find_service(self, scope: Scope, reference: str) -> Service | None:
        """By name or ARN, in one cluster."""
        return self.services.get(scope.arn("service", scope.cluster, reference.rsplit("/", 1)[-1]))

    def tasks_of(self, service: Service) -> Iterator[Task]:
        return (t for t in list(self.tasks.values()) if t.scope == service.scope and t.group == service.group)

    def _forget_old_tasks(self) -> None:
        horizon = now() - _STOPPED_TASKS_VISIBLE
        for task in list(self.tasks.values()):
            if task.stopped_at is not None and task.stopped_at < horizon:
                self.tasks.pop(task.id, None)


def moto_backend(account: str, region: str) -> Any:
    """Moto's store: clusters and task definitions live there."""
    from moto.ecs.models import ecs_backends

    return ecs_backends[account][region]
