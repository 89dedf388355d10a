"""The metrics of services: what their tasks use of what they have reserved, and with Container Insights how many run.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
and https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from localstack_engines.metrics.samples import Sample
from localstack_engines.services.ecs.control.placement import needs
from localstack_engines.services.ecs.engine.usage import Usage
from localstack_engines.services.ecs.models import Scope, Service, Task
from localstack_engines.services.ecs.store import Store

_UNITS = 1024
"""CPU units of a processor."""
_MEBIBYTE = 1024 * 1024

Measure = Callable[[Iterable[str]], dict[str, Usage]]


@dataclass(frozen=True)
class _TaskUse:
    """CPU units and MiB of a task, those that it uses and those that it has reserved."""

    cpu: float
    memory: float
    cpu_reserved: int
    memory_reserved: int


class ServiceMetrics:
    """Measures the running tasks of services. Without such tasks it asks Docker nothing."""

    def __init__(self, store: Store, measure: Measure) -> None:
        self._store = store
        self._measure = measure

    def samples(self) -> Iterator[Sample]:
        """Yields the samples of all services."""
        services = [service for service in list(self._store.services.values()) if service.status == "ACTIVE"]
        running = {service.arn: self._running(service) for service in services}
        usage = self._measure(name for tasks in running.values() for task in tasks for name in _containers(task))
        for service in services:
            used = [found for task in running[service.arn] if (found := _use(task, usage)) is not None]
            yield from _utilization(service, used)
            if self._store.is_active_cluster(service.scope) and self._store.has_insights(service.scope):
                yield from self._insights(service, used)
        for scope in {service.scope for service in services}:
            if self._store.is_active_cluster(scope) and self._store.has_insights(scope):
                yield from self._insights_of_cluster(scope)

    def _running(self, service: Service) -> list[Task]:
        return [task for task in self._store.tasks_of(service) if task.status == "RUNNING"]

    def _insights(self, service: Service, used: list[_TaskUse]) -> Iterator[Sample]:
        tasks = [task for task in self._store.tasks_of(service) if task.stopped_at is None]
        running = sum(task.status == "RUNNING" for task in tasks)
        place, dimensions = service.scope, _dimensions(service)
        counts = {
            "DesiredTaskCount": service.desired_count,
            "RunningTaskCount": running,
            "PendingTaskCount": sum(task.is_wanted for task in tasks if task.status != "RUNNING"),
            "DeploymentCount": len(service.deployments),
            "TaskSetCount": len(service.task_sets),
        }
        for name, count in counts.items():
            yield _insight(place, name, dimensions, count, "Count")
        if used:
            yield _insight(place, "CpuUtilized", dimensions, sum(one.cpu for one in used))
            yield _insight(place, "CpuReserved", dimensions, sum(one.cpu_reserved for one in used))
            yield _insight(place, "MemoryUtilized", dimensions, sum(one.memory for one in used), "Megabytes")
            yield _insight(place, "MemoryReserved", dimensions, sum(one.memory_reserved for one in used), "Megabytes")

    def _insights_of_cluster(self, scope: Scope) -> Iterator[Sample]:
        tasks = [task for task in self._store.tasks_in(scope) if task.status == "RUNNING"]
        services = [service for service in self._store.services_in(scope) if service.status == "ACTIVE"]
        dimensions = {"ClusterName": scope.cluster}
        yield _insight(scope, "TaskCount", dimensions, len(tasks), "Count")
        yield _insight(scope, "ServiceCount", dimensions, len(services), "Count")


def _utilization(service: Service, used: list[_TaskUse]) -> Iterator[Sample]:
    """Yields the shares that the tasks use, in percent, one value a task."""
    cpu = [100 * one.cpu / one.cpu_reserved for one in used if one.cpu_reserved]
    memory = [100 * one.memory / one.memory_reserved for one in used if one.memory_reserved]
    for name, values in (("CPUUtilization", cpu), ("MemoryUtilization", memory)):
        if values:
            scope, dimensions = service.scope, _dimensions(service)
            yield Sample(scope.account, scope.region, "AWS/ECS", name, dimensions, values, "Percent")


def _use(task: Task, usage: dict[str, Usage]) -> _TaskUse | None:
    """Returns what a task uses, None when no container of it has been measured."""
    found = [usage[name] for name in _containers(task) if name in usage]
    if not found:
        return None
    reserved = needs(task.effective_definition).resources
    cpu = sum(one.processors for one in found) * _UNITS
    if task.launch_type == "FARGATE":
        # A task has no more than it has reserved there. Here Docker lets it use idle processors.
        cpu = min(cpu, reserved.cpu)
    return _TaskUse(cpu, sum(one.memory for one in found) / _MEBIBYTE, reserved.cpu, reserved.memory)


def _containers(task: Task) -> list[str]:
    """Returns the ids of the task's running containers."""
    return [state.runtime_id for state in task.containers.values() if state.runtime_id and state.status == "RUNNING"]


def _insight(scope: Scope, name: str, dimensions: dict[str, str], value: float, unit: str = "None") -> Sample:
    return Sample(scope.account, scope.region, "ECS/ContainerInsights", name, dimensions, [value], unit)


def _dimensions(service: Service) -> dict[str, str]:
    return {"ClusterName": service.scope.cluster, "ServiceName": service.name}
