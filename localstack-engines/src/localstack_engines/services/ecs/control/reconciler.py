"""Compares a service's tasks with what it should have, and starts and stops tasks.

It applies the rules of roll-outs, replacement, back-off and the circuit breaker.
"""

import time
from datetime import timedelta

from localstack_engines.services.ecs.control import circuit_breaker
from localstack_engines.services.ecs.control.container_instances import ContainerInstances
from localstack_engines.services.ecs.control.daemons import DaemonReconciler
from localstack_engines.services.ecs.control.deployment_plan import Counts, plan
from localstack_engines.services.ecs.control.express_services import ExpressServices
from localstack_engines.services.ecs.control.service_tasks import (
    ServiceTasks,
    health_failure,
    serves,
    to_stop,
    until_settled,
)
from localstack_engines.services.ecs.control.task_placer import TaskPlacer
from localstack_engines.services.ecs.control.task_runner import TaskRunner
from localstack_engines.services.ecs.control.task_sets import TaskSetReconciler
from localstack_engines.services.ecs.deployment_models import Deployment, now
from localstack_engines.services.ecs.models import STOPPED_BY_SCHEDULER, STOPPED_BY_USER, Service, Task
from localstack_engines.services.ecs.store import Store

_THROTTLE_AFTER = 3
"""After this many failures in a row, an event of the service reports them."""


class Reconciler:
    """Takes services towards their desired state, one step per call."""

    def __init__(
        self,
        store: Store,
        runner: TaskRunner,
        instances: ContainerInstances,
        placer: TaskPlacer,
        express: ExpressServices,
    ) -> None:
        self._store = store
        self._express = express
        self._tasks = ServiceTasks(store, runner, placer)
        self._daemons = DaemonReconciler(instances, self._tasks)
        self._task_sets = TaskSetReconciler(store, self._tasks)

    def reconcile(self, service: Service) -> float | None:
        """Does what can be done now. Returns the seconds until the next call, or None if only a change needs one.

        The caller holds the store's lock.
        """
        self._replace_unhealthy(service)
        self._count_results(service)
        wanted = [t for t in self._store.tasks_of(service) if t.is_wanted]
        if service.status == "DRAINING":
            self._drain(service, wanted)
            return None
        if service.is_external:
            waits = [self._task_sets.reconcile(service, wanted), _until_grace_ends(service, wanted)]
            return min((wait for wait in waits if wait is not None), default=None)
        return self._reconcile_deployment(service, wanted)

    def _reconcile_deployment(self, service: Service, wanted: list[Task]) -> float | None:
        deployment = service.primary
        if deployment.rollout_state == "FAILED":
            return None
        if self._trip_circuit_breaker(service, deployment):
            return 0.0
        scale = self._daemons.scale if service.is_daemon else self._scale
        again = scale(service, deployment, wanted)
        self._complete_if_steady(service, deployment)
        waits = [w for w in (again, until_settled(wanted), _until_grace_ends(service, wanted)) if w is not None]
        return min(waits) if waits else None

    def stop_deployment(self, service: Service, *, rolls_back: bool) -> bool:
        """Stops the deployment in progress. Returns False if it cannot roll back: no other one was ever complete.

        The caller holds the store's lock.
        """
        deployment, completed = service.primary, service.last_completed
        if not rolls_back:
            deployment.set_rollout("FAILED", "The deployment was stopped.")
            service.current.stopped_at = now()
            service.current.finish("STOPPED", "The deployment was stopped.")
            return True
        if completed is None or completed is deployment:
            return False
        deployment.set_rollout("FAILED", "The deployment was stopped.")
        service.current.stopped_at = now()
        service.current.set_status("ROLLBACK_IN_PROGRESS", "The deployment was stopped.")
        self._roll_back(service, deployment, completed)
        return True

    # The following methods count successes and failures.

    def _replace_unhealthy(self, service: Service) -> None:
        for task in self._store.tasks_of(service):
            failure = health_failure(task)
            if failure and _grace_left(service, task) <= 0:
                self._tasks.stop_unhealthy(service, task, failure)
                if not task.counted:
                    self._count_failure(service, task, failure.reason)

    def _count_results(self, service: Service) -> None:
        """Counts each task once: as a success when it serves, as a failure when it ended before that."""
        for task in self._store.tasks_of(service):
            if task.counted:
                continue
            deployment = _deployment_of(service, task)
            if task.is_wanted:
                if serves(task):
                    task.counted = True
                    if deployment is not None:
                        deployment.consecutive_failures, service.is_throttled = 0, False
            elif task.stop_code in (STOPPED_BY_SCHEDULER, STOPPED_BY_USER):
                task.counted = True
            else:
                self._count_failure(service, task, failure_text(task))

    def _count_failure(self, service: Service, task: Task, reason: str) -> None:
        task.counted = True
        deployment = _deployment_of(service, task)
        if deployment is None:
            return
        deployment.failed_tasks += 1
        deployment.consecutive_failures += 1
        deployment.last_failure = reason
        deployment.retry_at = time.monotonic() + circuit_breaker.backoff(deployment.consecutive_failures)
        if deployment.consecutive_failures >= _THROTTLE_AFTER and not service.is_throttled:
            service.is_throttled = True
            service.log(f"is unable to consistently start tasks successfully. Last failure: {reason}")

    # The following methods start and stop tasks.

    def _scale(self, service: Service, deployment: Deployment, wanted: list[Task]) -> float | None:
        current = [t for t in wanted if t.started_by == deployment.id and not t.is_leaving]
        previous = [t for t in wanted if t not in current]
        percents = service.settings["deploymentConfiguration"]
        step = plan(
            service.desired_count,
            percents["minimumHealthyPercent"],
            percents["maximumPercent"],
            _counts(current),
            _counts(previous),
        )
        stoppable = self._express.stoppable(service, deployment, current, previous) if step.stop_previous else []
        for task in to_stop(stoppable, step.stop_previous) + to_stop(current, step.stop_current):
            self._tasks.stop(service, task, f"Scaling activity initiated by (deployment {deployment.id})")
        delay = deployment.retry_at - time.monotonic()
        if step.start and delay > 0:
            return delay
        self._tasks.start(service, deployment, step.start)
        return None

    def _drain(self, service: Service, wanted: list[Task]) -> None:
        for task in wanted:
            self._tasks.stop(service, task, f"Scaling activity initiated by (deployment {task.started_by})")
        if all(t.stopped_at is not None for t in self._store.tasks_of(service)) and self._express.is_gone(service):
            if service.history and not service.current.is_over:
                service.current.finish("STOPPED", "The service was deleted.")
            service.status = "INACTIVE"
            service.deployments, service.task_sets = [], []

    def _complete_if_steady(self, service: Service, deployment: Deployment) -> None:
        """Completes the deployment when its tasks serve and those of the other deployments are gone."""
        tasks = list(self._store.tasks_of(service))
        for other in service.deployments[1:]:
            if not any(t.started_by == other.id and t.stopped_at is None for t in tasks):
                service.deployments.remove(other)
        serving = sum(t.started_by == deployment.id and serves(t) for t in tasks)
        wanted = sum(t.is_wanted for t in tasks)
        if serving != service.desired_count or wanted != service.desired_count or len(service.deployments) > 1:
            return
        if deployment.rollout_state == "IN_PROGRESS":
            deployment.set_rollout("COMPLETED", f"ECS deployment {deployment.id} completed.")
            service.last_completed = deployment
            service.current.finish("ROLLBACK_SUCCESSFUL" if service.current.rolled_back_to else "SUCCESSFUL")
            service.log(f"(deployment {deployment.id}) deployment completed.")
        if not service.is_steady:
            service.is_steady = True
            service.log("has reached a steady state.")

    # The following methods implement the circuit breaker.

    def _trip_circuit_breaker(self, service: Service, deployment: Deployment) -> bool:
        """Fails a deployment that cannot start. Returns whether the service was rolled back to another deployment."""
        breaker = service.settings["deploymentConfiguration"].get("deploymentCircuitBreaker") or {}
        failing = deployment.rollout_state == "IN_PROGRESS" and circuit_breaker.has_tripped(
            service.desired_count, deployment.consecutive_failures
        )
        if not (failing and breaker.get("enable")):
            return False
        reason = "ECS deployment circuit breaker: tasks failed to start."
        deployment.set_rollout("FAILED", f"{reason} Last failure: {deployment.last_failure}")
        service.log(f"(deployment {deployment.id}) deployment failed: tasks failed to start. {deployment.last_failure}")
        completed = service.last_completed
        if breaker.get("rollback") and completed is not None and completed is not deployment:
            service.current.set_status("ROLLBACK_IN_PROGRESS", reason)
            self._roll_back(service, deployment, completed)
            return True
        if not service.current.is_over:
            service.current.finish("ROLLBACK_FAILED" if service.current.rolled_back_to else "STOPPED", reason)
        return False

    @staticmethod
    def _roll_back(service: Service, failed: Deployment, completed: Deployment) -> None:
        """Makes the last complete deployment the primary one again. Its running tasks are kept."""
        service.current.rolled_back_to = completed.revision_id
        service.log(f"rolling back to deployment {completed.id}.")
        failed.status, completed.status = "ACTIVE", "PRIMARY"
        completed.consecutive_failures, completed.retry_at = 0, 0.0
        completed.set_rollout(
            "IN_PROGRESS", f"ECS deployment circuit breaker: rolling back to deploymentId {completed.id}."
        )
        service.deployments = [completed, *(d for d in service.deployments if d is not completed)]
        service.settings |= {key: completed.service_revision[key] for key in completed.service_revision}


