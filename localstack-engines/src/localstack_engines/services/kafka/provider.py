"""The MSK API: clusters are Apache Kafka brokers that run."""

from typing import Any

from localstack.aws.api import RequestContext
from localstack.services.plugins import Service

from localstack_engines.services.kafka import models
from localstack_engines.services.kafka.api import describe, validation
from localstack_engines.services.kafka.api.paging import page
from localstack_engines.services.kafka.api.updates import UpdateOperations
from localstack_engines.services.kafka.control import versions
from localstack_engines.services.kafka.control.cluster_manager import ClusterManager
from localstack_engines.services.kafka.errors import bad_request, conflict, not_found, not_supported
from localstack_engines.services.kafka.models import Cluster
from localstack_engines.services.kafka.store import Store
from localstack_engines.toolkit import ports
from localstack_engines.toolkit.dispatch import make_service

Request = dict[str, Any]
Response = dict[str, Any]

_BOOTSTRAP = {
    "PLAINTEXT": "BootstrapBrokerString",
    "SSL": "BootstrapBrokerStringTls",
}


class KafkaProvider(UpdateOperations):
    """Clusters; configurations and updates are in the base classes."""

    def on_before_start(self) -> None:
        self.manager.clear_leftovers()

    def on_before_stop(self) -> None:
        self.manager.stop_all(self.store.clusters())

    def create_cluster(self, context: RequestContext, request: Request) -> Response:
        provisioned = {name: value for name, value in request.items() if name not in ("ClusterName", "Tags")}
        cluster = self._create(context, request["ClusterName"], provisioned, request.get("Tags"))
        return {"ClusterArn": cluster.arn, "ClusterName": cluster.name, "State": models.CREATING}

    def create_cluster_v2(self, context: RequestContext, request: Request) -> Response:
        if not request.get("Provisioned"):
            raise not_supported("A serverless cluster")
        cluster = self._create(context, request["ClusterName"], request["Provisioned"], request.get("Tags"))
        answer = {"ClusterArn": cluster.arn, "ClusterName": cluster.name, "State": models.CREATING}
        return {**answer, "ClusterType": "PROVISIONED"}

    def describe_cluster(self, context: RequestContext, request: Request) -> Response:
        return {"ClusterInfo": describe.cluster_v1(self.cluster(context, request))}

    def describe_cluster_v2(self, context: RequestContext, request: Request) -> Response:
        return {"ClusterInfo": describe.cluster_v2(self.cluster(context, request))}

    def list_clusters(self, context: RequestContext, request: Request) -> Response:
        found = self._named(context, request)
        return page(request, "ClusterInfoList", [describe.cluster_v1(cluster) for cluster in found])

    def list_clusters_v2(self, context: RequestContext, request: Request) -> Response:
        found = self._named(context, request)
        if request.get("ClusterTypeFilter") not in (None, "PROVISIONED"):
            found = []
        return page(request, "ClusterInfoList", [describe.cluster_v2(cluster) for cluster in found])

    def delete_cluster(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request)
        if request.get("CurrentVersion") not in (None, cluster.version):
            raise bad_request(
                "The specified current version does not match the version of the cluster.", "currentVersion"
            )
        clusters = self.store.region(context).clusters

        def forget() -> None:
            clusters.pop(cluster.arn, None)

        if cluster.state != models.DELETING:
            self.manager.delete(cluster, forget)
        return {"ClusterArn": cluster.arn, "State": models.DELETING}

    def get_bootstrap_brokers(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request)
        if cluster.state in (models.CREATING, models.DELETING, models.FAILED):
            raise bad_request(
                f"Bootstrap brokers cannot be retrieved while the cluster is in the {cluster.state} state.",
                "clusterArn",
            )
        found = {name: cluster.kafka.bootstrap(protocol) for protocol, name in _BOOTSTRAP.items()}
        return {name: addresses for name, addresses in found.items() if addresses}

    def list_nodes(self, context: RequestContext, request: Request) -> Response:
        return page(request, "NodeInfoList", describe.nodes(self.cluster(context, request)))

    def list_kafka_versions(self, context: RequestContext, request: Request) -> Response:
        return page(request, "KafkaVersions", [{"Version": one, "Status": "ACTIVE"} for one in versions.available()])

    def get_compatible_kafka_versions(self, context: RequestContext, request: Request) -> Response:
        source = versions.available()
        if request.get("ClusterArn"):
            source = [self.cluster(context, request).kafka_version]
        # One release is installed, so there is nothing to go to.
        return {"CompatibleKafkaVersions": [{"SourceVersion": version, "TargetVersions": []} for version in source]}

    def put_cluster_policy(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request)
        current = cluster.policy[0] if cluster.policy else None
        if request.get("CurrentVersion") not in (None, current):
            raise bad_request(
                "The specified current version does not match the version of the policy.", "currentVersion"
            )
        cluster.policy = (models.new_version(), request["Policy"])
        return {"CurrentVersion": cluster.policy[0]}

    def get_cluster_policy(self, context: RequestContext, request: Request) -> Response:
        policy = self.cluster(context, request).policy
        if policy is None:
            raise not_found("The cluster has no policy.", "clusterArn")
        return {"CurrentVersion": policy[0], "Policy": policy[1]}

    def delete_cluster_policy(self, context: RequestContext, request: Request) -> Response:
        self.get_cluster_policy(context, request)
        self.cluster(context, request).policy = None
        return {}

    def tag_resource(self, context: RequestContext, request: Request) -> Response:
        self._tagged(context, request).update(request["Tags"])
        return {}

    def untag_resource(self, context: RequestContext, request: Request) -> Response:
        tags = self._tagged(context, request)
        for key in request["TagKeys"]:
            tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, context: RequestContext, request: Request) -> Response:
        return {"Tags": self._tagged(context, request)}

    def _create(
        self, context: RequestContext, name: str, provisioned: dict[str, Any], tags: dict[str, str] | None
    ) -> Cluster:
        validation.check_name(name)
        region = self.store.region(context)
        if any(cluster.name == name for cluster in region.clusters.values()):
            raise conflict("A resource with this name already exists.", "clusterName")
        validation.check_provisioned(context, provisioned)
        chosen = self.properties_of(context, provisioned.get("ConfigurationInfo"))
        arn = models.new_arn(context.account_id, context.region, "cluster", name)
        brokers, protocols = provisioned["NumberOfBrokerNodes"], validation.protocols(provisioned)
        try:
            kafka = self.manager.plan(name, arn.rsplit("/", 1)[1], protocols, brokers)
        except ports.NoPortLeft as error:
            raise bad_request(str(error)) from error
        cluster = Cluster(
            arn=arn,
            name=name,
            kafka=kafka,
            provisioned=dict(provisioned),
            kafka_version=provisioned["KafkaVersion"],
            tags=dict(tags or {}),
            configuration=provisioned.get("ConfigurationInfo"),
        )
        region.clusters[arn] = cluster
        self.manager.start(cluster, chosen)
        self.follow_logs(context, cluster)
        return cluster

    def _named(self, context: RequestContext, request: Request) -> list[Cluster]:
        prefix = request.get("ClusterNameFilter") or ""
        return [found for found in self.store.region(context).clusters.values() if found.name.startswith(prefix)]

    def _tagged(self, context: RequestContext, request: Request) -> dict[str, str]:
        return self.cluster(context, {"ClusterArn": request["ResourceArn"]}).tags


def service() -> Service:
    """The service that LocalStack loads. moto's clusters are never more than records, so it is not asked."""
    return make_service("kafka", KafkaProvider(ClusterManager(), Store()), fallback_to_moto=False)
