"""Starts and stops tasks: turns a record into containers and the engine's reports into the record."""

import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from localstack_engines.network import interfaces
from localstack_engines.services.ecs.control import container_environment as environment
from localstack_engines.services.ecs.control import container_secrets as secrets
from localstack_engines.services.ecs.control import container_specs as translation
from localstack_engines.services.ecs.control.cloud_map_registration import Registration
from localstack_engines.services.ecs.engine.task_engine import Engine
from localstack_engines.services.ecs.engine.task_run import Cause, TaskRun
from localstack_engines.services.ecs.engine.task_spec import (
    ContainerSpec,
    ContainerState,
    Network,
    TaskFailed,
    TaskSpec,
)
from localstack_engines.services.ecs.models import Task, now
from localstack_engines.toolkit.log_shipping import awslogs

LOG = logging.getLogger(__name__)

STOPPED_BY_USER = "UserInitiated"
STOPPED_BY_SCHEDULER = "ServiceSchedulerInitiated"

Clients = Callable[[Task, str, str | None], Any]
"""(task, AWS service, region or None for the task's) -> boto3 client."""


class TaskRunner:
    """`on_change(task)` is called after every change of a task, from many threads."""

    def __init__(self, engine: Engine, clients: Clients, on_change: Callable[[Task], None]) -> None:
        self._engine = engine
        self._clients = clients
        self._on_change = on_change
        self._lives: dict[str, _Life] = {}

    def start(self, task: Task, network: dict[str, Any], registries: list[dict[str, Any]]) -> None:
        """Begins to start the task; `network` is its awsvpcConfiguration. Returns at once."""
        for definition in task.definition["containerDefinitions"]:
            task.containers[definition["name"]] = ContainerState(definition["name"])
        service = task.group.removeprefix("service:")
        registration = Registration(self._clients(task, "servicediscovery", None), registries, service)
        life = _Life(task, registration, self._changed)
        self._lives[task.id] = life
        threading.Thread(
            target=self._launch, args=(life, network), name=f"ecs-launch-{task.id[:8]}", daemon=True
        ).start()

    def stop(self, task: Task, code: str, reason: str) -> None:
        """Begins to stop the task; a task that stops already keeps its first reason."""
        if not task.is_wanted:
            return
        # the scheduler reads without a lock: the reason must be there before the task counts as stopping
        task.stop_code, task.stopped_reason = code, reason
        task.desired_status = "STOPPED"
        life = self._lives.get(task.id)
        if life is not None:
            life.request_stop(Cause("requested", reason))

    def _changed(self, task: Task) -> None:
        task.version += 1
        if task.stopped_at is not None:
            self._lives.pop(task.id, None)
            self._engine.forget(task.id)
        self._on_change(task)

    def _launch(self, life: "_Life", network: dict[str, Any]) -> None:
        task = life.task
        try:
            self._attach(task, network)
            task.status = "PENDING"
            self._on_change(task)
            life.begin(self._engine, self._specification(task))
        except TaskFailed as error:
            life.fail_early(str(error))
        except Exception as error:
            LOG.exception("task %s cannot be started", task.arn)
            life.fail_early(f"TaskFailedToStart: {error}")

    @staticmethod
    def _attach(task: Task, network: dict[str, Any]) -> None:
        scope = task.scope
        try:
            task.interface = interfaces.attach(
                scope.account,
                scope.region,
                random.choice(network["subnets"]),  # noqa: S311
                network.get("securityGroups") or [],
                task.arn,
            )
        except Exception as error:
            raise TaskFailed(
                "ResourceInitializationError", f"network interface: {error or type(error).__name__}"
            ) from error
        task.connectivity_at = now()

    def _specification(self, task: Task) -> TaskSpec:
        interface = task.interface
        assert interface is not None
        definitions = task.definition["containerDefinitions"]
        credentials = environment.task_credentials(self._clients(task, "sts", None), task)
        with ThreadPoolExecutor(max_workers=len(definitions)) as pool:
            containers = list(pool.map(lambda d: self._container(task, d, credentials), definitions))
        resolver = interface.network.resolver
        return TaskSpec(
            id=task.id,
            containers=containers,
            network=Network(
                name=interface.network.name,
                address=interface.address,
                resolver=resolver,
                mac_address=interface.mac_address,
                hosts={"localhost.localstack.cloud": resolver},
            ),
            volumes=[volume["name"] for volume in task.definition.get("volumes") or []],
        )

    def _container(self, task: Task, definition: dict[str, Any], credentials: dict[str, str]) -> ContainerSpec:
        name = definition["name"]
        overrides = (task.overrides or {}).get("containerOverrides") or []
        given = {e["name"]: e.get("value", "") for e in definition.get("environment") or []}
        try:
            secret = secrets.resolve(definition.get("secrets") or [], lambda s, region: self._clients(task, s, region))
        except secrets.SecretUnavailable as error:
            raise TaskFailed(
                "ResourceInitializationError", f"unable to pull secrets or registry auth: {error}", name
            ) from error
        return translation.container_spec(
            definition,
            task.definition,
            task_id=task.id,
            image=_local_image(definition["image"]),
            environment={**environment.platform_environment(task, name, credentials), **given, **secret},
            override=next((o for o in overrides if o.get("name") == name), {}),
            log_sink=self._log_sink(task, definition),
        )

    def _log_sink(self, task: Task, definition: dict[str, Any]) -> Any:
        logging_configuration = definition.get("logConfiguration")
        if not logging_configuration:
            return None
        driver, options = logging_configuration["logDriver"], logging_configuration.get("options") or {}
        if driver != "awslogs":
            raise TaskFailed(
                "ResourceInitializationError", f"the local ECS has no log driver {driver}", definition["name"]
            )
        logs = self._clients(task, "logs", options.get("awslogs-region"))
        return awslogs.sink(logs, options, definition["name"], task.id)