def failure_text(task: Task) -> str:
    """Returns why a task ended, with the last log lines of its failed containers."""
    parts = [task.stopped_reason or "Task stopped"]
    for container in task.containers.values():
        if container.exit_code:
            output = " | ".join(container.last_lines)
            parts.append(
                f"container {container.name} exited with code {container.exit_code}" + (f": {output}" if output else "")
            )
    return "; ".join(parts)


def _grace_left(service: Service, task: Task) -> float:
    """Returns the seconds, from now on, in which the service does not stop an unhealthy task; not more than 0 if over.

    Source: healthCheckGracePeriodSeconds in API_CreateService.
    """
    grace = timedelta(seconds=service.settings.get("healthCheckGracePeriodSeconds") or 0)
    return ((task.started_at or now()) + grace - now()).total_seconds()


def _until_grace_ends(service: Service, wanted: list[Task]) -> float | None:
    """Returns the seconds until the next unhealthy task is to be stopped, or None."""
    waits = [_grace_left(service, task) for task in wanted if health_failure(task)]
    return max(0.05, min(waits)) if waits else None


def _deployment_of(service: Service, task: Task) -> Deployment | None:
    return next((d for d in service.sources if d.id == task.started_by), None)


def _counts(tasks: list[Task]) -> Counts:
    return Counts(active=len(tasks), healthy=sum(serves(t) for t in tasks))
