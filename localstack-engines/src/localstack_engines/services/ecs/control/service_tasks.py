"""Starts and stops the tasks of services, and says which of them serve."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from localstack_engines.services.ecs.control import load_balancers
from localstack_engines.services.ecs.control.placement import NotPlaced, Placement
from localstack_engines.services.ecs.control.task_factory import service_task
from localstack_engines.services.ecs.control.task_placer import TaskPlacer
from localstack_engines.services.ecs.control.task_runner import TaskRunner
from localstack_engines.services.ecs.deployment_models import Deployment, now
from localstack_engines.services.ecs.instance_models import ContainerInstance
from localstack_engines.services.ecs.models import STOPPED_BY_SCHEDULER, Service, Task
from localstack_engines.services.ecs.store import Store

SETTLE_SECONDS = 2.0
"""How long a task without a health check and a load balancer must run until it counts as serving."""


@dataclass(frozen=True)
class HealthFailure:
    """A failed health check of a task: the event of its service, and the reason for which it is stopped."""

    event: str
    reason: str


class ServiceTasks:
    """Starts and stops tasks for services, and tells so in the services' events."""

    def __init__(self, store: Store, runner: TaskRunner, placer: TaskPlacer) -> None:
        self._store = store
        self._runner = runner
        self._placer = placer

    def start(
        self,
        service: Service,
        deployment: Deployment,
        number: int,
        only: Callable[[ContainerInstance], bool] = lambda instance: True,
    ) -> None:
        """Starts so many tasks with a deployment's settings, or fewer if container instances have no place for them.

        The service gets an event then. A change of the cluster's instances or of their tasks is the time to try again.
        """
        started = []
        try:
            for _ in range(number):
                started.append(self._start(service, deployment, only))
            if number:
                service.unplaced = ""
        except NotPlaced as error:
            _tell_unplaced(service, error)
        if started:
            service.is_steady = False
            names = " ".join(f"(task {t.id})" for t in started)
            service.log(f"has started {len(started)} tasks: {names}.")

    def _start(self, service: Service, deployment: Deployment, only: Callable[[ContainerInstance], bool]) -> Task:
        revision, scope = deployment.service_revision, service.scope
        definition = self._store.find_definition(scope.account, scope.region, revision["taskDefinition"])
        if definition is None:
            raise LookupError(f"the task definition {revision['taskDefinition']} no longer exists")
        own = [t for t in self._store.tasks_of(service) if t.is_wanted and t.started_by == deployment.id]
        task = service_task(service, deployment, definition, Counter(t.capacity_provider or "" for t in own))
        if task.launch_type == "EC2":
            constraints, strategy = (revision.get(key) or [] for key in ("placementConstraints", "placementStrategy"))
            self._placer.place(task, Placement(constraints, strategy, only))
        network = (revision["networkConfiguration"] or {}).get("awsvpcConfiguration") or {}
        self._runner.start(task, network, revision.get("serviceRegistries") or [])
        return task

    def stop(self, service: Service, task: Task, reason: str) -> None:
        """Stops a task that is no longer wanted."""
        service.is_steady = False
        service.log(f"has stopped 1 running tasks: (task {task.id}).")
        self._runner.stop(task, STOPPED_BY_SCHEDULER, reason)

    def stop_unhealthy(self, service: Service, task: Task, failure: HealthFailure) -> None:
        """Stops a task that has to be replaced."""
        service.log(failure.event)
        self._runner.stop(task, STOPPED_BY_SCHEDULER, failure.reason)


def _tell_unplaced(service: Service, error: NotPlaced) -> None:
    sentence = error.sentence
    if service.unplaced != sentence:
        service.unplaced = sentence
        service.log(
            f"was unable to place a task because no container instance met all of its requirements. {sentence} For "
            "more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
        )


def serves(task: Task) -> bool:
    """Returns whether the task counts as healthy in a deployment."""
    if not task.is_wanted or task.status != "RUNNING" or task.started_at is None:
        return False
    if task.has_health_check or task.load_balancers:
        return (task.health == "HEALTHY" or not task.has_health_check) and load_balancers.are_healthy(task)
    return (now() - task.started_at).total_seconds() >= SETTLE_SECONDS


def health_failure(task: Task) -> HealthFailure | None:
    """Returns why a running task has to be replaced, or None.

    Source of the words: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
    """
    if not task.is_wanted or task.status != "RUNNING":
        return None
    if task.health == "UNHEALTHY":
        return HealthFailure(f"(task {task.id}) failed container health checks.", "Task failed container health checks")
    if target := load_balancers.unhealthy_target(task):
        group = f"(target-group {target.group_arn})"
        event = f"(port {target.port}) is unhealthy in {group} due to (reason {target.description})."
        return HealthFailure(event, f"Task failed ELB health checks in {group}")
    return None


def until_settled(wanted: list[Task]) -> float | None:
    """Returns the seconds until the next task that nobody checks counts as serving, or None."""
    waits = [
        SETTLE_SECONDS - (now() - t.started_at).total_seconds()
        for t in wanted
        if t.status == "RUNNING" and t.started_at and not (t.has_health_check or t.load_balancers) and not serves(t)
    ]
    return max(0.05, min(waits)) if waits else None


def to_stop(tasks: list[Task], number: int) -> list[Task]:
    """Returns the tasks to stop: first those that do not serve, newer ones before older ones. Protected ones stay."""
    stoppable = [task for task in tasks if not task.is_protected]
    return sorted(stoppable, key=lambda t: (serves(t), -t.created_at.timestamp()))[: max(0, number)]
