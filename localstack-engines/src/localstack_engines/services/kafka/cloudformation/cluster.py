"""AWS::MSK::Cluster.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-msk-cluster.html
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from localstack.services.cloudformation import provider_utils
from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.services.kafka import models
from localstack_engines.toolkit.process.waiting import settle

_MOVING = frozenset((models.CREATING, models.UPDATING, models.REBOOTING, models.HEALING, models.DELETING))
_MONITORING = ("EnhancedMonitoring", "OpenMonitoring", "LoggingInfo")
_SECURITY = ("ClientAuthentication", "EncryptionInfo")

Model = dict[str, Any]
Update = Callable[[Any, Model], None]


class Cluster(Resource):
    TYPE = "AWS::MSK::Cluster"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, kafka = request.desired_state, self.client(request, "kafka")
        if not request.custom_context.get("created"):
            model["Arn"] = kafka.create_cluster(**_arguments(kafka, "CreateCluster", model))["ClusterArn"]
        return self._await_active(request, kafka, model, created=True)

    def read(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        found = self.client(request, "kafka").describe_cluster(ClusterArn=model["Arn"])["ClusterInfo"]
        return self.done({**model, "CurrentVersion": found["CurrentVersion"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        """One API call after the other, each when the cluster is ACTIVE again after the one before."""
        model, before, kafka = request.desired_state, request.previous_state, self.client(request, "kafka")
        model["Arn"] = before["Arn"]
        updates, done = _updates(before, model), int(request.custom_context.get("updates") or 0)
        event = self._await_active(request, kafka, model, updates=done)
        if event.resource_model.get("CurrentVersion") is None or done == len(updates):
            return event
        model["CurrentVersion"] = event.resource_model["CurrentVersion"]
        updates[done](kafka, model)
        del model["CurrentVersion"]
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

        if settle(state, frozenset((models.DELETING,))) == models.DELETING:
            return self.wait(request, model, deleting=True)
        return self.done({})

    def _await_active(self, request: ResourceRequest, kafka: Any, model: Model, **context: Any) -> ProgressEvent:
        found: Model = {}

        def state() -> str:
            found.update(kafka.describe_cluster(ClusterArn=model["Arn"])["ClusterInfo"])
            return str(found["State"])

        reached = settle(state, _MOVING)
        if reached == models.FAILED:
            raise Failed(found["StateInfo"]["Message"])
        if reached in _MOVING:
            return self.wait(request, model, **context)
        return self.done({**model, "CurrentVersion": found["CurrentVersion"]})


def _arguments(kafka: Any, operation: str, model: Model) -> Model:
    shape = kafka.meta.service_model.operation_model(operation).input_shape
    return provider_utils.convert_request_kwargs(model, shape)


def _updates(before: Model, after: Model) -> list[Update]:
    """The API calls that lead from one set of properties to the other, in an order that works."""

    def changed(*names: str) -> bool:
        return any(before.get(name) != after.get(name) for name in names)

    old, new = before["BrokerNodeGroupInfo"], after["BrokerNodeGroupInfo"]
    candidates: list[tuple[bool, Update]] = [
        (changed("Tags"), lambda kafka, model: _update_tags(kafka, before, model)),
        (changed("NumberOfBrokerNodes"), _update_broker_count),
        (old.get("InstanceType") != new.get("InstanceType"), _update_type),
        (old.get("StorageInfo") != new.get("StorageInfo"), _update_storage),
        (changed(*_MONITORING), _call("UpdateMonitoring", "update_monitoring")),
        (changed(*_SECURITY), _call("UpdateSecurity", "update_security")),
        (changed("ConfigurationInfo"), _call("UpdateClusterConfiguration", "update_cluster_configuration")),
        (changed("KafkaVersion"), _update_version),
    ]
    return [update for needed, update in candidates if needed]


def _call(operation: str, method: str) -> Update:
    """An update whose arguments are properties of the same name."""

    def update(kafka: Any, model: Model) -> None:
        getattr(kafka, method)(**_arguments(kafka, operation, {**model, "ClusterArn": model["Arn"]}))

    return update


def _update_tags(kafka: Any, before: Model, model: Model) -> None:
    old, new = before.get("Tags") or {}, model.get("Tags") or {}
    if gone := sorted(old.keys() - new.keys()):
        kafka.untag_resource(ResourceArn=model["Arn"], TagKeys=gone)
    if new:
        kafka.tag_resource(ResourceArn=model["Arn"], Tags=new)


def _identity(model: Model) -> Model:
    return {"ClusterArn": model["Arn"], "CurrentVersion": model["CurrentVersion"]}


def _update_broker_count(kafka: Any, model: Model) -> None:
    kafka.update_broker_count(**_identity(model), TargetNumberOfBrokerNodes=int(model["NumberOfBrokerNodes"]))


def _update_type(kafka: Any, model: Model) -> None:
    kafka.update_broker_type(**_identity(model), TargetInstanceType=model["BrokerNodeGroupInfo"]["InstanceType"])


def _update_storage(kafka: Any, model: Model) -> None:
    storage = (model["BrokerNodeGroupInfo"].get("StorageInfo") or {}).get("EBSStorageInfo") or {}
    target = [{"KafkaBrokerNodeId": "All", "VolumeSizeGB": int(storage.get("VolumeSize") or 1000)}]
    kafka.update_broker_storage(**_identity(model), TargetBrokerEBSVolumeInfo=target)


def _update_version(kafka: Any, model: Model) -> None:
    kafka.update_cluster_kafka_version(**_identity(model), TargetKafkaVersion=model["KafkaVersion"])
