"""Operations on topics. The cluster's brokers have them; nothing is recorded here."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka import models
from localstack_engines.services.kafka.api.operations import Operations, Request, Response
from localstack_engines.services.kafka.api.paging import PAGER
from localstack_engines.services.kafka.engine.topics import Topic, TopicError, Topics
from localstack_engines.services.kafka.errors import KafkaError, bad_request, not_found
from localstack_engines.services.kafka.models import Cluster

_ERRORS = {
    "TopicAlreadyExistsError": ("TopicExistsException", 409),
    "UnknownTopicOrPartitionError": ("UnknownTopicOrPartitionException", 400),
    "KafkaTimeoutError": ("KafkaTimeoutException", 503),
    "NoBrokersAvailable": ("ClusterConnectivityException", 503),
}
"""MSK's errors for Kafka's. Every other one is a BadRequestException."""


class TopicOperations(Operations):
    """Creates, describes, lists, changes and deletes topics."""

    def create_topic(self, context: RequestContext, request: Request) -> Response:
        cluster, name = self._active(context, request), request["TopicName"]
        configs = _properties(request.get("Configs"))
        replicas = int(request["ReplicationFactor"])
        running = len(cluster.kafka.brokers)
        if running < replicas <= cluster.requested_brokers:
            # The cluster's state info says that replication is limited to the brokers that run.
            replicas = running
        _kafka(lambda: _topics(cluster).create(name, int(request["PartitionCount"]), replicas, configs))
        return _changed(cluster, name, "CREATING")

    def describe_topic(self, context: RequestContext, request: Request) -> Response:
        cluster = self._active(context, request)
        topic = self._topic(cluster, request)
        configs = _kafka(lambda: _topics(cluster).configs(topic.name))
        text = "\n".join(f"{name}={value}" for name, value in sorted(configs.items()))
        return {
            **_changed(cluster, topic.name, "ACTIVE"),
            "ReplicationFactor": topic.replication_factor,
            "PartitionCount": len(topic.partitions),
            "Configs": base64.b64encode(text.encode()).decode(),
        }

    def describe_topic_partitions(self, context: RequestContext, request: Request) -> Response:
        topic = self._topic(self._active(context, request), request)
        page, next_token = PAGER.page(topic.partitions, request)
        described = [
            {"Partition": one.number, "Leader": one.leader, "Replicas": one.replicas, "Isr": one.in_sync}
            for one in page
        ]
        return {"Partitions": described, **next_token}

    def list_topics(self, context: RequestContext, request: Request) -> Response:
        cluster, prefix = self._active(context, request), request.get("TopicNameFilter") or ""
        found = [topic for topic in _kafka(_topics(cluster).all) if topic.name.startswith(prefix)]
        page, next_token = PAGER.page(found, request)
        described = [
            {
                "TopicArn": _arn(cluster, topic.name),
                "TopicName": topic.name,
                "ReplicationFactor": topic.replication_factor,
                "PartitionCount": len(topic.partitions),
                "OutOfSyncReplicaCount": topic.out_of_sync,
            }
            for topic in page
        ]
        return {"Topics": described, **next_token}

    def update_topic(self, context: RequestContext, request: Request) -> Response:
        cluster = self._active(context, request)
        topic, configs = self._topic(cluster, request), _properties(request.get("Configs"))
        count = request.get("PartitionCount")
        if count is not None and count != len(topic.partitions):
            _kafka(lambda: _topics(cluster).grow(topic.name, int(count)))
        if configs:
            _kafka(lambda: _topics(cluster).configure(topic.name, configs))
        return _changed(cluster, topic.name, "UPDATING")

    def delete_topic(self, context: RequestContext, request: Request) -> Response:
        cluster, name = self._active(context, request), request["TopicName"]
        self._topic(cluster, request)
        _kafka(lambda: _topics(cluster).delete(name))
        return _changed(cluster, name, "DELETING")

    def _active(self, context: RequestContext, request: Request) -> Cluster:
        cluster = self.cluster(context, request["ClusterArn"])
        if cluster.status != models.ACTIVE:
            raise bad_request(
                f"The cluster must be in the ACTIVE state for this operation. Its state is {cluster.status}.",
                "clusterArn",
            )
        return cluster

    @staticmethod
    def _topic(cluster: Cluster, request: Request) -> Topic:
        """Returns the topic that a request names. Raises NotFoundException."""
        found: Topic | None = _kafka(lambda: _topics(cluster).get(request["TopicName"]))
        if found is None:
            raise not_found(f"The topic {request['TopicName']} was not found.", "topicName")
        return found


def _topics(cluster: Cluster) -> Topics:
    return Topics(cluster.kafka.brokers[0].spec.internal_port)


def _kafka(call: Callable[[], Any]) -> Any:
    """Returns what the call returns. Kafka's errors become MSK's."""
    try:
        return call()
    except TopicError as error:
        code, status = _ERRORS.get(error.name, ("BadRequestException", 400))
        raise KafkaError(code, str(error), status) from error


def _properties(text: str | None) -> dict[str, str]:
    """Returns the properties in a `Configs` member: lines of the form name=value, in Base64."""
    if not text:
        return {}
    try:
        lines = base64.b64decode(text, validate=True).decode().splitlines()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise bad_request("The topic configuration is not encoded in Base64.", "configs") from error
    found: dict[str, str] = {}
    for line in lines:
        name, separator, value = line.strip().partition("=")
        if line.strip() and not separator:
            raise bad_request(
                f"The topic configuration has a line that is not of the form name=value: {line}", "configs"
            )
        if name:
            found[name.strip()] = value.strip()
    return found


def _arn(cluster: Cluster, name: str) -> str:
    return f"{cluster.arn.replace(':cluster/', ':topic/', 1)}/{name}"


def _changed(cluster: Cluster, name: str, status: str) -> dict[str, Any]:
    return {"TopicArn": _arn(cluster, name), "TopicName": name, "Status": status}
