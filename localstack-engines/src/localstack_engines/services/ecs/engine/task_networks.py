"""The networks of tasks, and of the hosts on which tasks run.

A host is a container that only sleeps. Its network namespace has the host's address. A task in the host's network joins
this namespace. A task in a network of its own can have ports of the host: a proxy in the host's namespace passes their
connections on.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from localstack_engines.services.ecs.engine.containers import Containers
from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.engine.exit_watcher import ExitWatcher
from localstack_engines.services.ecs.engine.task_spec import Host, TaskSpec

_PROXY = "task.ports"
"""ECS does not allow this name for a container, so it cannot clash with a name of the task's own containers."""
_CONFIGURATION = """
global
    maxconn 2000
defaults
    mode tcp
    timeout connect 5s
    timeout client 1h
    timeout server 1h
"""


@dataclass
class TaskNetwork:
    """`namespace` is the id of the container whose network namespace the task's containers join."""

    namespace: str
    own: list[str] = field(default_factory=list)
    """The containers that belong to this task only."""


class PacketFilters(Protocol):
    """What filters the packets of tasks."""

    def open(self, container: str, address: str) -> None:
        """Filters the packets of the namespace that a container holds, which has this address."""

    def close(self, container: str) -> None:
        """Is told that the namespace is about to be removed."""


class TaskNetworks:
    """Opens and closes the networks of tasks. Keeps a host's network until it is removed."""

    def __init__(self, containers: Containers, exits: ExitWatcher, filters: PacketFilters) -> None:
        self._containers = containers
        self._exits = exits
        self._filters = filters
        self._hosts: dict[str, str] = {}
        self._lock = threading.Lock()

    def open(self, task: TaskSpec, on_lost: Callable[[], None]) -> TaskNetwork:
        """Starts what the task's network needs. Calls `on_lost` when a part of it ends. Raises TaskFailed."""
        host = self._host(task.host) if task.host else None
        if task.network is None:
            if host is None:
                raise ValueError("a task needs a network or a host")
            return TaskNetwork(host)
        network = TaskNetwork(self._containers.create_namespace(task.id, task.network))
        network.own.append(network.namespace)
        try:
            self._filter(network.namespace, task.network.address)
            if host and task.ports:
                network.own.append(self._containers.create_proxy(task.id, _PROXY, host, proxy_configuration(task)))
        except Exception:
            self.close(network)
            raise
        for container in network.own:
            self._exits.on_exit(container, lambda code: on_lost())
        return network

    def _filter(self, namespace: str, address: str) -> None:
        try:
            self._filters.open(namespace, address)
        except Exception as error:
            message = f"the security groups of the task cannot be enforced: {error}"
            raise TaskFailed("ResourceInitializationError", message) from error

    def close(self, network: TaskNetwork) -> None:
        self._filters.close(network.namespace)
        for container in network.own:
            self._exits.forget(container)
            self._containers.remove(container)

    def remove_host(self, host_id: str) -> None:
        """Removes a host that no longer has tasks, and its volumes. Does nothing if it never had one."""
        with self._lock:
            container = self._hosts.pop(host_id, None)
        if container is not None:
            self._containers.remove(container)
            self._containers.remove_host_volumes(host_id)

    def _host(self, host: Host) -> str:
        with self._lock:
            if host.id not in self._hosts:
                self._hosts[host.id] = self._containers.create_namespace(host.id, host.network)
            return self._hosts[host.id]


def proxy_configuration(task: TaskSpec) -> str:
    """Returns HAProxy's configuration for the ports of the host that lead to a task (pure)."""
    address = task.network.address if task.network else ""
    lines = [
        f"listen port_{host_port}\n    bind :{host_port}\n    server task {address}:{port}"
        for host_port, port in sorted(task.ports.items())
    ]
    return "\n".join([_CONFIGURATION, *lines, ""])
