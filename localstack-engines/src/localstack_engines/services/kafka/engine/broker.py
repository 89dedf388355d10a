"""One Kafka broker: its process, its files and its properties."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from localstack_engines.services.kafka.engine import storage
from localstack_engines.services.kafka.engine.listeners import Listener, access_properties
from localstack_engines.services.kafka.engine.protocol import live_brokers
from localstack_engines.toolkit import settings
from localstack_engines.toolkit.process import ProcessSpec, SupervisedProcess

_HEAP = "160m"

# These make a broker small and fast to start. The properties of the cluster override them.
_BASE_PROPERTIES = {
    "num.network.threads": "2",
    "num.io.threads": "4",
    "num.recovery.threads.per.data.dir": "1",
    "background.threads": "4",
    # The default of 128 MB does not fit into the heap.
    "log.cleaner.dedupe.buffer.size": "4194304",
    # A broker that was killed can join again only when its old session has expired (default 9 s).
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # A consumer group is ready at once. The default is three seconds.
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.num.partitions": "1",
}


@dataclass(frozen=True, kw_only=True)
class BrokerSpec:
    """The specification of a broker.

    `listeners` has the published port of each listener. `controllers` maps the node ids of the quorum to their ports; a
    broker whose id is in it is also a controller. `access_url` is where the broker asks about its clients.
    """

    name: str
    node_id: int
    cluster_id: str
    directory: Path
    host: str
    listeners: dict[Listener, int]
    internal_port: int
    access_url: str
    controllers: Mapping[int, int] = field(default_factory=dict)


class Broker:
    """A supervised broker. Its methods must not be called concurrently."""

    def __init__(self, spec: BrokerSpec) -> None:
        self.spec = spec
        heap = settings.variable("KAFKA_HEAP", _HEAP)
        options = [f"-Xmx{heap}", "-XX:+ExitOnOutOfMemoryError"]
        self.log_file = spec.directory / "kafka.log"
        self._properties_file = spec.directory / "server.properties"
        java, arguments = storage.java_arguments()
        self.process = SupervisedProcess(
            ProcessSpec(
                name=spec.name,
                argv=[java, *options, arguments, "kafka.Kafka", str(self._properties_file)],
                cwd=spec.directory,
                log_file=self.log_file,
                ready=self.serves,
                stop_timeout=30,
            )
        )

    @property
    def ready(self) -> bool:
        return self.process.ready

    def serves(self) -> bool:
        """Returns whether the broker answers and the controller has admitted it."""
        return self.spec.node_id in live_brokers(self.spec.internal_port)

    def initialise(self) -> None:
        """Creates the empty log directory. Raises FormatFailed."""
        self.spec.directory.mkdir(parents=True, exist_ok=True)
        storage.format_directory(self.spec.directory / "data", self.spec.cluster_id, self.spec.node_id)

    def configure(self, properties: Mapping[str, str]) -> None:
        """Writes the properties: the defaults, then `properties`, then those that the spec determines."""
        merged = {**_BASE_PROPERTIES, **properties, **self._identity(), **self._network()}
        merged |= access_properties(self.spec.listeners, self.spec.access_url)
        lines = [f"{name}={_escape(value)}" for name, value in sorted(merged.items())]
        self._properties_file.write_text("\n".join(lines) + "\n")

    def destroy(self) -> None:
        """Stops the process and removes its files."""
        self.process.stop()
        shutil.rmtree(self.spec.directory, ignore_errors=True)

    def _identity(self) -> dict[str, str]:
        spec = self.spec
        voters = ",".join(f"{node}@127.0.0.1:{port}" for node, port in spec.controllers.items())
        return {
            "node.id": str(spec.node_id),
            "process.roles": "broker,controller" if spec.node_id in spec.controllers else "broker",
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(spec.directory / "data"),
        }

    def _network(self) -> dict[str, str]:
        spec = self.spec
        bound = [f"{listener.name}://0.0.0.0:{port}" for listener, port in spec.listeners.items()]
        advertised = [f"{listener.name}://{spec.host}:{port}" for listener, port in spec.listeners.items()]
        internal = f"INTERNAL://127.0.0.1:{spec.internal_port}"
        controller = spec.controllers.get(spec.node_id)
        own_controller = [f"CONTROLLER://127.0.0.1:{controller}"] if controller else []
        protocols = [f"{listener.name}:{listener.protocol}" for listener in spec.listeners]
        return {
            "listeners": ",".join([*bound, internal, *own_controller]),
            "advertised.listeners": ",".join([*advertised, internal]),
            "listener.security.protocol.map": ",".join([*protocols, "INTERNAL:PLAINTEXT", "CONTROLLER:PLAINTEXT"]),
            "inter.broker.listener.name": "INTERNAL",
        }


def _escape(value: str) -> str:
    """Escapes a value for `java.util.Properties`."""
    return value.replace("\\", "\\\\").replace("\r", "").replace("\n", "\\n")
