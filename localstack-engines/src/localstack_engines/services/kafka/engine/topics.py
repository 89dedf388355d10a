"""The topics of a cluster, through Kafka's admin protocol."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_DYNAMIC_TOPIC_CONFIG = 1
"""Kafka's source of a value that was set for the topic itself."""

_TIMEOUT_MS = 20_000


class TopicError(RuntimeError):
    """Kafka refused a request; `name` is Kafka's name of the error."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True)
class Partition:
    """A partition: its number, its leader, and the brokers with its replicas, all of them and those in sync."""

    number: int
    leader: int
    replicas: list[int]
    in_sync: list[int]


@dataclass(frozen=True)
class Topic:
    """A topic with its partitions in order."""

    name: str
    partitions: list[Partition]

    @property
    def replication_factor(self) -> int:
        return len(self.partitions[0].replicas) if self.partitions else 0

    @property
    def out_of_sync(self) -> int:
        """The number of replicas that are not in sync."""
        return sum(len(partition.replicas) - len(partition.in_sync) for partition in self.partitions)


class Topics:
    """The topics of the cluster whose broker has this port for clients inside of the container."""

    def __init__(self, port: int) -> None:
        self._port = port

    def all(self) -> list[Topic]:
        """Returns all topics but Kafka's own, by name."""
        with self._admin() as admin:
            found = admin.describe_topics()
        return sorted((_topic(one) for one in found if not one.get("is_internal")), key=lambda topic: topic.name)

    def get(self, name: str) -> Topic | None:
        """Returns a topic, or None when there is none of that name."""
        return next((topic for topic in self.all() if topic.name == name), None)

    def create(self, name: str, partitions: int, replicas: int, configs: Mapping[str, str]) -> None:
        """Creates a topic. Raises TopicError."""
        from kafka.admin import NewTopic

        with self._admin() as admin:
            admin.create_topics([NewTopic(name, partitions, replicas, topic_configs=dict(configs))])

    def delete(self, name: str) -> None:
        """Deletes a topic. Raises TopicError."""
        with self._admin() as admin:
            admin.delete_topics([name])

    def grow(self, name: str, partitions: int) -> None:
        """Adds partitions up to this number. Raises TopicError."""
        from kafka.admin import NewPartitions

        with self._admin() as admin:
            admin.create_partitions({name: NewPartitions(partitions)})

    def configs(self, name: str) -> dict[str, str]:
        """Returns the values that were set for the topic itself."""
        from kafka.admin import ConfigResource, ConfigResourceType

        with self._admin() as admin:
            [response] = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
        # An entry has the name, the value, whether it is read-only, and its source.
        return {entry[0]: entry[1] for entry in response.resources[0][4] if entry[3] == _DYNAMIC_TOPIC_CONFIG}

    def configure(self, name: str, configs: Mapping[str, str]) -> None:
        """Sets values for the topic; the others stay. Raises TopicError."""
        from kafka.admin import ConfigResource, ConfigResourceType
        from kafka.errors import for_code

        merged = {**self.configs(name), **configs}
        with self._admin() as admin:
            response = admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs=merged)])
        code, message = response.resources[0][:2]
        if code:
            raise TopicError(for_code(code).__name__, message or for_code(code).description)

    @contextmanager
    def _admin(self) -> Iterator[Any]:
        """Connects to the broker. Kafka's errors become TopicError."""
        # The package is only needed for this, and takes a while to import.
        from kafka.admin import KafkaAdminClient
        from kafka.errors import KafkaError

        try:
            admin = KafkaAdminClient(bootstrap_servers=f"127.0.0.1:{self._port}", request_timeout_ms=_TIMEOUT_MS)
            try:
                yield admin
            finally:
                admin.close()
        except KafkaError as error:
            raise TopicError(type(error).__name__, str(error)) from error


def _topic(described: Mapping[str, Any]) -> Topic:
    partitions = [
        Partition(one["partition"], one["leader"], list(one["replicas"]), list(one["isr"]))
        for one in described["partitions"]
    ]
    return Topic(described["topic"], sorted(partitions, key=lambda partition: partition.number))
