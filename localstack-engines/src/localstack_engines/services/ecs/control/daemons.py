"""Keeps one task of a DAEMON service on each container instance that fits.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html#service_scheduler_daemon
"""

import functools
import math
import operator
import time

from localstack_engines.services.ecs.control.container_instances import ContainerInstances
from localstack_engines.services.ecs.control.placement import Candidate, satisfies
from localstack_engines.services.ecs.control.service_tasks import ServiceTasks, serves
from localstack_engines.services.ecs.deployment_models import Deployment
from localstack_engines.services.ecs.models import Service, Task


class DaemonReconciler:
    """Takes DAEMON services towards one task an instance, one step per call."""

    def __init__(self, instances: ContainerInstances, tasks: ServiceTasks) -> None:
        self._instances = instances
        self._tasks = tasks

    def scale(self, service: Service, deployment: Deployment, wanted: list[Task]) -> float | None:
        """Starts and stops tasks. Returns the seconds until the next call, or None. The caller holds the lock."""
        fitting = [one for one in self._instances.candidates(service.scope) if _fits(service, one)]
        service.desired_count = len(fitting)
        ids = {one.instance.id for one in fitting}
        for task in wanted:
            if task.container_instance is None or task.container_instance.id not in ids:
                self._stop(service, deployment, task)
        delay = deployment.retry_at - time.monotonic()
        waits = False
        for candidate in fitting:
            own = [task for task in wanted if task.container_instance is candidate.instance]
            if not own and delay > 0:
                waits = True
            elif not own:
                self._tasks.start(service, deployment, 1, functools.partial(operator.is_, candidate.instance))
        self._replace_previous(service, deployment, [task for task in wanted if task.is_wanted])
        return delay if waits else None

    def _replace_previous(self, service: Service, deployment: Deployment, wanted: list[Task]) -> None:
        """Stops tasks of former deployments while enough others serve. Their instances get new ones after that."""
        lowest = math.ceil(
            service.desired_count * service.settings["deploymentConfiguration"]["minimumHealthyPercent"] / 100
        )
        spare = sum(serves(task) for task in wanted) - lowest
        for task in wanted:
            if task.started_by == deployment.id:
                continue
            if not serves(task):
                self._stop(service, deployment, task)
            elif spare > 0:
                spare -= 1
                self._stop(service, deployment, task)

    def _stop(self, service: Service, deployment: Deployment, task: Task) -> None:
        self._tasks.stop(service, task, f"Scaling activity initiated by (deployment {deployment.id})")


def _fits(service: Service, candidate: Candidate) -> bool:
    constraints = service.settings.get("placementConstraints") or []
    return candidate.instance.takes_tasks and all(
        satisfies(candidate, c.get("expression") or "") for c in constraints if c["type"] == "memberOf"
    )
