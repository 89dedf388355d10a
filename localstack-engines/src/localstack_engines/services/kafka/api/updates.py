"""Operations that change a cluster. Each starts a cluster operation, which records the change."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka import models
from localstack_engines.services.kafka.api import security, validation
from localstack_engines.services.kafka.api.operations import Operations, Request, Response
from localstack_engines.services.kafka.api.unsupported_settings import check_connectivity, check_settings
from localstack_engines.services.kafka.control import versions
from localstack_engines.services.kafka.errors import bad_request, outdated_version
from localstack_engines.services.kafka.models import Cluster, Operation
from localstack_engines.toolkit import ports


class UpdateOperations(Operations):
    """Changes a cluster's brokers and settings."""

    def update_cluster_configuration(self, context: RequestContext, request: Request) -> Response:
        cluster = self._updatable(context, request)
        info = request["ConfigurationInfo"]
        properties = self.configured_properties(context, info)
        change = {"ConfigurationInfo": info}
        before = {"ConfigurationInfo": cluster.configuration} if cluster.configuration else {}
        operation = self._begin(context, cluster, "UPDATE_CLUSTER_CONFIGURATION", before, change)
        cluster.configuration = {"Arn": info["Arn"], "Revision": int(info["Revision"])}
        self.manager.reconfigure(cluster, properties, operation)
        return _started(operation)

    def update_broker_count(self, context: RequestContext, request: Request) -> Response:
        cluster = self._updatable(context, request)
        wanted = int(request["TargetNumberOfBrokerNodes"])
        validation.check_broker_count(wanted, cluster.zones)
        if wanted <= cluster.requested_brokers:
            raise bad_request(
                f"The target number of broker nodes must be greater than {cluster.requested_brokers}: removing brokers "
                "is not supported by the local kafka service.",
                "targetNumberOfBrokerNodes",
            )
        properties = self.configured_properties(context, cluster.configuration)
        try:
            self.manager.reserve(cluster, wanted)
        except ports.NoPortLeft as error:
            raise bad_request(str(error)) from error
        before, after = {"NumberOfBrokerNodes": cluster.requested_brokers}, {"NumberOfBrokerNodes": wanted}
        operation = self._begin(context, cluster, "INCREASE_BROKER_COUNT", before, after)
        cluster.provisioned["NumberOfBrokerNodes"] = wanted
        self.manager.expand(cluster, properties, operation)
        return _started(operation)

    def update_broker_storage(self, context: RequestContext, request: Request) -> Response:
        cluster = self._updatable(context, request)
        target = request["TargetBrokerEBSVolumeInfo"][0]
        size, throughput = target.get("VolumeSizeGB"), target.get("ProvisionedThroughput")
        storage = self._storage(cluster)
        if size and size < storage.get("VolumeSize", 0):
            raise bad_request("The volume size can only be increased.", "targetBrokerEBSVolumeInfo")
        change = {"VolumeSize": size, "ProvisionedThroughput": throughput}
        given = {name: value for name, value in change.items() if value is not None}
        return self._record(context, cluster, "UPDATE_BROKER_STORAGE", storage, given)

    def update_broker_type(self, context: RequestContext, request: Request) -> Response:
        cluster = self._updatable(context, request)
        validation.check_instance_type(request["TargetInstanceType"])
        group = cluster.provisioned["BrokerNodeGroupInfo"]
        change = {"InstanceType": request["TargetInstanceType"]}
        return self._record(context, cluster, "UPDATE_BROKER_TYPE", group, change)

    def update_monitoring(self, context: RequestContext, request: Request) -> Response:
        cluster = self._updatable(context, request)
        check_settings(request)
        names = ("EnhancedMonitoring", "OpenMonitoring", "LoggingInfo")
        change = {name: request[name] for name in names if request.get(name) is not None}
        response = self._record(context, cluster, "UPDATE_MONITORING", cluster.provisioned, change)
        self.manager.follow_logs(cluster)
        return response

    def update_connectivity(self, context: RequestContext, request: Request) -> Response:
        cluster = self._updatable(context, request)
        check_settings(request)
        wanted = request.get("ConnectivityInfo") or {}
        check_connectivity(wanted)
        group = cluster.provisioned["BrokerNodeGroupInfo"]
        return self._record(context, cluster, "UPDATE_CONNECTIVITY", group, {"ConnectivityInfo": wanted})

    def update_rebalancing(self, context: RequestContext, request: Request) -> Response:
        cluster = self._updatable(context, request)
        if not validation.is_express(cluster.provisioned["BrokerNodeGroupInfo"]["InstanceType"]):
            raise bad_request("Intelligent rebalancing is for clusters with Express brokers only.", "rebalancing")
        change = {"Rebalancing": request["Rebalancing"]}
        return self._record(context, cluster, "UPDATE_REBALANCING", cluster.provisioned, change)

    def update_security(self, context: RequestContext, request: Request) -> Response:
        """Opens and closes listeners. A kept one keeps its port, and clients of the others notice nothing."""
        cluster = self._updatable(context, request)
        change = _security_change(cluster, request)
        wanted = security.listeners({**cluster.provisioned, **change})
        if wanted == cluster.kafka.spec.listeners:
            return self._record(context, cluster, "UPDATE_SECURITY", cluster.provisioned, change)
        properties = self.configured_properties(context, cluster.configuration)
        try:
            cluster.kafka.plan_listeners(wanted)
        except ports.NoPortLeft as error:
            raise bad_request(str(error)) from error
        before = {name: cluster.provisioned[name] for name in change if name in cluster.provisioned}
        operation = self._begin(context, cluster, "UPDATE_SECURITY", before, change)
        cluster.provisioned.update(change)
        self.manager.reconfigure(cluster, properties, operation)
        return _started(operation)

    def update_storage(self, context: RequestContext, request: Request) -> Response:
        cluster = self._updatable(context, request)
        check_settings(request)
        storage = self._storage(cluster)
        size = request.get("VolumeSizeGB")
        if size and size < storage.get("VolumeSize", 0):
            raise bad_request("The volume size can only be increased.", "volumeSizeGB")
        wanted = {"VolumeSize": size, "ProvisionedThroughput": request.get("ProvisionedThroughput")}
        change = {name: value for name, value in wanted.items() if value is not None}
        return self._record(context, cluster, "UPDATE_STORAGE", storage, change)

    def update_cluster_kafka_version(self, context: RequestContext, request: Request) -> Response:
        """Records the version: the installed release runs all of them. A configuration takes effect."""
        cluster = self._updatable(context, request)
        target, info = request["TargetKafkaVersion"], request.get("ConfigurationInfo")
        validation.check_version(target)
        if target not in versions.targets(cluster.kafka_version):
            raise bad_request(
                f"The cluster cannot be upgraded from {cluster.kafka_version} to {target}.", "targetKafkaVersion"
            )
        properties = self.configured_properties(context, info or cluster.configuration)
        before, after = {"KafkaVersion": cluster.kafka_version}, {"KafkaVersion": target}
        operation = self._begin(context, cluster, "UPDATE_CLUSTER_KAFKA_VERSION", before, after)
        cluster.kafka_version = target
        if info:
            cluster.configuration = {"Arn": info["Arn"], "Revision": int(info["Revision"])}
        # MSK restarts the brokers for an upgrade, too.
        self.manager.reconfigure(cluster, properties, operation)
        return _started(operation)

    def reboot_broker(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request["ClusterArn"])
        running = {str(broker.spec.node_id) for broker in cluster.kafka.brokers}
        unknown = [broker for broker in request["BrokerIds"] if broker not in running]
        if unknown:
            raise bad_request(f"Broker {unknown[0]} does not exist in the cluster.", "brokerIds")
        operation = self._begin(context, cluster, "REBOOT_NODE", {}, {})
        self.manager.reboot(cluster, [int(broker) for broker in request["BrokerIds"]], operation)
        return _started(operation)

    @staticmethod
    def _storage(cluster: Cluster) -> dict[str, Any]:
        """Returns the cluster's `EbsStorageInfo`, which can be changed."""
        group = cluster.provisioned["BrokerNodeGroupInfo"]
        storage: dict[str, Any] = group.setdefault("StorageInfo", {}).setdefault("EbsStorageInfo", {})
        return storage

    def _updatable(self, context: RequestContext, request: Request) -> Cluster:
        """Returns the cluster. Raises BadRequestException unless it is active and the request names its version."""
        cluster = self.cluster(context, request["ClusterArn"])
        if cluster.status != models.ACTIVE:
            raise bad_request(
                f"The cluster must be in the ACTIVE state for this operation. Its state is {cluster.status}.",
                "clusterArn",
            )
        if request["CurrentVersion"] != cluster.version:
            raise outdated_version("cluster")
        return cluster

    def _begin(
        self, context: RequestContext, cluster: Cluster, kind: str, source: dict[str, Any], target: dict[str, Any]
    ) -> Operation:
        """Records a cluster operation that is in progress and gives the cluster a new version."""
        arn = models.new_arn(context.account_id, context.region, "cluster-operation", cluster.name)
        operation = Operation(arn, cluster.arn, kind, source, target)
        self.store.region(context).operations[arn] = operation
        cluster.version, cluster.last_operation = models.new_version(), operation
        return operation

    def _record(
        self, context: RequestContext, cluster: Cluster, kind: str, settings: dict[str, Any], change: dict[str, Any]
    ) -> Response:
        """Applies a change that has no effect on a local broker to the record; the operation completes at once."""
        before = {name: settings[name] for name in change if name in settings}
        operation = self._begin(context, cluster, kind, before, change)
        settings.update(change)
        operation.state, operation.ended = "UPDATE_COMPLETE", models.now()
        return _started(operation)


def _security_change(cluster: Cluster, request: Request) -> dict[str, Any]:
    """Returns the settings of UpdateSecurity. Encryption at rest stays: the operation cannot change it."""
    change = {}
    if request.get("ClientAuthentication") is not None:
        change["ClientAuthentication"] = request["ClientAuthentication"]
    if request.get("EncryptionInfo") is not None:
        change["EncryptionInfo"] = {**(cluster.provisioned.get("EncryptionInfo") or {}), **request["EncryptionInfo"]}
    return change


def _started(operation: Operation) -> Response:
    return {"ClusterArn": operation.cluster_arn, "ClusterOperationArn": operation.arn}
