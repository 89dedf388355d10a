"""Operations on clusters. Moto keeps their records; the plugin adds the counts of services and tasks."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import descriptions
from localstack_engines.services.ecs.api.operations import Operations, Request, Response
from localstack_engines.services.ecs.api.paging import PAGER
from localstack_engines.services.ecs.models import Scope
from localstack_engines.toolkit.dispatch import moto
from localstack_engines.toolkit.errors import ServiceError


class ClusterOperations(Operations):
    """Creates, describes, lists and deletes clusters."""

    def create_cluster(self, context: RequestContext, request: Request) -> Response:
        """Returns an existing ACTIVE cluster unchanged. Moto would replace it with an empty one."""
        name = request.get("clusterName") or "default"
        if not self.store.is_active_cluster(Scope(context.account_id, context.region, name)):
            moto(context, "CreateCluster", {**request, "clusterName": name})
        return {"cluster": self._described_cluster(context, name)}

    def describe_clusters(self, context: RequestContext, request: Request) -> Response:
        names = [reference.rsplit("/", 1)[-1] for reference in request.get("clusters") or ["default"]]
        response = moto(context, "DescribeClusters", {**request, "clusters": names})
        for cluster in response.get("clusters") or []:
            cluster.update(self._counts(context, cluster["clusterName"]))
        return response

    def list_clusters(self, context: RequestContext, request: Request) -> Response:
        items, more = PAGER.page(self.store.active_cluster_arns(context.account_id, context.region), request)
        return {"clusterArns": items, **more}

    def delete_cluster(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request["cluster"])
        if any(s.status != "INACTIVE" for s in self.store.services_in(scope)):
            raise ServiceError(
                "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."
            )
        if any(t.stopped_at is None for t in self.store.tasks_in(scope)):
            raise ServiceError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
        moto(context, "DeleteCluster", {"cluster": scope.cluster})
        return {"cluster": self._described_cluster(context, scope.cluster)}

    def _described_cluster(self, context: RequestContext, name: str) -> Any:
        request = {"clusters": [name], "include": ["TAGS", "SETTINGS", "CONFIGURATIONS"]}
        return {**moto(context, "DescribeClusters", request)["clusters"][0], **self._counts(context, name)}

    def _counts(self, context: RequestContext, name: str) -> Response:
        scope = Scope(context.account_id, context.region, name)
        running, pending = descriptions.count_tasks(self.store.tasks_in(scope))
        active = sum(s.status == "ACTIVE" for s in self.store.services_in(scope))
        return {"runningTasksCount": running, "pendingTasksCount": pending, "activeServicesCount": active}