class _Life:
    """One task from launch to stop: the engine's listener."""

    def __init__(self, task: Task, registration: Registration, changed: Callable[[Task], None]) -> None:
        self.task = task
        self._registration = registration
        self._changed = changed
        self._run: TaskRun | None = None
        self._early_stop: Cause | None = None
        self._lock = threading.Lock()

    def begin(self, engine: Engine, spec: TaskSpec) -> None:
        with self._lock:
            if self._early_stop is None:
                self._run = engine.run(spec, self, self.task.containers)
        if self._run is None:
            self._end()

    def request_stop(self, cause: Cause) -> None:
        with self._lock:
            self._early_stop = cause
            if self._run is not None:
                self._run.stop(cause)

    def fail_early(self, message: str) -> None:
        """The task never got to the engine."""
        self.on_stopping(Cause("failed", message))
        for state in self.task.containers.values():
            state.status = "STOPPED"
        self._end()

    # engine.task.Listener

    def on_pulled(self, started: datetime, stopped: datetime) -> None:
        self.task.pull_started_at, self.task.pull_stopped_at = started, stopped

    def on_change(self) -> None:
        task = self.task
        if task.status == "PENDING" and task.is_wanted and all(s.is_past_start for s in task.containers.values()):
            self._activate()
        elif task.status == "RUNNING" and task.is_wanted:
            self._registration.update(task)
        self._changed(task)

    def _activate(self) -> None:
        task = self.task
        task.status = "ACTIVATING"
        try:
            self._registration.register(task)
        except Exception as error:
            self.request_stop(Cause("failed", f"ServiceDiscoveryError: {error}"))
            return
        task.status, task.started_at = "RUNNING", now()

    def on_stopping(self, cause: Cause) -> None:
        task = self.task
        task.stopping_at = now()
        if task.stop_code is None:
            task.stop_code = "EssentialContainerExited" if cause.kind == "essential" else "TaskFailedToStart"
            task.stopped_reason = cause.message
        task.desired_status = "STOPPED"
        task.status = "DEACTIVATING"
        # its replacement need not wait for the rest
        self._changed(task)
        # nobody shall be sent here any more before SIGTERM arrives
        self._registration.deregister(task)
        task.status = "STOPPING"
        if cause.kind == "failed" and cause.container and task.containers[cause.container].reason is None:
            task.containers[cause.container].reason = cause.message
        self._changed(task)

    def on_stopped(self) -> None:
        self._end()

    def _end(self) -> None:
        task = self.task
        task.execution_stopped_at = now()
        task.status = "DEPROVISIONING"
        task.stopping_at = task.stopping_at or now()
        if task.interface is not None:
            interfaces.detach(task.scope.account, task.scope.region, task.interface)
        task.desired_status, task.status, task.stopped_at = "STOPPED", "STOPPED", now()
        self._changed(task)


def _local_image(reference: str) -> str:
    """ECR references lead to the local registry; everything else is the daemon's business."""
    from localstack_engines.services.ecr.control import image_storage as images

    return str(images.local_reference(reference))
