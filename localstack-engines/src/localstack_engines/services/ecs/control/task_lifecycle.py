"""One task from its launch to its end: the record follows what the engine reports."""

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from localstack_engines.network import interfaces
from localstack_engines.services.ecs.control.registrations import Registration
from localstack_engines.services.ecs.deployment_models import now
from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.engine.task_engine import TaskEngine
from localstack_engines.services.ecs.engine.task_listener import StopCause
from localstack_engines.services.ecs.engine.task_run import TaskRun
from localstack_engines.services.ecs.engine.task_spec import TaskSpec
from localstack_engines.services.ecs.models import Task

LOG = logging.getLogger(__name__)


class TaskLifecycle:
    """Takes a task through the statuses of ECS. It is the engine's TaskListener.

    `on_change(task)` is called after each change of the record.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
    """

    def __init__(self, task: Task, registration: Registration, on_change: Callable[[Task], None]) -> None:
        self.task = task
        self._registration = registration
        self._changed = on_change
        self._run: TaskRun | None = None
        self._stop_cause: StopCause | None = None
        self._lock = threading.Lock()

    def attach(self, network: dict[str, Any]) -> None:
        """Gives the task an address, as its network mode wants it. Raises TaskFailed.

        `network` is the awsvpcConfiguration: the task gets an interface in one of its subnets.
        """
        task = self.task
        try:
            if task.network_mode == "awsvpc":
                task.interface = interfaces.attach(
                    task.scope.account,
                    task.scope.region,
                    random.choice(network["subnets"]),  # noqa: S311
                    network.get("securityGroups") or [],
                    task.arn,
                    wants_public_address=network.get("assignPublicIp") == "ENABLED",
                )
            elif task.network_mode == "bridge" and task.container_instance is not None:
                instance = task.container_instance
                task.place = interfaces.reserve(
                    task.scope.account, task.scope.region, instance.subnet_id, instance.place.address
                )
        except Exception as error:
            raise TaskFailed(
                "ResourceInitializationError", f"network interface: {error or type(error).__name__}"
            ) from error
        task.connectivity_at = now()
        task.status = "PENDING"

    def run(self, engine: TaskEngine, spec: TaskSpec) -> None:
        """Starts the task's containers, unless the task has been stopped before."""
        with self._lock:
            if self._stop_cause is None:
                self._run = engine.run(spec, self, self.task.containers)
        if self._run is None:
            self._end()

    def stop(self, cause: StopCause) -> None:
        """Stops the task. A task that has no containers yet ends before they are started."""
        with self._lock:
            self._stop_cause = cause
            if self._run is not None:
                self._run.stop(cause)

    def fail(self, message: str) -> None:
        """Ends a task that the engine never got."""
        self.on_stopping(StopCause("failed", message))
        for state in self.task.containers.values():
            state.status = "STOPPED"
        self._end()

    # These are the methods of engine.task_run.TaskListener.

    def on_pulled(self, started: datetime, stopped: datetime) -> None:
        self.task.pull_started_at, self.task.pull_stopped_at = started, stopped

    def on_change(self) -> None:
        task = self.task
        if task.status == "PENDING" and task.is_wanted and all(s.is_past_start for s in task.containers.values()):
            self._activate()
        elif task.status == "RUNNING" and task.is_wanted:
            self._registration.update(task)
        self._changed(task)

    def on_stopping(self, cause: StopCause) -> None:
        task = self.task
        task.stopping_at = now()
        if task.stop_code is None:
            task.stop_code = "EssentialContainerExited" if cause.kind == "essential" else "TaskFailedToStart"
            task.stopped_reason = cause.message
        task.desired_status = "STOPPED"
        task.status = "DEACTIVATING"
        # The listener can start a replacement now: it need not wait until this task has ended.
        self._changed(task)
        # Clients must no longer find the task when SIGTERM arrives, and its connections must have ended.
        try:
            self._registration.deregister(task)
        except Exception:
            # Its containers stop nevertheless. Otherwise the task would never end.
            LOG.exception("task %s cannot be deregistered", task.arn)
        task.status = "STOPPING"
        if cause.kind == "failed" and cause.container and task.containers[cause.container].reason is None:
            task.containers[cause.container].reason = cause.message
        self._changed(task)

    def on_stopped(self) -> None:
        self._end()

    def _activate(self) -> None:
        task = self.task
        task.status = "ACTIVATING"
        try:
            self._registration.register(task)
        except Exception as error:
            self.stop(StopCause("failed", f"RegistrationError: {error}"))
            return
        task.status, task.started_at = "RUNNING", now()

    def _end(self) -> None:
        task = self.task
        task.execution_stopped_at = now()
        task.status = "DEPROVISIONING"
        task.stopping_at = task.stopping_at or now()
        if task.interface is not None:
            interfaces.detach(task.scope.account, task.scope.region, task.interface)
        if task.place is not None:
            interfaces.release(task.place)
        task.desired_status, task.status, task.stopped_at = "STOPPED", "STOPPED", now()
        self._changed(task)
