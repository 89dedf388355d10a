"""Starts, changes and removes the brokers of clusters, in the background."""

from collections.abc import Callable

from localstack_engines.services.kafka import models
from localstack_engines.services.kafka.control import broker_properties
from localstack_engines.services.kafka.control.access import Access
from localstack_engines.services.kafka.engine.access_server import AccessServer
from localstack_engines.services.kafka.engine.cluster import ClusterSpec, KafkaCluster
from localstack_engines.services.kafka.engine.listeners import Listener
from localstack_engines.services.kafka.models import Cluster, Operation
from localstack_engines.services.kafka.store import Store
from localstack_engines.toolkit import ports, settings
from localstack_engines.toolkit.background import run_in_background
from localstack_engines.toolkit.log_shipping.cloudwatch import log_stream
from localstack_engines.toolkit.log_shipping.follower import LogFollower


class ClusterManager:
    """Runs the brokers of all clusters. Long work happens in threads; `Cluster.status` shows its progress."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._directory = settings.state_directory("kafka")
        self._access = AccessServer()

    def plan(self, name: str, arn: str, listeners: tuple[Listener, ...], brokers: int) -> KafkaCluster:
        """Returns the brokers of a cluster, which have their ports and do not run yet. Raises NoPortLeft."""
        url = self._access.add(Access(self._store, arn).answer)
        spec = ClusterSpec(
            name=name,
            directory=self._directory / arn.rsplit("/", 1)[1],
            host=settings.endpoint_host(),
            listeners=listeners,
            access_url=url,
        )
        kafka = KafkaCluster(spec)
        try:
            kafka.reserve(min(brokers, _max_brokers()))
        except ports.NoPortLeft:
            self._access.remove(url)
            raise
        return kafka

    def start(self, cluster: Cluster, properties: dict[str, str]) -> None:
        """Starts the brokers; the cluster becomes ACTIVE when all of them are in service."""
        self._background(cluster, models.CREATING, lambda: cluster.kafka.start(_effective(cluster, properties)))
        self.follow_logs(cluster)

    def reconfigure(self, cluster: Cluster, properties: dict[str, str], operation: Operation) -> None:
        """Restarts the brokers with other properties and listeners, one after the other."""
        work = _recorded(operation, lambda: cluster.kafka.reconfigure(_effective(cluster, properties)))
        self._background(cluster, models.UPDATING, work)

    @staticmethod
    def reserve(cluster: Cluster, brokers: int) -> None:
        """Plans brokers up to this number, within the local limit. Raises NoPortLeft; nothing is planned then."""
        cluster.kafka.reserve(min(brokers, _max_brokers()))

    def expand(self, cluster: Cluster, properties: dict[str, str], operation: Operation) -> None:
        """Starts the brokers that were added by `reserve`."""
        work = _recorded(operation, lambda: cluster.kafka.start(_effective(cluster, properties)))
        self._background(cluster, models.UPDATING, work)
        self.follow_logs(cluster)

    def reboot(self, cluster: Cluster, node_ids: list[int], operation: Operation) -> None:
        work = _recorded(operation, lambda: cluster.kafka.restart(node_ids))
        self._background(cluster, models.REBOOTING, work)

    def delete(self, cluster: Cluster) -> None:
        """Removes the brokers with their data, then the cluster's record."""

        def work() -> None:
            _stop_followers(cluster)
            cluster.kafka.destroy()
            self._access.remove(cluster.kafka.spec.access_url)
            self._store.remove_cluster(cluster)

        self._background(cluster, models.DELETING, work)

    def follow_logs(self, cluster: Cluster) -> None:
        """Sends the brokers' logs to the log group of the cluster's `LoggingInfo`, and stops sending them elsewhere."""
        _stop_followers(cluster)
        if group := cluster.log_group:
            for broker in cluster.kafka.brokers:
                stream = f"{cluster.name}-Broker-{broker.spec.node_id}"
                send = log_stream(cluster.account, cluster.region, group, stream)
                cluster.followers.append(LogFollower(broker.log_file, send))
                cluster.followers[-1].start()

    def stop_all(self) -> None:
        """Stops all brokers cleanly."""
        for cluster in self._store.clusters():
            cluster.kafka.stop()
        self._access.stop()

    @staticmethod
    def _background(cluster: Cluster, state: str, work: Callable[[], None]) -> None:
        """Runs `work` in a thread. The cluster's state is `state` meanwhile, then ACTIVE or FAILED."""
        name = f"MSK cluster {cluster.name}"
        run_in_background(cluster, work, name=name, during=state, after=models.ACTIVE, failed=models.FAILED)


def _max_brokers() -> int:
    """Returns how many brokers of a cluster run at most (`ENGINES_KAFKA_MAX_BROKERS`): each is a JVM."""
    return max(1, int(settings.variable("KAFKA_MAX_BROKERS", "1")))


def _effective(cluster: Cluster, properties: dict[str, str]) -> dict[str, str]:
    return broker_properties.effective(properties, cluster.zones, len(cluster.kafka.brokers))


def _stop_followers(cluster: Cluster) -> None:
    while cluster.followers:
        cluster.followers.pop().stop()


def _recorded(operation: Operation, work: Callable[[], None]) -> Callable[[], None]:
    """Returns `work` with its outcome recorded in the operation."""

    def recorded() -> None:
        try:
            work()
            operation.state = "UPDATE_COMPLETE"
        except Exception as error:
            operation.state, operation.error = "UPDATE_FAILED", str(error)
            raise
        finally:
            operation.ended = models.now()

    return recorded
