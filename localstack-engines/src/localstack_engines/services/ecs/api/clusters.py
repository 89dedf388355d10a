"""Operations on clusters. Moto keeps their records; the plugin adds the counts of services and tasks."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import cluster_rules, descriptions
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, account_scope, cluster_scope
from localstack_engines.services.ecs.api.paging import PAGER
from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.instance_models import INACTIVE
from localstack_engines.services.ecs.models import Scope
from localstack_engines.toolkit.dispatch import moto
from localstack_engines.toolkit.errors import ServiceError

_MOST_DESCRIBED = 100


class ClusterOperations(Operations):
    """Creates, updates, describes, lists and deletes clusters."""

    def create_cluster(self, context: RequestContext, request: Request) -> Response:
        """Returns an existing ACTIVE cluster unchanged. Moto would replace it with an empty one."""
        name = request.get("clusterName") or "default"
        cluster_rules.check_name(name)
        self._check(account_scope(context), request)
        if not self.store.is_active_cluster(Scope(context.account_id, context.region, name)):
            insights = self.store.account_settings(context.account_id, context.region).value("containerInsights")
            defaults = {"settings": [{"name": "containerInsights", "value": insights}]}
            moto(context, "CreateCluster", {**defaults, **request, "clusterName": name})
        return {"cluster": self._described_cluster(context, name)}

    def update_cluster(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request["cluster"])
        self._check(scope, request)
        moto(context, "UpdateCluster", {**request, "cluster": scope.cluster})
        return {"cluster": self._described_cluster(context, scope.cluster)}

    def update_cluster_settings(self, context: RequestContext, request: Request) -> Response:
        return self.update_cluster(context, {"cluster": request["cluster"], "settings": request["settings"]})

    def put_cluster_capacity_providers(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request["cluster"])
        providers, strategy = request["capacityProviders"], request["defaultCapacityProviderStrategy"]
        cluster_rules.check_capacity_providers(self.store, scope, providers, strategy)
        change = {
            "cluster": scope.cluster,
            "capacityProviders": providers,
            "defaultCapacityProviderStrategy": strategy,
        }
        moto(context, "PutClusterCapacityProviders", change)
        return {"cluster": self._described_cluster(context, scope.cluster)}

    def describe_clusters(self, context: RequestContext, request: Request) -> Response:
        references = request.get("clusters") or ["default"]
        if len(references) > _MOST_DESCRIBED:
            raise invalid_parameter(f"Clusters cannot have more than {_MOST_DESCRIBED} elements.")
        names = [cluster_scope(context, reference).cluster for reference in references]
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
        self.instances.refresh(scope.account, scope.region)
        if any(one.status != INACTIVE for one in self.store.instances_in(scope)):
            raise ServiceError(
                "ClusterContainsContainerInstancesException",
                "The Cluster cannot be deleted while Container Instances are active or draining.",
            )
        moto(context, "DeleteCluster", {"cluster": scope.cluster})
        return {"cluster": self._described_cluster(context, scope.cluster)}

    def _check(self, scope: Scope, request: Request) -> None:
        cluster_rules.check_settings(request.get("settings") or [])
        cluster_rules.check_capacity_providers(
            self.store,
            scope,
            request.get("capacityProviders"),
            request.get("defaultCapacityProviderStrategy") or [],
        )

    def _described_cluster(self, context: RequestContext, name: str) -> Any:
        request = {"clusters": [name], "include": ["TAGS", "SETTINGS", "CONFIGURATIONS"]}
        return {**moto(context, "DescribeClusters", request)["clusters"][0], **self._counts(context, name)}

    def _counts(self, context: RequestContext, name: str) -> Response:
        scope = Scope(context.account_id, context.region, name)
        running, pending = descriptions.count_tasks(self.store.tasks_in(scope))
        active = sum(s.status == "ACTIVE" for s in self.store.services_in(scope))
        instances = sum(one.status != INACTIVE for one in self.store.instances_in(scope))
        return {
            "runningTasksCount": running,
            "pendingTasksCount": pending,
            "activeServicesCount": active,
            "registeredContainerInstancesCount": instances,
        }
