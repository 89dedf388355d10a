"""One run of a task, from start to end."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localstack_engines.services.ecs.engine import dependencies, docker_log
from localstack_engines.services.ecs.engine.container_state import ContainerState
from localstack_engines.services.ecs.engine.containers import Containers
from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.engine.exit_watcher import ExitWatcher
from localstack_engines.services.ecs.engine.health_prober import HealthProber
from localstack_engines.services.ecs.engine.images import Images
from localstack_engines.services.ecs.engine.log_shipper import ship
from localstack_engines.services.ecs.engine.preparation import create_containers, pull_images
from localstack_engines.services.ecs.engine.task_listener import StopCause, TaskListener
from localstack_engines.services.ecs.engine.task_networks import TaskNetwork, TaskNetworks
from localstack_engines.services.ecs.engine.task_spec import ContainerSpec, TaskSpec

LOG = logging.getLogger(__name__)

_LOG_WAIT_SECONDS = 10.0
_KEPT_LINES = 15


@dataclass(frozen=True)
class SharedResources:
    """What all tasks of an engine share."""

    containers: Containers
    images: Images
    exits: ExitWatcher
    networks: TaskNetworks


class TaskRun:
    """Runs a task's containers and keeps `states`, one per container, up to date.

    It is an actor: one thread owns the state, and other threads send it messages.
    """

    def __init__(
        self, spec: TaskSpec, resources: SharedResources, listener: TaskListener, states: dict[str, ContainerState]
    ) -> None:
        self.spec = spec
        self.states = states
        self.cause: StopCause | None = None
        self._specs = {c.name: c for c in spec.containers}
        self._containers = resources.containers
        self._images = resources.images
        self._exits = resources.exits
        self._networks = resources.networks
        self._listener = listener
        self._messages: queue.Queue[Callable[[], None]] = queue.Queue()
        self._pool = ThreadPoolExecutor(max_workers=len(spec.containers) + 2, thread_name_prefix="ecs-task")
        self._launched: set[str] = set()
        self._stopping: set[str] = set()
        self._probers: dict[str, HealthProber] = {}
        self._readers: list[threading.Thread] = []
        self._network: TaskNetwork | None = None
        self._thread = threading.Thread(target=self._run, name=f"ecs-task-{spec.id[:8]}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, cause: StopCause) -> None:
        """Asks the task to stop its containers in their order. Only the first cause counts."""
        self._messages.put(lambda: self._begin_stop(cause))

    def join(self, timeout: float | None = None) -> None:
        self._thread.join(timeout)

    # These run in the task's thread.

    def _run(self) -> None:
        try:
            self._prepare()
            self._advance()
        except TaskFailed as error:
            self._begin_stop(StopCause("failed", str(error), error.container))
        except Exception as error:
            LOG.exception("task %s cannot start", self.spec.id)
            self._begin_stop(StopCause("failed", f"TaskFailedToStart: {error}"))
        while not self._is_over():
            message = self._messages.get()
            try:
                message()
            except Exception:
                LOG.exception("task %s", self.spec.id)
        self._clean_up()

    def _prepare(self) -> None:
        """Makes the network namespace and the images available, both at the same time. Then creates all containers."""
        lost = StopCause("failed", "NetworkNamespaceLost")
        network = self._pool.submit(self._networks.open, self.spec, lambda: self.stop(lost))
        started = datetime.now(UTC)
        pulls = self._pool.submit(pull_images, self._pool, self._images, self.spec, self.states)
        self._network = network.result()
        pulls.result()
        self._listener.on_pulled(started, datetime.now(UTC))
        for volume in self.spec.volumes:
            self._containers.create_volume(self.spec.id, volume)
        create_containers(self._pool, self._containers, self.spec, self._network.namespace, self.states)

    def _advance(self) -> None:
        """Starts each container whose conditions are met."""
        if self.cause is not None:
            return
        for spec in self.spec.containers:
            if spec.name in self._launched or self.states[spec.name].status != "PENDING":
                continue
            try:
                if dependencies.can_start(spec, self.states):
                    self._launched.add(spec.name)
                    self._pool.submit(self._launch, spec)
            except dependencies.Unresolvable as error:
                self._give_up(spec, str(error))

    def _give_up(self, spec: ContainerSpec, why: str) -> None:
        state = self.states[spec.name]
        state.status, state.reason = "STOPPED", f"DependentContainerNotResolved: {why}"
        if spec.essential:
            self._begin_stop(StopCause("failed", state.reason, spec.name))
        else:
            self._listener.on_change()
            self._advance()

    def _on_started(self, spec: ContainerSpec) -> None:
        state = self.states[spec.name]
        if state.status == "PENDING":
            state.status = "RUNNING"
        if spec.start_timeout:
            timer = threading.Timer(spec.start_timeout, lambda: self._post(self._on_start_timeout, spec))
            timer.daemon = True
            timer.start()
        if spec.health_check and state.status == "RUNNING" and self.cause is None:
            self._watch_health(spec)
        self._listener.on_change()
        self._advance()
        if self.cause is not None:
            self._stop_next()

    def _on_start_timeout(self, spec: ContainerSpec) -> None:
        """Gives up the containers that still wait for this one. Source: startTimeout in API_ContainerDefinition."""
        for waiting in self.spec.containers:
            condition = waiting.depends_on.get(spec.name)
            if condition and waiting.name not in self._launched and self.cause is None:
                self._give_up(waiting, f"container {spec.name} was not {condition} within {spec.start_timeout} s")

    def _on_start_failed(self, spec: ContainerSpec, error: TaskFailed) -> None:
        state = self.states[spec.name]
        state.status, state.reason = "STOPPED", str(error)
        self._begin_stop(StopCause("failed", str(error), spec.name))

    def _on_exit(self, name: str, exit_code: int) -> None:
        state = self.states[name]
        details = self._details(name)
        state.status, state.exit_code = "STOPPED", exit_code
        state.finished_at = datetime.now(UTC)
        state.started_at = state.started_at or state.finished_at
        if exit_code:
            state.last_lines = self._last_lines(name)
        if details.get("OOMKilled"):
            state.reason = "OutOfMemoryError: Container killed due to memory usage"
        if prober := self._probers.pop(name, None):
            prober.stop()
        if self._is_restarted(name, exit_code):
            return
        if self._specs[name].essential and self.cause is None:
            self._begin_stop(StopCause("essential", "Essential container in task exited", name))
            return
        self._listener.on_change()
        if self.cause is not None:
            self._stop_next()
        self._advance()

    def _is_restarted(self, name: str, exit_code: int) -> bool:
        """Starts a container again if its restart policy says so. Returns whether it does."""
        spec, state = self._specs[name], self.states[name]
        if self.cause is not None or spec.restart_policy is None or not (state.started_at and state.finished_at):
            return False
        if not spec.restart_policy.applies((state.finished_at - state.started_at).total_seconds(), exit_code):
            return False
        state.restart_count += 1
        state.status, state.health, state.exit_code, state.reason = "PENDING", "UNKNOWN", None, None
        self._pool.submit(self._launch, spec, state.finished_at)
        return True

    def _on_health(self, name: str, status: str) -> None:
        state = self.states[name]
        if state.status == "RUNNING" and state.health != status:
            state.health = status
            self._listener.on_change()
            self._advance()

    def _begin_stop(self, cause: StopCause) -> None:
        if self.cause is not None:
            return
        self.cause = cause
        self._listener.on_stopping(cause)
        for prober in self._probers.values():
            prober.stop()
        self._stop_next()

    def _stop_next(self) -> None:
        for name in dependencies.next_to_stop(self.spec.containers, self.states):
            if name not in self._stopping:
                self._stopping.add(name)
                self._pool.submit(
                    self._containers.stop, self.states[name].runtime_id or "", self._specs[name].stop_timeout
                )

    def _is_over(self) -> bool:
        """Returns whether the task is stopping, no container runs, and none is being started."""
        in_flight = any(self.states[name].status == "PENDING" for name in self._launched)
        return self.cause is not None and not in_flight and all(s.status != "RUNNING" for s in self.states.values())

    def _clean_up(self) -> None:
        """Ends the task. It counts as stopped when its address is free; the containers are removed after that."""
        deadline = time.monotonic() + _LOG_WAIT_SECONDS
        for reader in self._readers:
            reader.join(max(0.0, deadline - time.monotonic()))
        for state in self.states.values():
            state.status = "STOPPED"
        self._listener.on_change()
        if self._network:
            self._networks.close(self._network)
        self._listener.on_stopped()
        ids = [state.runtime_id for state in self.states.values() if state.runtime_id]
        list(self._pool.map(self._containers.remove, ids))
        for volume in self.spec.volumes:
            if volume.host is None:
                self._containers.remove_volume(volume.name)
        self._pool.shutdown(wait=False)

    # These run in other threads.

    def _post(self, handler: Callable[..., None], *arguments: Any) -> None:
        self._messages.put(lambda: handler(*arguments))

    def _launch(self, spec: ContainerSpec, last_end: datetime | None = None) -> None:
        """Starts a container and follows its log, from the end of its last run on."""
        runtime_id = self.states[spec.name].runtime_id or ""
        self._exits.on_exit(runtime_id, lambda code: self._post(self._on_exit, spec.name, code))
        try:
            self._containers.start(runtime_id, spec.name)
        except TaskFailed as error:
            self._exits.forget(runtime_id)
            self._post(self._on_start_failed, spec, error)
            return
        self.states[spec.name].started_at = datetime.now(UTC)
        if spec.log_sink is not None:
            pieces = docker_log.pieces(runtime_id, terminal=bool(spec.options.get("tty")), since=last_end)
            self._readers.append(ship(pieces, spec.log_sink, spec.name))
        self._post(self._on_started, spec)

    def _watch_health(self, spec: ContainerSpec) -> None:
        check, runtime_id = spec.health_check, self.states[spec.name].runtime_id or ""
        if check is None:
            return
        prober = HealthProber(
            check,
            lambda: self._containers.probe(runtime_id, check.command, check.timeout),
            lambda status: self._post(self._on_health, spec.name, status),
        )
        self._probers[spec.name] = prober
        prober.start(spec.name)

    def _last_lines(self, name: str) -> list[str]:
        """Returns the end of a failed container's log: the container is removed before anybody can read it there."""
        runtime_id = self.states[name].runtime_id or ""
        try:
            terminal = bool(self._specs[name].options.get("tty"))
            return [text for _, text in docker_log.read(runtime_id, _KEPT_LINES, follow=False, terminal=terminal)]
        except Exception:
            return []

    def _details(self, name: str) -> dict:
        try:
            return dict(self._containers.inspect(self.states[name].runtime_id or "")["State"])
        except Exception:
            return {}
