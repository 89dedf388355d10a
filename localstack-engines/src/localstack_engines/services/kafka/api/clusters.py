"""Operations on clusters."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka import models
from localstack_engines.services.kafka.api import descriptions, security, validation
from localstack_engines.services.kafka.api.operations import Operations, Request, Response
from localstack_engines.services.kafka.api.paging import PAGER
from localstack_engines.services.kafka.errors import bad_request, conflict, not_supported, outdated_version
from localstack_engines.services.kafka.models import Cluster
from localstack_engines.toolkit import ports


class ClusterOperations(Operations):
    """Creates, describes, lists and deletes clusters."""

    def create_cluster(self, context: RequestContext, request: Request) -> Response:
        provisioned = {name: value for name, value in request.items() if name not in ("ClusterName", "Tags")}
        return _created(self._create(context, request["ClusterName"], provisioned, request.get("Tags")))

    def create_cluster_v2(self, context: RequestContext, request: Request) -> Response:
        if not request.get("Provisioned"):
            raise not_supported("A serverless cluster")
        cluster = self._create(context, request["ClusterName"], request["Provisioned"], request.get("Tags"))
        return {**_created(cluster), "ClusterType": "PROVISIONED"}

    def describe_cluster(self, context: RequestContext, request: Request) -> Response:
        return {"ClusterInfo": descriptions.cluster_v1(self.cluster(context, request["ClusterArn"]))}

    def describe_cluster_v2(self, context: RequestContext, request: Request) -> Response:
        return {"ClusterInfo": descriptions.cluster_v2(self.cluster(context, request["ClusterArn"]))}

    def list_clusters(self, context: RequestContext, request: Request) -> Response:
        clusters, next_token = PAGER.page(self._named(context, request), request)
        return {"ClusterInfoList": [descriptions.cluster_v1(cluster) for cluster in clusters], **next_token}

    def list_clusters_v2(self, context: RequestContext, request: Request) -> Response:
        found = self._named(context, request)
        if request.get("ClusterTypeFilter") not in (None, "PROVISIONED"):
            found = []
        clusters, next_token = PAGER.page(found, request)
        return {"ClusterInfoList": [descriptions.cluster_v2(cluster) for cluster in clusters], **next_token}

    def delete_cluster(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request["ClusterArn"])
        if request.get("CurrentVersion") not in (None, cluster.version):
            raise outdated_version("cluster")
        if cluster.state != models.DELETING:
            self.manager.delete(cluster)
        return {"ClusterArn": cluster.arn, "State": models.DELETING}

    def _create(
        self, context: RequestContext, name: str, provisioned: dict[str, Any], tags: dict[str, str] | None
    ) -> Cluster:
        validation.check_name(name)
        region = self.store.region(context)
        if any(cluster.name == name for cluster in region.clusters.values()):
            raise conflict("A resource with this name already exists.", "clusterName")
        validation.check_provisioned(context, provisioned)
        provisioned = validation.with_security_groups(context, provisioned)
        configuration = provisioned.get("ConfigurationInfo")
        properties = self.configured_properties(context, configuration)
        arn = models.new_arn(context.account_id, context.region, "cluster", name)
        brokers, listeners = provisioned["NumberOfBrokerNodes"], security.listeners(provisioned)
        try:
            kafka = self.manager.plan(name, arn, listeners, brokers)
        except ports.NoPortLeft as error:
            raise bad_request(str(error)) from error
        cluster = Cluster(
            arn=arn,
            name=name,
            kafka=kafka,
            provisioned=dict(provisioned),
            kafka_version=provisioned["KafkaVersion"],
            tags=dict(tags or {}),
            configuration=configuration,
        )
        region.clusters[arn] = cluster
        self.manager.start(cluster, properties)
        return cluster

    def _named(self, context: RequestContext, request: Request) -> list[Cluster]:
        prefix = request.get("ClusterNameFilter") or ""
        return [found for found in self.store.region(context).clusters.values() if found.name.startswith(prefix)]


def _created(cluster: Cluster) -> Response:
    return {"ClusterArn": cluster.arn, "ClusterName": cluster.name, "State": models.CREATING}
