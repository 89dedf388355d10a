"""Operations on the endpoints of DB clusters. A cluster has a writer and a reader endpoint, and custom ones.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html
"""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import models
from localstack_engines.services.rds.api import cluster_descriptions
from localstack_engines.services.rds.api.new_clusters import check_identifier
from localstack_engines.services.rds.api.operations import Operations, Request, Response
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.services.rds.cluster_models import Cluster, CustomEndpoint
from localstack_engines.services.rds.errors import instance_not_found, invalid_combination, invalid_value
from localstack_engines.toolkit import settings
from localstack_engines.toolkit.errors import ServiceError

_KINDS = ("READER", "ANY")
_FILTERS = {
    "db-cluster-endpoint-type": "EndpointType",
    "db-cluster-endpoint-custom-type": "CustomEndpointType",
    "db-cluster-endpoint-id": "DBClusterEndpointIdentifier",
    "db-cluster-endpoint-status": "Status",
}


class ClusterEndpointOperations(Operations):
    """Creates, changes, describes and deletes custom endpoints, and describes the endpoints of clusters."""

    def create_db_cluster_endpoint(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request, allowed=(models.AVAILABLE,))
        name = request["DBClusterEndpointIdentifier"].lower()
        check_identifier(name, "DBClusterEndpointIdentifier")
        if self._find_endpoint(context, name) is not None:
            raise ServiceError("DBClusterEndpointAlreadyExistsFault", f"DB cluster endpoint {name} already exists.")
        made = CustomEndpoint(
            name,
            f"arn:aws:rds:{context.region}:{context.account_id}:cluster-endpoint:{name}",
            _kind(request["EndpointType"]),
            tags={tag["Key"]: tag.get("Value", "") for tag in request.get("Tags") or []},
        )
        made.static, made.excluded = self._endpoint_members(cluster, request)
        cluster.endpoints[name] = made
        self.clusters.route(cluster)
        return cluster_descriptions.endpoint(made, cluster.identifier)

    def modify_db_cluster_endpoint(self, context: RequestContext, request: Request) -> Response:
        cluster, found = self.endpoint(context, request["DBClusterEndpointIdentifier"])
        kind = _kind(request.get("EndpointType") or found.kind)
        given = ("StaticMembers", "ExcludedMembers")
        members = self._endpoint_members(cluster, request) if any(request.get(name) for name in given) else None
        found.kind = kind
        if members is not None:
            found.static, found.excluded = members
        self.clusters.route(cluster)
        return cluster_descriptions.endpoint(found, cluster.identifier)

    def delete_db_cluster_endpoint(self, context: RequestContext, request: Request) -> Response:
        cluster, found = self.endpoint(context, request["DBClusterEndpointIdentifier"])
        del cluster.endpoints[found.name]
        self.clusters.route(cluster)
        return {**cluster_descriptions.endpoint(found, cluster.identifier), "Status": models.DELETING}

    def describe_db_cluster_endpoints(self, context: RequestContext, request: Request) -> Response:
        clusters = self.clusters.clusters(context.account_id, context.region)
        if request.get("DBClusterIdentifier"):
            clusters = [self.cluster(context, request)]
        found = [endpoint for cluster in clusters for endpoint in _all(cluster)]
        if name := request.get("DBClusterEndpointIdentifier"):
            found = [one for one in found if one.get("DBClusterEndpointIdentifier") == name.lower()]
        for wanted in request.get("Filters") or []:
            member = _FILTERS.get(wanted["Name"])
            if member is None:
                raise invalid_value(f"Unrecognized filter name: {wanted['Name']}")
            values = {value.lower() for value in wanted["Values"]}
            found = [one for one in found if str(one.get(member, "")).lower() in values]
        page, marker = PAGER.page(found, request)
        return {"DBClusterEndpoints": page, **marker}

    def endpoint(self, context: RequestContext, name: str) -> tuple[Cluster, CustomEndpoint]:
        """Returns a custom endpoint and its cluster. Raises DBClusterEndpointNotFoundFault."""
        found = self._find_endpoint(context, name.lower())
        if found is None:
            raise ServiceError("DBClusterEndpointNotFoundFault", f"DB cluster endpoint {name} not found.", 404)
        return found

    def _find_endpoint(self, context: RequestContext, name: str) -> tuple[Cluster, CustomEndpoint] | None:
        for cluster in self.clusters.clusters(context.account_id, context.region):
            if name in cluster.endpoints:
                return cluster, cluster.endpoints[name]
        return None

    @staticmethod
    def _endpoint_members(cluster: Cluster, request: Request) -> tuple[list[str], list[str]]:
        """Returns the static and the excluded members of a request. Raises DBInstanceNotFound for others."""
        static, excluded = (
            [name.lower() for name in request.get(member) or []] for member in ("StaticMembers", "ExcludedMembers")
        )
        if static and excluded:
            raise invalid_combination("StaticMembers and ExcludedMembers can't be specified together.")
        known = {member.identifier for member in cluster.members}
        for name in (*static, *excluded):
            if name not in known:
                raise instance_not_found(name)
        return static, excluded


def _kind(wanted: str) -> str:
    if wanted.upper() not in _KINDS:
        raise invalid_value(f"Invalid endpoint type: {wanted}. Valid types of a custom endpoint: {', '.join(_KINDS)}.")
    return wanted.upper()


def _all(cluster: Cluster) -> list[dict[str, Any]]:
    """Describes all endpoints of a cluster."""
    own = {"DBClusterIdentifier": cluster.identifier, "Status": models.AVAILABLE}
    return [
        {**own, "Endpoint": settings.endpoint_host(), "EndpointType": "WRITER"},
        {**own, "Endpoint": cluster.reader_address, "EndpointType": "READER"},
        *(cluster_descriptions.endpoint(endpoint, cluster.identifier) for endpoint in cluster.endpoints.values()),
    ]
