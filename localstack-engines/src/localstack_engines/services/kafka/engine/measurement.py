"""What a cluster says of itself: its controller, its topics, and how far behind its consumer groups are."""

from dataclasses import dataclass
from typing import Any

from localstack_engines.services.kafka.engine.topics import Topic, Topics


@dataclass(frozen=True)
class Lag:
    """The offset that a consumer group has committed in a partition, and the offset that the next record gets."""

    group: str
    topic: str
    partition: int
    committed: int
    end: int

    @property
    def records(self) -> int:
        return max(0, self.end - self.committed)


@dataclass(frozen=True)
class Measurement:
    """`has_controller` says whether the cluster has an active controller."""

    has_controller: bool
    topics: list[Topic]
    lags: list[Lag]


class Measurements(Topics):
    """Asks the broker that has this port for clients inside of the container."""

    def take(self) -> Measurement:
        """Returns the measurement of now. Raises TopicError."""
        topics = self.all()
        names = {topic.name for topic in topics}
        with self._admin() as admin:
            committed = {
                (group[0], partition): offset.offset
                for group in admin.list_consumer_groups()
                for partition, offset in admin.list_consumer_group_offsets(group[0]).items()
                if offset.offset >= 0 and partition.topic in names
            }
            has_controller = admin.describe_cluster().get("controller_id", -1) >= 0
            # Kafka's errors of this consumer count as those of the admin client.
            ends = _ends(self._port, {partition for _, partition in committed}) if committed else {}
        lags = [
            Lag(group, partition.topic, partition.partition, offset, ends[partition])
            for (group, partition), offset in committed.items()
            if partition in ends
        ]
        return Measurement(has_controller, topics, lags)


def _ends(port: int, partitions: set[Any]) -> dict[Any, int]:
    from kafka import KafkaConsumer

    consumer = KafkaConsumer(bootstrap_servers=f"127.0.0.1:{port}", group_id=None, enable_auto_commit=False)
    try:
        return dict(consumer.end_offsets(list(partitions)))
    finally:
        consumer.close()
