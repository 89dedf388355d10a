"""Operations on the tags of resources, which ARNs name."""

from localstack.aws.api import RequestContext

from localstack_engines.services.rds.api.cluster_endpoints import ClusterEndpointOperations
from localstack_engines.services.rds.api.operations import Request, Response
from localstack_engines.services.rds.errors import invalid_value
from localstack_engines.toolkit.dispatch import moto


class TagOperations(ClusterEndpointOperations):
    """Adds, removes and lists tags."""

    def add_tags_to_resource(self, context: RequestContext, request: Request) -> Response:
        tags = request.get("Tags") or []
        for tag in tags:
            if tag.get("Key", "").lower().startswith("aws:"):
                raise invalid_value("Tag keys starting with 'aws:' are reserved for system use")
        own = self._own_tags(context, request["ResourceName"])
        if own is None:
            return moto(context, "AddTagsToResource", {**request, "Tags": tags})
        own.update({tag["Key"]: tag.get("Value", "") for tag in tags})
        return {}

    def remove_tags_from_resource(self, context: RequestContext, request: Request) -> Response:
        own = self._own_tags(context, request["ResourceName"])
        if own is None:
            return moto(context, "RemoveTagsFromResource", request)
        for key in request["TagKeys"]:
            own.pop(key, None)
        return {}

    def list_tags_for_resource(self, context: RequestContext, request: Request) -> Response:
        own = self._own_tags(context, request["ResourceName"])
        if own is None:
            return moto(context, "ListTagsForResource", request)
        return {"TagList": [{"Key": key, "Value": value} for key, value in own.items()]}

    def _cluster_tags(self, context: RequestContext, kind: str, name: str) -> dict[str, str] | None:
        """Returns the tags of a cluster or of what belongs to clusters; None for another kind of resource."""
        if kind == "cluster":
            return self.cluster(context, {"DBClusterIdentifier": name}).tags
        if kind == "cluster-pg":
            return self.store.clusters.parameter_group(context, name).tags
        if kind == "cluster-snapshot":
            return self.store.clusters.own_snapshot(context, name).tags
        if kind == "cluster-endpoint":
            return self.endpoint(context, name)[1].tags
        return None

    def _own_tags(self, context: RequestContext, arn: str) -> dict[str, str] | None:
        """Returns the tags of a resource that the plugin records itself; None for those that moto records.

        Raises the resource's not-found error, and InvalidParameterValue for what is no ARN of the region's resources.
        """
        parts = arn.split(":", 6)
        if len(parts) < 7 or parts[:3] != ["arn", "aws", "rds"] or parts[3:5] != [context.region, context.account_id]:
            raise invalid_value(f"Invalid resource name: {arn}")
        kind, name = parts[5:]
        if kind == "og":
            return self.store.option_groups.get(context, name).tags
        if kind == "es":
            return self.subscription(context, name).tags
        if (cluster_tags := self._cluster_tags(context, kind, name)) is not None:
            return cluster_tags
        if kind == "db":
            self.instance(context, {"DBInstanceIdentifier": name})
        elif kind == "snapshot":
            self.store.snapshots.get(context, name)
        elif kind == "pg":
            self.parameter_group(context, name)
        elif kind == "subgrp":
            self.subnet_group_name(context, {"DBSubnetGroupName": name})
        else:
            raise invalid_value(f"Invalid resource name: {arn}")
        return None
