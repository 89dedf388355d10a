"""The brokers of one cluster."""

import shutil
import socket
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from localstack_engines.services.kafka.engine import storage
from localstack_engines.services.kafka.engine.broker import Broker, BrokerSpec
from localstack_engines.services.kafka.engine.listeners import Listener
from localstack_engines.toolkit import ports


@dataclass(frozen=True, kw_only=True)
class ClusterSpec:
    """The specification of a cluster. `listeners` are the published ones; brokers ask at `access_url` about clients."""

    name: str
    directory: Path
    host: str
    listeners: tuple[Listener, ...]
    access_url: str


class KafkaCluster:
    """Brokers that form one KRaft cluster. Its methods must not be called concurrently."""

    def __init__(self, spec: ClusterSpec) -> None:
        self.spec = spec
        self.brokers: list[Broker] = []
        self._cluster_id = storage.new_id()
        self._controllers: dict[int, int] = {}
        self._closing: list[int] = []
        """The ports of listeners that the next `reconfigure` closes."""

    @property
    def ready(self) -> bool:
        """Whether every broker is in service."""
        return bool(self.brokers) and all(broker.ready for broker in self.brokers)

    def reserve(self, count: int) -> None:
        """Plans brokers up to `count` in total and takes their ports. Raises NoPortLeft; no port is taken then."""
        if not self._controllers:
            # Three controllers have a majority without one of them; two do not.
            quorum = 3 if count >= 3 else 1
            self._controllers = dict(zip(range(1, quorum + 1), _internal_ports(quorum), strict=True))
        planned: list[Broker] = []
        try:
            for node_id in range(len(self.brokers) + 1, count + 1):
                planned.append(Broker(self._broker_spec(node_id)))
        except ports.NoPortLeft:
            for broker in planned:
                _release(broker.spec.listeners.values())
            raise
        self.brokers += planned

    def start(self, properties: Mapping[str, str]) -> None:
        """Starts the brokers that do not run yet; returns when all serve. Raises ProcessFailed, FormatFailed."""
        starting = [broker for broker in self.brokers if not broker.process.running]
        for broker in starting:
            # A start that failed may have left files.
            shutil.rmtree(broker.spec.directory, ignore_errors=True)
            broker.initialise()
            broker.configure(properties)
            broker.process.launch()
        # A broker becomes ready only when a quorum runs, so all are launched before any is waited for.
        for broker in starting:
            broker.process.wait_started()

    def reconfigure(self, properties: Mapping[str, str]) -> None:
        """Writes new properties, restarts one broker after the other, and releases the ports that they closed."""
        for broker in self.brokers:
            broker.configure(properties)
            broker.process.restart()
        self._release_closed()

    def plan_listeners(self, listeners: tuple[Listener, ...]) -> None:
        """Gives the brokers other listeners, which the next `reconfigure` opens and closes; a kept one keeps its port.

        Raises NoPortLeft; nothing is changed then.
        """
        planned: list[dict[Listener, int]] = []
        try:
            for broker in self.brokers:
                new = tuple(listener for listener in listeners if listener not in broker.spec.listeners)
                planned.append(self._reserve_ports(broker.spec.node_id, new))
        except ports.NoPortLeft:
            for taken in planned:
                _release(taken.values())
            raise
        self.spec = replace(self.spec, listeners=listeners)
        for broker, taken in zip(self.brokers, planned, strict=True):
            known = broker.spec.listeners | taken
            self._closing += [port for listener, port in known.items() if listener not in listeners]
            broker.spec = replace(broker.spec, listeners={listener: known[listener] for listener in listeners})

    def restart(self, node_ids: list[int]) -> None:
        for broker in self.brokers:
            if broker.spec.node_id in node_ids:
                broker.process.restart()

    def stop(self) -> None:
        """Stops all brokers at the same time."""
        self._in_parallel(lambda broker: broker.process.stop())

    def destroy(self) -> None:
        """Stops the brokers, removes their files and releases their ports."""
        self._in_parallel(Broker.destroy)
        for broker in self.brokers:
            _release(broker.spec.listeners.values())
        self._release_closed()
        shutil.rmtree(self.spec.directory, ignore_errors=True)

    def bootstrap(self, listener: Listener) -> str | None:
        """Returns `host:port` of every broker for a listener, or None when the brokers do not have it."""
        addresses = [
            f"{broker.spec.host}:{broker.spec.listeners[listener]}"
            for broker in self.brokers
            if listener in broker.spec.listeners
        ]
        return ",".join(addresses) or None

    def _broker_spec(self, node_id: int) -> BrokerSpec:
        spec = self.spec
        listeners = self._reserve_ports(node_id, spec.listeners)
        return BrokerSpec(
            name=f"kafka {spec.name} broker {node_id}",
            node_id=node_id,
            cluster_id=self._cluster_id,
            directory=spec.directory / str(node_id),
            host=spec.host,
            listeners=listeners,
            internal_port=_internal_ports(1)[0],
            access_url=spec.access_url,
            controllers=self._controllers,
        )

    def _reserve_ports(self, node_id: int, listeners: tuple[Listener, ...]) -> dict[Listener, int]:
        """Takes a port of a broker for each listener. Raises NoPortLeft; no port is taken then."""
        found: dict[Listener, int] = {}
        try:
            for listener in listeners:
                found[listener] = ports.reserve(f"kafka:{self.spec.directory.name}:{node_id}:{listener.name}")
        except ports.NoPortLeft:
            _release(found.values())
            raise
        return found

    def _release_closed(self) -> None:
        _release(self._closing)
        self._closing.clear()

    def _in_parallel(self, action: Callable[[Broker], None]) -> None:
        if self.brokers:
            with ThreadPoolExecutor(max_workers=len(self.brokers)) as pool:
                list(pool.map(action, self.brokers))


def _release(found: Iterable[int]) -> None:
    for port in found:
        ports.release(port)


def _internal_ports(count: int) -> list[int]:
    """Returns ports of the loopback interface that are free now, for listeners inside the container."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = [int(listener.getsockname()[1]) for listener in sockets]
    for listener in sockets:
        listener.close()
    return found
