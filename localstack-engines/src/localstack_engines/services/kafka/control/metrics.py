"""The metrics of clusters, those of the monitoring level DEFAULT.

Source: https://docs.aws.amazon.com/msk/latest/developerguide/metrics-details.html
"""

import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from localstack_engines.metrics.samples import Sample
from localstack_engines.services.kafka import models
from localstack_engines.services.kafka.engine.measurement import Lag, Measurement, Measurements
from localstack_engines.services.kafka.engine.topics import TopicError
from localstack_engines.services.kafka.models import Cluster
from localstack_engines.services.kafka.store import Store
from localstack_engines.toolkit.process.processors import ProcessorMeter

LOG = logging.getLogger(__name__)

_NAMESPACE = "AWS/Kafka"
_BLOCK_BYTES = 512
"""The unit of `st_blocks`."""
_GIBIBYTE = 1024**3
_DEFAULT_VOLUME_GIBIBYTES = 1000


class ClusterMetrics:
    """Measures the brokers of active clusters."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._meter = ProcessorMeter()
        # What the groups had committed in this period and in the one before, and when. Groups come and go.
        self._committed: dict[tuple[str, str, str, int], tuple[float, int]] = {}
        self._former: dict[tuple[str, str, str, int], tuple[float, int]] = {}

    def samples(self) -> Iterator[Sample]:
        """Yields the samples of all clusters."""
        self._former, self._committed = self._committed, {}
        for cluster in self._store.clusters():
            if cluster.state == models.ACTIVE and cluster.kafka.ready:
                try:
                    measured = Measurements(cluster.kafka.brokers[0].spec.internal_port).take()
                except TopicError as error:
                    LOG.info("the cluster %s cannot be measured: %s", cluster.name, error)
                    continue
                yield from self._of_cluster(cluster, measured)
                yield from self._of_brokers(cluster, measured)
                yield from self._of_groups(cluster, measured.lags)

    def _of_cluster(self, cluster: Cluster, measured: Measurement) -> Iterator[Sample]:
        partitions = [partition for topic in measured.topics for partition in topic.partitions]
        counts = {
            "ActiveControllerCount": int(measured.has_controller),
            "GlobalTopicCount": len(measured.topics),
            "GlobalPartitionCount": len(partitions),
            "OfflinePartitionsCount": sum(partition.leader < 0 for partition in partitions),
        }
        for name, count in counts.items():
            yield _sample(cluster, name, {}, count, "Count")

    def _of_brokers(self, cluster: Cluster, measured: Measurement) -> Iterator[Sample]:
        partitions = [partition for topic in measured.topics for partition in topic.partitions]
        for broker in cluster.kafka.brokers:
            node = broker.spec.node_id
            own, led = (
                [one for one in partitions if node in one.replicas],
                [one for one in partitions if one.leader == node],
            )
            behind = sum(len(one.in_sync) < len(one.replicas) for one in led)
            where = {"Broker ID": str(node)}
            yield _sample(cluster, "PartitionCount", where, len(own), "Count")
            yield _sample(cluster, "LeaderCount", where, len(led), "Count")
            yield _sample(cluster, "UnderReplicatedPartitions", where, behind, "Count")
            used = min(100.0, 100 * _disk_use(broker.spec.directory / "data") / _volume(cluster))
            yield _sample(cluster, "KafkaDataLogsDiskUsed", where, used, "Percent")
            if (share := self._meter.share(broker.process.pid)) is not None:
                yield _sample(cluster, "CpuUser", where, share.user, "Percent")
                yield _sample(cluster, "CpuSystem", where, share.system, "Percent")
                yield _sample(cluster, "CpuIdle", where, max(0.0, 100 - share.total), "Percent")

    def _of_groups(self, cluster: Cluster, lags: list[Lag]) -> Iterator[Sample]:
        by_topic: dict[tuple[str, str], list[Lag]] = defaultdict(list)
        for lag in lags:
            by_topic[lag.group, lag.topic].append(lag)
        for (group, topic), found in by_topic.items():
            where = {"Consumer Group": group, "Topic": topic}
            yield _sample(cluster, "MaxOffsetLag", where, max(lag.records for lag in found), "Count")
            yield _sample(cluster, "SumOffsetLag", where, sum(lag.records for lag in found), "Count")
            times = [seconds for lag in found if (seconds := self._drain_seconds(cluster, lag)) is not None]
            if times:
                yield _sample(cluster, "EstimatedMaxTimeLag", where, max(times), "Seconds")

    def _drain_seconds(self, cluster: Cluster, lag: Lag) -> float | None:
        """Returns how long a group needs for its lag at its pace since the last call, None when it has no pace."""
        key, now = (cluster.arn, lag.group, lag.topic, lag.partition), time.monotonic()
        before = self._former.get(key)
        self._committed[key] = now, lag.committed
        if not lag.records:
            return 0.0
        if before is None or lag.committed <= before[1] or now <= before[0]:
            return None
        return lag.records * (now - before[0]) / (lag.committed - before[1])


def _sample(cluster: Cluster, name: str, dimensions: dict[str, str], value: float, unit: str) -> Sample:
    where = {"Cluster Name": cluster.name, **dimensions}
    return Sample(cluster.account, cluster.region, _NAMESPACE, name, where, [value], unit)


def _volume(cluster: Cluster) -> int:
    """Returns the size in bytes of a broker's volume, as the cluster's description has it."""
    storage = cluster.provisioned["BrokerNodeGroupInfo"].get("StorageInfo") or {}
    return int((storage.get("EbsStorageInfo") or {}).get("VolumeSize") or _DEFAULT_VOLUME_GIBIBYTES) * _GIBIBYTE


def _disk_use(directory: Path) -> int:
    """Returns the bytes that files take on the disk. Kafka's index files are larger than that."""
    total = 0
    for file in directory.rglob("*"):
        try:
            total += file.stat().st_blocks * _BLOCK_BYTES
        except FileNotFoundError:
            # Kafka has just deleted it.
            continue
    return total
