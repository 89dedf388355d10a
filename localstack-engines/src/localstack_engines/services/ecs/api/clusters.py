"""Clusters: moto's records with the numbers of what really runs."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs import errors
from localstack_engines.services.ecs.api.describe import count
from localstack_engines.services.ecs.api.operations import FARGATE_PROVIDERS, Operations, Request, Response, page
from localstack_engines.services.ecs.models import Scope
from localstack_engines.services.ecs.store import moto_backend
from localstack_engines.toolkit import dispatch


class ClusterOperations(Operations):
    def create_cluster(self, context: RequestContext, request: Request) -> Response:
        """Creating a cluster that is ACTIVE returns it unchanged; moto would empty it."""
        name = request.get("clusterName") or "default"
        existing = moto_backend(context.account_id, context.region).clusters.get(name)
        if existing is None or existing.status != "ACTIVE":
            dispatch.moto(context, "CreateCluster", {**request, "clusterName": name})
        return {"cluster": self._described_cluster(context, name)}

    def describe_clusters(self, context: RequestContext, request: Request) -> Response:
        names = [reference.rsplit("/", 1)[-1] for reference in request.get("clusters") or ["default"]]
        response = dispatch.moto(context, "DescribeClusters", {**request, "clusters": names})
        for cluster in response.get("clusters") or []:
            cluster.update(self._counts(context, cluster["clusterName"]))
        return response

    def list_clusters(self, context: RequestContext, request: Request) -> Response:
        clusters = moto_backend(context.account_id, context.region).clusters.values()
        items, more = page([c.arn for c in clusters if c.status == "ACTIVE"], request)
        return {"clusterArns": items, **more}

    def delete_cluster(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request["cluster"])
        if any(s.status != "INACTIVE" for s in self.store.services_in(scope)):
            raise errors.error(
                "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."
            )
        if any(t.stopped_at is None for t in self.store.tasks_in(scope)):
            raise errors.error("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
        dispatch.moto(context, "DeleteCluster", {"cluster": scope.cluster})
        return {"cluster": self._described_cluster(context, scope.cluster)}

    def describe_capacity_providers(self, context: RequestContext, request: Request) -> Response:
        """AWS's own providers are always there; moto knows only those of Auto Scaling groups."""
        names = request.get("capacityProviders")
        scope = Scope(context.account_id, context.region, "")
        fargate = [
            {"capacityProviderArn": scope.arn("capacity-provider", name), "name": name, "status": "ACTIVE", "tags": []}
            for name in FARGATE_PROVIDERS
            if not names or name in names
        ]
        others = [name for name in names or [] if name not in FARGATE_PROVIDERS]
        if names and not others:
            return {"capacityProviders": fargate, "failures": []}
        response = dispatch.moto(context, "DescribeCapacityProviders", {**request, "capacityProviders": others})
        return {**response, "capacityProviders": [*fargate, *(response.get("capacityProviders") or [])]}

    def _described_cluster(self, context: RequestContext, name: str) -> Any:
        request = {"clusters": [name], "include": ["TAGS", "SETTINGS", "CONFIGURATIONS"]}
        return {**dispatch.moto(context, "DescribeClusters", request)["clusters"][0], **self._counts(context, name)}

    def _counts(self, context: RequestContext, name: str) -> Response:
        scope = Scope(context.account_id, context.region, name)
        running, pending = count(self.store.tasks_in(scope))
        active = sum(s.status == "ACTIVE" for s in self.store.services_in(scope))
        return {"runningTasksCount": running, "pendingTasksCount": pending, "activeServicesCount": active}
