"""Operations that change a running cluster."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka import models
from localstack_engines.services.kafka.api import describe, validation
from localstack_engines.services.kafka.api.configurations import ConfigurationOperations
from localstack_engines.services.kafka.api.paging import page
from localstack_engines.services.kafka.errors import bad_request, not_found
from localstack_engines.services.kafka.models import Cluster, Operation
from localstack_engines.toolkit import ports

Request = dict[str, Any]
Response = dict[str, Any]


class UpdateOperations(ConfigurationOperations):
    """Updates, which may name a configuration."""

    def update_cluster_configuration(self, context: RequestContext, request: Request) -> Response:
        cluster = self._updatable(context, request)
        info = request["ConfigurationInfo"]
        chosen = self.properties_of(context, info)
        change = {"ConfigurationInfo": info}
        before = {"ConfigurationInfo": cluster.configuration} if cluster.configuration else {}
        operation = self._operation(context, cluster, "UPDATE_CLUSTER_CONFIGURATION", before, change)
        cluster.configuration = {"Arn": info["Arn"], "Revision": int(info["Revision"])}
        self.manager.reconfigure(cluster, chosen, operation)
        return _started(operation)

    def update_broker_count(self, context: RequestContext, request: Request) -> Response:
        cluster = self._updatable(context, request)
        wanted = int(request["TargetNumberOfBrokerNodes"])
        validation.check_broker_count(wanted, len(cluster.provisioned["BrokerNodeGroupInfo"]["ClientSubnets"]))
        if wanted <= cluster.brokers_asked:
            raise bad_request(
                f"The target number of broker nodes must be greater than {cluster.brokers_asked}: removing brokers is "
                "not supported by the local kafka service.",
                "targetNumberOfBrokerNodes",
            )
        before, after = {"NumberOfBrokerNodes": cluster.brokers_asked}, {"NumberOfBrokerNodes": wanted}
        operation = self._operation(context, cluster, "INCREASE_BROKER_COUNT", before, after)
        cluster.provisioned["NumberOfBrokerNodes"] = wanted
        try:
            self.manager.expand(cluster, self.properties_of(context, cluster.configuration), operation)
        except ports.NoPortLeft as error:
            cluster.provisioned.update(before)
            raise bad_request(str(error)) from error
        self.follow_logs(context, cluster)
        return _started(operation)

    def update_broker_storage(self, context: RequestContext, request: Request) -> Response:
        cluster = self._updatable(context, request)
        size = request["TargetBrokerEBSVolumeInfo"][0].get("VolumeSizeGB")
        storage = (
            cluster.provisioned["BrokerNodeGroupInfo"].setdefault("StorageInfo", {}).setdefault("EbsStorageInfo", {})
        )
        if size and size < storage.get("VolumeSize", 0):
            raise bad_request("The volume size can only be increased.", "targetBrokerEBSVolumeInfo")
        return self._record(context, cluster, "UPDATE_BROKER_STORAGE", storage, {"VolumeSize": size})

    def update_broker_type(self, context: RequestContext, request: Request) -> Response:
        cluster = self._updatable(context, request)
        group = cluster.provisioned["BrokerNodeGroupInfo"]
        change = {"InstanceType": request["TargetInstanceType"]}
        return self._record(context, cluster, "UPDATE_BROKER_TYPE", group, change)

    def update_monitoring(self, context: RequestContext, request: Request) -> Response:
        cluster = self._updatable(context, request)
        names = ("EnhancedMonitoring", "OpenMonitoring", "LoggingInfo")
        change = {name: request[name] for name in names if request.get(name) is not None}
        answer = self._record(context, cluster, "UPDATE_MONITORING", cluster.provisioned, change)
        self.follow_logs(context, cluster)
        return answer

    def reboot_broker(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request)
        running = {str(broker.spec.node_id) for broker in cluster.kafka.brokers}
        unknown = [broker for broker in request["BrokerIds"] if broker not in running]
        if unknown:
            raise bad_request(f"Broker {unknown[0]} does not exist in the cluster.", "brokerIds")
        operation = self._operation(context, cluster, "REBOOT_NODE", {}, {})
        self.manager.reboot(cluster, [int(broker) for broker in request["BrokerIds"]], operation)
        return _started(operation)

    def describe_cluster_operation(self, context: RequestContext, request: Request) -> Response:
        return {"ClusterOperationInfo": describe.operation_v1(self._found(context, request))}

    def describe_cluster_operation_v2(self, context: RequestContext, request: Request) -> Response:
        return {"ClusterOperationInfo": describe.operation_v2(self._found(context, request))}

    def list_cluster_operations(self, context: RequestContext, request: Request) -> Response:
        found = self._operations_of(context, request)
        return page(request, "ClusterOperationInfoList", [describe.operation_v1(one) for one in found])

    def list_cluster_operations_v2(self, context: RequestContext, request: Request) -> Response:
        found = self._operations_of(context, request)
        return page(request, "ClusterOperationInfoList", [describe.operation_v2(one) for one in found])

    def _updatable(self, context: RequestContext, request: Request) -> Cluster:
        cluster: Cluster = self.cluster(context, request)
        if cluster.status != models.ACTIVE:
            raise bad_request(
                f"The cluster must be in the ACTIVE state for this operation. Its state is {cluster.status}.",
                "clusterArn",
            )
        if request["CurrentVersion"] != cluster.version:
            raise bad_request(
                "The specified current version does not match the version of the cluster.", "currentVersion"
            )
        return cluster

    def _record(
        self, context: RequestContext, cluster: Cluster, kind: str, target: dict[str, Any], change: dict[str, Any]
    ) -> Response:
        """A change that has no effect on a local broker: it is remembered and done at once."""
        before = {name: target[name] for name in change if name in target}
        operation = self._operation(context, cluster, kind, before, change)
        target.update(change)
        operation.state, operation.ended = "UPDATE_COMPLETE", models.now()
        return _started(operation)

    def _operation(
        self, context: RequestContext, cluster: Cluster, kind: str, source: dict[str, Any], target: dict[str, Any]
    ) -> Operation:
        arn = models.new_arn(context.account_id, context.region, "cluster-operation", cluster.name)
        made = Operation(arn, cluster.arn, kind, source, target)
        self.store.region(context).operations[arn] = made
        cluster.version = models.new_version()
        return made

    def _found(self, context: RequestContext, request: Request) -> Operation:
        found = self.store.region(context).operations.get(request["ClusterOperationArn"])
        if found is None:
            raise not_found("The requested cluster operation was not found.", "clusterOperationArn")
        return found

    def _operations_of(self, context: RequestContext, request: Request) -> list[Operation]:
        cluster = self.cluster(context, request)
        return [one for one in self.store.region(context).operations.values() if one.cluster_arn == cluster.arn]


def _started(operation: Operation) -> Response:
    return {"ClusterArn": operation.cluster_arn, "ClusterOperationArn": operation.arn}
