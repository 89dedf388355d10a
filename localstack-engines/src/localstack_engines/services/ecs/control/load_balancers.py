"""The targets that a service's tasks are in its target groups.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from localstack_engines.services.ecs.models import STOPPED_BY_SCHEDULER, STOPPED_BY_USER, Task
from localstack_engines.services.ecs.store import Store
from localstack_engines.services.elbv2 import public as elbv2

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class UnhealthyTarget:
    """A task's target that has failed its checks, and its description of the failure."""

    group_arn: str
    port: int
    description: str


class LoadBalancerRegistration:
    """Registers a task in the target groups of its service."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._registered: list[tuple[str, str, int]] = []

    def register(self, task: Task) -> None:
        for group_arn, address, port in _targets(task):
            # It may be registered, and has to be deregistered, even if its load balancer does not take the change.
            self._registered.append((group_arn, address, port))
            elbv2.register(group_arn, address, port)
            self._log(task, f"registered 1 targets in (target-group {group_arn})")

    def update(self, task: Task) -> None:
        """Does nothing: target groups check the health themselves."""

    def deregister(self, task: Task) -> None:
        """Returns when the task has no connections any more, or the deregistration delay is over.

        Nobody waits for the connections of a task that has ended by itself.
        """
        targets, self._registered = self._registered, []
        for group_arn, address, port in targets:
            try:
                elbv2.deregister(group_arn, address, port)
            except Exception as error:
                # Its health checks stop nevertheless. The other groups must not keep the task.
                LOG.warning("the load balancer of %s does not take that task %s ends: %s", group_arn, task.id, error)
            self._log(task, f"deregistered 1 targets in (target-group {group_arn})")
        if task.stop_code in (STOPPED_BY_SCHEDULER, STOPPED_BY_USER):
            if targets:
                self._log(task, "has begun draining connections on 1 tasks.")
            for target in targets:
                elbv2.wait_until_drained(*target)

    def _log(self, task: Task, message: str) -> None:
        service = self._store.find_service(task.scope, task.service_name or "")
        if service is not None:
            service.log(message)


def are_healthy(task: Task) -> bool:
    """Returns whether all targets of a task are healthy."""
    found = [elbv2.health(*target) for target in _targets(task)]
    return all(health is not None and health.state == "healthy" for health in found)


def unhealthy_target(task: Task) -> UnhealthyTarget | None:
    """Returns a target of a task that has failed its checks, or None."""
    for group_arn, address, port in _targets(task):
        health = elbv2.health(group_arn, address, port)
        if health is not None and health.state == "unhealthy":
            return UnhealthyTarget(group_arn, port, health.description or "")
    return None


def watch(store: Store, changed: Callable[[Task], None]) -> None:
    """Calls `changed` with a task after each change of the health of one of its targets."""

    def callback(group_arn: str, address: str, port: int) -> None:
        for task in list(store.tasks.values()):
            if (group_arn, address, port) in set(_targets(task)):
                changed(task)

    elbv2.subscribe(callback)


def _targets(task: Task) -> Iterator[tuple[str, str, int]]:
    """Yields target group, address and port of each target of a task."""
    balancers: list[dict[str, Any]] = task.load_balancers
    if task.interface is not None:
        for balancer in balancers:
            yield balancer["targetGroupArn"], task.interface.address, int(balancer["containerPort"])
