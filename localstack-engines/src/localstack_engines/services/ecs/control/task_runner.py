"""Starts and stops tasks."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from localstack_engines.services.ecs.control.cloud_map_registration import CloudMapRegistration
from localstack_engines.services.ecs.control.load_balancers import LoadBalancerRegistration
from localstack_engines.services.ecs.control.registrations import Registrations
from localstack_engines.services.ecs.control.task_clients import task_client
from localstack_engines.services.ecs.control.task_lifecycle import TaskLifecycle
from localstack_engines.services.ecs.control.task_spec_factory import task_spec
from localstack_engines.services.ecs.engine.container_state import ContainerState
from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.engine.task_engine import TaskEngine
from localstack_engines.services.ecs.engine.task_listener import StopCause
from localstack_engines.services.ecs.instance_models import ContainerInstance
from localstack_engines.services.ecs.models import Task
from localstack_engines.services.ecs.store import Store

LOG = logging.getLogger(__name__)

TaskChanged = Callable[[Task], None]


class TaskRunner:
    """Gives tasks to the engine and tells its listeners of the tasks' changes."""

    def __init__(self, store: Store, engine: TaskEngine) -> None:
        self._store = store
        self._engine = engine
        self._lifecycles: dict[str, TaskLifecycle] = {}
        self._listeners: list[TaskChanged] = []

    def listen(self, listener: TaskChanged) -> None:
        """Calls `listener(task)` after every change of a task, from many threads."""
        self._listeners.append(listener)

    def start(self, task: Task, network: dict[str, Any], registries: list[dict[str, Any]]) -> None:
        """Remembers the task and begins to start it. Returns at once.

        `network` is its awsvpcConfiguration, `registries` are its service's serviceRegistries.
        """
        self._store.tasks[task.id] = task
        for definition in task.definition["containerDefinitions"]:
            task.containers[definition["name"]] = ContainerState(definition["name"])
        registration = CloudMapRegistration(
            task_client(task, "servicediscovery"), registries, task.service_name or task.group
        )
        registrations = Registrations(registration, LoadBalancerRegistration(self._store))
        lifecycle = TaskLifecycle(task, registrations, self._changed)
        self._lifecycles[task.id] = lifecycle
        threading.Thread(
            target=self._launch, args=(lifecycle, network), name=f"ecs-launch-{task.id[:8]}", daemon=True
        ).start()

    def stop(self, task: Task, code: str, reason: str) -> None:
        """Begins to stop the task. A task that is already stopping keeps its first reason."""
        if not task.is_wanted:
            return
        # The scheduler reads without a lock: the reason must be there before the task counts as stopping.
        task.stop_code, task.stopped_reason = code, reason
        task.desired_status = "STOPPED"
        lifecycle = self._lifecycles.get(task.id)
        if lifecycle is not None:
            lifecycle.stop(StopCause("requested", reason))

    def remove_host(self, instance: ContainerInstance) -> None:
        """Removes what a container instance without tasks has on this machine."""
        self._engine.remove_host(instance.ec2_instance_id)

    def _launch(self, lifecycle: TaskLifecycle, network: dict[str, Any]) -> None:
        task = lifecycle.task
        try:
            lifecycle.attach(network)
            self._notify(task)
            lifecycle.run(self._engine, task_spec(task))
        except TaskFailed as error:
            lifecycle.fail(str(error))
        except Exception as error:
            LOG.exception("task %s cannot be started", task.arn)
            lifecycle.fail(f"TaskFailedToStart: {error}")

    def _changed(self, task: Task) -> None:
        task.version += 1
        if task.stopped_at is not None:
            self._lifecycles.pop(task.id, None)
            self._engine.forget(task.id)
        self._notify(task)

    def _notify(self, task: Task) -> None:
        for listener in self._listeners:
            listener(task)
