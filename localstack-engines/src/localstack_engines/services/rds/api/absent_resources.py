"""Descriptions of resources that cannot exist here: no operation makes them, so the truth is that there are none."""

from typing import NoReturn

from localstack.aws.api import RequestContext

from localstack_engines.services.rds.api.operations import Operations, Request, Response
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.toolkit.errors import ServiceError


class AbsentResourceOperations(Operations):
    """Describes proxies, export tasks and the like: an empty list, or AWS's error for the one that a request names."""

    def describe_blue_green_deployments(self, context: RequestContext, request: Request) -> Response:
        return none("BlueGreenDeployments", request, BlueGreenDeploymentIdentifier="BlueGreenDeploymentNotFoundFault")

    def describe_db_cluster_backtracks(self, context: RequestContext, request: Request) -> Response:
        # Aurora PostgreSQL has no backtracking.
        self.cluster(context, request)
        return none("DBClusterBacktracks", request)

    def describe_db_proxies(self, context: RequestContext, request: Request) -> Response:
        return none("DBProxies", request, DBProxyName="DBProxyNotFoundFault")

    def describe_db_proxy_endpoints(self, context: RequestContext, request: Request) -> Response:
        return none(
            "DBProxyEndpoints",
            request,
            DBProxyName="DBProxyNotFoundFault",
            DBProxyEndpointName="DBProxyEndpointNotFoundFault",
        )

    def describe_db_proxy_target_groups(self, context: RequestContext, request: Request) -> Response:
        return none("TargetGroups", request, DBProxyName="DBProxyNotFoundFault")

    def describe_db_proxy_targets(self, context: RequestContext, request: Request) -> Response:
        return none("Targets", request, DBProxyName="DBProxyNotFoundFault")

    def describe_db_recommendations(self, context: RequestContext, request: Request) -> Response:
        return none("DBRecommendations", request)

    def describe_db_security_groups(self, context: RequestContext, request: Request) -> Response:
        return none("DBSecurityGroups", request, DBSecurityGroupName="DBSecurityGroupNotFound")

    def describe_db_shard_groups(self, context: RequestContext, request: Request) -> Response:
        return none("DBShardGroups", request, DBShardGroupIdentifier="DBShardGroupNotFound")

    def describe_export_tasks(self, context: RequestContext, request: Request) -> Response:
        return none("ExportTasks", request, ExportTaskIdentifier="ExportTaskNotFound")

    def describe_global_clusters(self, context: RequestContext, request: Request) -> Response:
        return none("GlobalClusters", request, GlobalClusterIdentifier="GlobalClusterNotFoundFault")

    def describe_integrations(self, context: RequestContext, request: Request) -> Response:
        return none("Integrations", request, IntegrationIdentifier="IntegrationNotFoundFault")

    def describe_reserved_db_instances(self, context: RequestContext, request: Request) -> Response:
        return none("ReservedDBInstances", request, ReservedDBInstanceId="ReservedDBInstanceNotFound")

    def describe_reserved_db_instances_offerings(self, context: RequestContext, request: Request) -> Response:
        return none(
            "ReservedDBInstancesOfferings", request, ReservedDBInstancesOfferingId="ReservedDBInstancesOfferingNotFound"
        )

    def cancel_export_task(self, context: RequestContext, request: Request) -> Response:
        _not_found("ExportTaskNotFound", request["ExportTaskIdentifier"])

    def delete_db_proxy(self, context: RequestContext, request: Request) -> Response:
        _not_found("DBProxyNotFoundFault", request["DBProxyName"])

    def purchase_reserved_db_instances_offering(self, context: RequestContext, request: Request) -> Response:
        _not_found("ReservedDBInstancesOfferingNotFound", request["ReservedDBInstancesOfferingId"])

    def describe_tenant_databases(self, context: RequestContext, request: Request) -> Response:
        if request.get("DBInstanceIdentifier"):
            self.instance(context, request)
        return none("TenantDatabases", request)

    def describe_db_snapshot_tenant_databases(self, context: RequestContext, request: Request) -> Response:
        if request.get("DBSnapshotIdentifier"):
            self.store.snapshots.get(context, request["DBSnapshotIdentifier"])
        return none("DBSnapshotTenantDatabases", request)


def none(items: str, request: Request, **codes: str) -> Response:
    """Returns an empty list. Raises the error of the first member that names a resource; `codes` has their codes."""
    PAGER.page([], request)
    for member, code in codes.items():
        if request.get(member):
            _not_found(code, request[member])
    return {items: []}


def _not_found(code: str, name: str) -> NoReturn:
    raise ServiceError(code, f"{name} not found.", 404)
