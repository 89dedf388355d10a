"""AWS::MSK::Cluster.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-msk-cluster.html
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.cloudformation.tags import update_tags
from localstack_engines.cloudformation.waiting import wait_while
from localstack_engines.services.kafka import models

_TRANSITIONAL = frozenset((models.CREATING, models.UPDATING, models.REBOOTING, models.HEALING, models.DELETING))
_READ_ONLY = ("Arn", "CurrentVersion")
_MONITORING = ("EnhancedMonitoring", "OpenMonitoring", "LoggingInfo")
_SECURITY = ("ClientAuthentication", "EncryptionInfo")
_DEFAULT_VOLUME_SIZE = 1000
"""GiB for each broker, where the template names no size."""

Model = dict[str, Any]
Update = Callable[[Any, Model], None]
"""Calls one operation of the API for a model that has `Arn` and `CurrentVersion`."""


class Cluster(Resource):
    TYPE = "AWS::MSK::Cluster"
    DEFAULTS = {
        "EnhancedMonitoring": "DEFAULT",
        "LoggingInfo": {"BrokerLogs": {name: {"Enabled": False} for name in ("CloudWatchLogs", "Firehose", "S3")}},
        "OpenMonitoring": {
            "Prometheus": {name: {"EnabledInBroker": False} for name in ("JmxExporter", "NodeExporter")}
        },
    }
    FIXED = ("Rebalancing", "StorageMode")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, kafka = request.desired_state, self.client(request, "kafka")
        if not request.custom_context.get("created"):
            arguments = to_request(kafka, "CreateCluster", model, ignore=_READ_ONLY)
            model["Arn"] = kafka.create_cluster(**arguments)["ClusterArn"]
        return self._await_active(request, kafka, model, created=True)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        """Calls one operation after another. Waits before each until the cluster is ACTIVE."""
        model, previous, kafka = request.desired_state, request.previous_state, self.client(request, "kafka")
        model["Arn"] = previous["Arn"]
        updates, done = _updates(previous, model), int(request.custom_context.get("updates") or 0)
        event = self._await_active(request, kafka, model, updates=done)
        if event.status == OperationStatus.IN_PROGRESS or done == len(updates):
            return event
        updates[done](kafka, event.resource_model)
        return self.wait(request, model, updates=done + 1)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model, kafka = request.desired_state or request.previous_state, self.client(request, "kafka")
        if not model.get("Arn"):
            return self.done({})
        if not request.custom_context.get("deleting"):
            kafka.delete_cluster(ClusterArn=model["Arn"])

        def state() -> str | None:
            try:
                return str(kafka.describe_cluster(ClusterArn=model["Arn"])["ClusterInfo"]["State"])
            except ClientError as error:
                if error.response["Error"]["Code"] == "NotFoundException":
                    return None
                raise

        if wait_while(frozenset((models.DELETING,)), state) == models.DELETING:
            return self.wait(request, model, deleting=True)
        return self.done({})

    def _await_active(self, request: ResourceRequest, kafka: Any, model: Model, **context: Any) -> ProgressEvent:
        """Returns the event for an active cluster, with its `CurrentVersion`, or one that asks to be called again."""
        found: Model = {}

        def state() -> str:
            found.update(kafka.describe_cluster(ClusterArn=model["Arn"])["ClusterInfo"])
            return str(found["State"])

        reached = wait_while(_TRANSITIONAL, state)
        if reached == models.FAILED:
            raise Failed(found["StateInfo"]["Message"])
        if reached in _TRANSITIONAL:
            return self.wait(request, model, **context)
        note = (found.get("StateInfo") or {}).get("Message", "")
        return self.done({**model, "CurrentVersion": found["CurrentVersion"]}, note)


def _updates(previous: Model, after: Model) -> list[Update]:
    """Returns the API calls that turn one set of properties into the other, in an order that works."""

    def changed(*names: str) -> bool:
        return any(previous.get(name) != after.get(name) for name in names)

    def nodes_changed(name: str) -> bool:
        return bool(previous["BrokerNodeGroupInfo"].get(name) != after["BrokerNodeGroupInfo"].get(name))

    candidates: list[tuple[bool, Update]] = [
        (changed("Tags"), lambda kafka, model: _update_tags(kafka, previous, model)),
        (changed("NumberOfBrokerNodes"), _update_broker_count),
        (nodes_changed("InstanceType"), _update_broker_type),
        (nodes_changed("StorageInfo"), _update_broker_storage),
        (changed(*_MONITORING), _update_monitoring),
        (changed(*_SECURITY), _update_security),
        (changed("ConfigurationInfo"), _update_configuration),
        (changed("KafkaVersion"), _update_kafka_version),
    ]
    return [update for needed, update in candidates if needed]


def _arguments(kafka: Any, operation: str, model: Model, **members: Any) -> Model:
    """Returns the arguments of an operation: the cluster, its version, and the members that are set."""
    identity = {"ClusterArn": model["Arn"], "CurrentVersion": model["CurrentVersion"]}
    given = {name: value for name, value in members.items() if value is not None}
    return to_request(kafka, operation, identity | given)


def _same(model: Model, *names: str) -> Model:
    return {name: model.get(name) for name in names}


def _update_tags(kafka: Any, previous: Model, model: Model) -> None:
    arn = model["Arn"]
    update_tags(
        previous.get("Tags"),
        model.get("Tags"),
        remove=lambda keys: kafka.untag_resource(ResourceArn=arn, TagKeys=keys),
        put=lambda tags: kafka.tag_resource(ResourceArn=arn, Tags=tags),
    )


def _update_broker_count(kafka: Any, model: Model) -> None:
    count = model["NumberOfBrokerNodes"]
    kafka.update_broker_count(**_arguments(kafka, "UpdateBrokerCount", model, TargetNumberOfBrokerNodes=count))


def _update_broker_type(kafka: Any, model: Model) -> None:
    instance_type = model["BrokerNodeGroupInfo"]["InstanceType"]
    kafka.update_broker_type(**_arguments(kafka, "UpdateBrokerType", model, TargetInstanceType=instance_type))


def _update_broker_storage(kafka: Any, model: Model) -> None:
    storage = (model["BrokerNodeGroupInfo"].get("StorageInfo") or {}).get("EBSStorageInfo") or {}
    target = [{"KafkaBrokerNodeId": "All", "VolumeSizeGB": storage.get("VolumeSize") or _DEFAULT_VOLUME_SIZE}]
    kafka.update_broker_storage(**_arguments(kafka, "UpdateBrokerStorage", model, TargetBrokerEBSVolumeInfo=target))


def _update_monitoring(kafka: Any, model: Model) -> None:
    kafka.update_monitoring(**_arguments(kafka, "UpdateMonitoring", model, **_same(model, *_MONITORING)))


def _update_security(kafka: Any, model: Model) -> None:
    kafka.update_security(**_arguments(kafka, "UpdateSecurity", model, **_same(model, *_SECURITY)))


def _update_configuration(kafka: Any, model: Model) -> None:
    arguments = _arguments(kafka, "UpdateClusterConfiguration", model, **_same(model, "ConfigurationInfo"))
    kafka.update_cluster_configuration(**arguments)


def _update_kafka_version(kafka: Any, model: Model) -> None:
    arguments = _arguments(kafka, "UpdateClusterKafkaVersion", model, TargetKafkaVersion=model["KafkaVersion"])
    kafka.update_cluster_kafka_version(**arguments)
