"""The engine that runs tasks: one Docker client, and what all tasks share."""

import time
from collections.abc import Iterable
from typing import Any

from localstack_engines.services.ecs.engine.container_state import ContainerState
from localstack_engines.services.ecs.engine.containers import Containers
from localstack_engines.services.ecs.engine.exit_watcher import ExitWatcher
from localstack_engines.services.ecs.engine.images import Images
from localstack_engines.services.ecs.engine.task_listener import StopCause, TaskListener
from localstack_engines.services.ecs.engine.task_networks import PacketFilters, TaskNetworks
from localstack_engines.services.ecs.engine.task_run import SharedResources, TaskRun
from localstack_engines.services.ecs.engine.task_spec import TaskSpec
from localstack_engines.services.ecs.engine.terminal import Terminal
from localstack_engines.services.ecs.engine.usage import Usage, UsageMeter

_CLIENT_TIMEOUT = 120
_CONNECTIONS = 64


class TaskEngine:
    """Runs tasks. Call `start` before the first task; `stop` ends all tasks."""

    def __init__(self, filters: PacketFilters) -> None:
        self._filters = filters
        self._resources: SharedResources | None = None
        self._runs: dict[str, TaskRun] = {}
        self._meter: UsageMeter | None = None

    def start(self) -> None:
        client = _client()
        self._meter = UsageMeter(client)
        containers, exits = Containers(client), ExitWatcher(client)
        task_networks = TaskNetworks(containers, exits, self._filters)
        self._resources = SharedResources(containers, Images(client), exits, task_networks)
        self._resources.exits.start()

    def run(self, spec: TaskSpec, listener: TaskListener, states: dict[str, ContainerState]) -> TaskRun:
        """Starts a task and returns at once. Keeps `states`, one per container, up to date and tells the listener."""
        if self._resources is None:
            raise RuntimeError("the engine is not started")
        run = TaskRun(spec, self._resources, listener, states)
        self._runs[spec.id] = run
        run.start()
        return run

    def terminal(self, container_id: str, command: list[str]) -> Terminal:
        """Runs a command with a terminal in a container of a task. Raises TerminalUnavailable."""
        return Terminal(_client(), container_id, command)

    def usage(self, containers: Iterable[str]) -> dict[str, Usage]:
        """Returns what containers have used since the last call, by their ids."""
        return self._meter.measure(containers) if self._meter else {}

    def remove_host(self, host_id: str) -> None:
        """Removes the network of a host that no longer has tasks."""
        if self._resources is not None:
            self._resources.networks.remove_host(host_id)

    def forget(self, task_id: str) -> None:
        self._runs.pop(task_id, None)

    def stop(self, timeout: float = 4) -> None:
        """Asks all tasks to stop and waits up to `timeout` seconds for them.

        The plugin removes the containers that are left when it stops or starts.
        """
        deadline = time.monotonic() + timeout
        runs = list(self._runs.values())
        for run in runs:
            run.stop(StopCause("requested", "LocalStack is stopping"))
        for run in runs:
            run.join(max(0.0, deadline - time.monotonic()))
        if self._resources is not None:
            self._resources.exits.stop()


def _client() -> Any:
    import docker

    # Each log stream and each running health check holds a connection.
    return docker.from_env(timeout=_CLIENT_TIMEOUT, max_pool_size=_CONNECTIONS)
