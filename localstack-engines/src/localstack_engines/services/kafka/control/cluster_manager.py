"""Runs the brokers behind clusters: the only place that starts, stops and removes them."""

import logging
import shutil
import threading
from collections.abc import Callable

from localstack_engines.services.kafka import models
from localstack_engines.services.kafka.api.validation import broker_cap
from localstack_engines.services.kafka.engine import properties
from localstack_engines.services.kafka.engine.cluster import ClusterSpec, KafkaCluster
from localstack_engines.services.kafka.models import Cluster, Operation
from localstack_engines.toolkit import settings
from localstack_engines.toolkit.log_shipping.follower import LogFollower
from localstack_engines.toolkit.log_shipping.log_events import LogSink

LOG = logging.getLogger(__name__)


class ClusterManager:
    """Long work happens in threads; ``Cluster.status`` tells how it goes."""

    def __init__(self) -> None:
        self._root = settings.state_directory("kafka")

    def clear_leftovers(self) -> None:
        """Remove what an earlier run left: the control plane has forgotten those clusters."""
        shutil.rmtree(self._root, ignore_errors=True)

    def plan(self, name: str, unique: str, protocols: tuple[str, ...], brokers: int) -> KafkaCluster:
        """A cluster with its ports taken and nothing running yet. Raises ports.NoPortLeft."""
        directory = self._root / unique
        spec = ClusterSpec(name=name, directory=directory, host=settings.endpoint_host(), protocols=protocols)
        kafka = KafkaCluster(spec)
        kafka.reserve(min(brokers, broker_cap()))
        return kafka

    def start(self, cluster: Cluster, chosen: dict[str, str]) -> None:
        """Bring the brokers up; the cluster is ACTIVE when all of them serve."""
        self._background(cluster, models.CREATING, lambda: cluster.kafka.start(self._effective(cluster, chosen)))

    def reconfigure(self, cluster: Cluster, chosen: dict[str, str], operation: Operation) -> None:
        """Give the brokers other properties, one after the other."""
        work = self._tracked(operation, lambda: cluster.kafka.reconfigure(self._effective(cluster, chosen)))
        self._background(cluster, models.UPDATING, work)

    def expand(self, cluster: Cluster, chosen: dict[str, str], operation: Operation) -> None:
        """Start the brokers that the cluster's number asks for and the local cap allows. Raises ports.NoPortLeft."""
        cluster.kafka.reserve(min(cluster.brokers_asked, broker_cap()))
        work = self._tracked(operation, lambda: cluster.kafka.start(self._effective(cluster, chosen)))
        self._background(cluster, models.UPDATING, work)

    def reboot(self, cluster: Cluster, node_ids: list[int], operation: Operation) -> None:
        work = self._tracked(operation, lambda: cluster.kafka.restart(node_ids))
        self._background(cluster, models.REBOOTING, work)

    def delete(self, cluster: Cluster, forget: Callable[[], None]) -> None:
        """Remove brokers and data, then ``forget`` the cluster."""

        def work() -> None:
            self._stop_following(cluster)
            cluster.kafka.destroy()
            forget()

        self._background(cluster, models.DELETING, work)

    def follow_logs(self, cluster: Cluster, sink: Callable[[str, str], LogSink]) -> None:
        """Deliver the brokers' logs from now on; ``sink`` makes a destination from log group and stream."""
        self._stop_following(cluster)
        if group := cluster.log_group:
            for broker in cluster.kafka.brokers:
                stream = f"{cluster.name}-Broker-{broker.spec.node_id}"
                cluster.followers.append(LogFollower(broker.log_file, sink(group, stream)))
                cluster.followers[-1].start()

    @staticmethod
    def _stop_following(cluster: Cluster) -> None:
        while cluster.followers:
            cluster.followers.pop().stop()

    def stop_all(self, clusters: list[Cluster]) -> None:
        """Stop every broker in good order."""
        for cluster in clusters:
            cluster.kafka.stop()

    def _effective(self, cluster: Cluster, chosen: dict[str, str]) -> dict[str, str]:
        zones = len(cluster.provisioned["BrokerNodeGroupInfo"]["ClientSubnets"])
        return properties.effective(chosen, zones, len(cluster.kafka.brokers))

    @staticmethod
    def _tracked(operation: Operation, work: Callable[[], None]) -> Callable[[], None]:
        def tracked() -> None:
            try:
                work()
                operation.state = "UPDATE_COMPLETE"
            except Exception as error:
                operation.state, operation.error = "UPDATE_FAILED", str(error)
                raise
            finally:
                operation.ended = models.now()

        return tracked

    @staticmethod
    def _background(cluster: Cluster, state: str, work: Callable[[], None]) -> None:
        cluster.state = state

        def job() -> None:
            with cluster.lock:
                # A delete that arrived meanwhile has the last word.
                if cluster.state != state:
                    return
                outcome = models.ACTIVE
                try:
                    work()
                except Exception as error:
                    # Nobody would see an exception of this thread; a failed cluster everybody sees.
                    LOG.error("Kafka cluster %s: %s", cluster.name, error, exc_info=True)
                    cluster.failure, outcome = str(error), models.FAILED
                if cluster.state == state:
                    cluster.state = outcome

        threading.Thread(target=job, name=f"kafka-{state}-{cluster.name}", daemon=True).start()
