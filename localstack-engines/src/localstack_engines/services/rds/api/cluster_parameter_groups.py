"""Operations on DB cluster parameter groups. Changes reach the instances of the group's clusters."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import models
from localstack_engines.services.rds.api import cluster_descriptions, descriptions, validation
from localstack_engines.services.rds.api.clusters import ClusterOperations
from localstack_engines.services.rds.api.operations import Request, Response, name_of
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.services.rds.cluster_models import Cluster, ClusterParameterGroup
from localstack_engines.services.rds.control import parameters, versions
from localstack_engines.services.rds.errors import unknown_family
from localstack_engines.toolkit.errors import ServiceError


class ClusterParameterGroupOperations(ClusterOperations):
    """Creates, copies, describes, modifies, resets and deletes cluster parameter groups."""

    def create_db_cluster_parameter_group(self, context: RequestContext, request: Request) -> Response:
        family = request["DBParameterGroupFamily"]
        _check_family(family)
        name, description = request["DBClusterParameterGroupName"], request["Description"]
        made = self.store.clusters.create_parameter_group(context, name, family, description, _tags(request))
        return {"DBClusterParameterGroup": cluster_descriptions.parameter_group(made)}

    def copy_db_cluster_parameter_group(self, context: RequestContext, request: Request) -> Response:
        source = self._cluster_group(context, name_of(request["SourceDBClusterParameterGroupIdentifier"]))
        target = request["TargetDBClusterParameterGroupIdentifier"]
        text = request["TargetDBClusterParameterGroupDescription"]
        made = self.store.clusters.create_parameter_group(context, target, source.family, text, _tags(request))
        made.parameters.update({name: dict(value) for name, value in source.parameters.items()})
        return {"DBClusterParameterGroup": cluster_descriptions.parameter_group(made)}

    def describe_db_cluster_parameter_groups(self, context: RequestContext, request: Request) -> Response:
        name = request.get("DBClusterParameterGroupName")
        found = [self._cluster_group(context, name)] if name else self.store.clusters.parameter_groups(context)
        page, marker = PAGER.page(found, request)
        return {"DBClusterParameterGroups": [cluster_descriptions.parameter_group(one) for one in page], **marker}

    def describe_db_cluster_parameters(self, context: RequestContext, request: Request) -> Response:
        group = self._cluster_group(context, request["DBClusterParameterGroupName"])
        described: list[dict[str, Any]] = [
            descriptions.parameter(parameter, group.parameters.get(name))
            for name, parameter in parameters.of_family(group.family).items()
        ]
        source = request.get("Source")
        page, marker = PAGER.page([one for one in described if source in (None, one["Source"])], request)
        return {"Parameters": page, **marker}

    def describe_engine_default_cluster_parameters(self, context: RequestContext, request: Request) -> Response:
        family = request["DBParameterGroupFamily"]
        _check_family(family)
        page, marker = PAGER.page(list(parameters.of_family(family).values()), request)
        defaults = {"DBParameterGroupFamily": family, "Parameters": [descriptions.parameter(one) for one in page]}
        return {"EngineDefaults": {**defaults, **marker}}

    def modify_db_cluster_parameter_group(self, context: RequestContext, request: Request) -> Response:
        group = self._changeable(context, request)
        for change in request["Parameters"]:
            validation.check_parameter_change(group.family, change)
        for change in request["Parameters"]:
            method = change.get("ApplyMethod") or models.PENDING_REBOOT
            group.parameters[change["ParameterName"]] = {**change, "ApplyMethod": method}
        self._apply_cluster_group(context, group)
        return {"DBClusterParameterGroupName": group.name}

    def reset_db_cluster_parameter_group(self, context: RequestContext, request: Request) -> Response:
        group = self._changeable(context, request)
        names = [parameter["ParameterName"] for parameter in request.get("Parameters") or []]
        for name in names:
            validation.known_parameter(group.family, name)
        reset_all = request.get("ResetAllParameters", not names)
        for name in list(group.parameters) if reset_all else names:
            group.parameters.pop(name, None)
        self._apply_cluster_group(context, group)
        return {"DBClusterParameterGroupName": group.name}

    def delete_db_cluster_parameter_group(self, context: RequestContext, request: Request) -> Response:
        group = self._changeable(context, request)
        if used := [cluster.identifier for cluster in self._users(context, group)]:
            raise ServiceError(
                "InvalidDBParameterGroupState",
                f"One or more DB clusters are still members of this parameter group {group.name}, so the group cannot "
                f"be deleted: {', '.join(used)}",
            )
        self.store.clusters.delete_parameter_group(context, group.name)
        return {}

    def _cluster_group(self, context: RequestContext, name: str) -> ClusterParameterGroup:
        return self.store.clusters.parameter_group(context, name)

    def _changeable(self, context: RequestContext, request: Request) -> ClusterParameterGroup:
        """Returns the group that a request names. Raises InvalidDBParameterGroupState for a default group."""
        group = self._cluster_group(context, request["DBClusterParameterGroupName"])
        if group.is_default:
            raise ServiceError(
                "InvalidDBParameterGroupState", f"The default cluster parameter group {group.name} can't be changed."
            )
        return group

    def _users(self, context: RequestContext, group: ClusterParameterGroup) -> list[Cluster]:
        clusters = self.clusters.clusters(context.account_id, context.region)
        return [cluster for cluster in clusters if cluster.parameter_group == group.name]

    def _apply_cluster_group(self, context: RequestContext, group: ClusterParameterGroup) -> None:
        for cluster in self._users(context, group):
            for member in list(cluster.members):
                self.apply_group(context, member)


def _check_family(family: str) -> None:
    if versions.families().get(family, ("", 0))[0] != versions.AURORA:
        raise unknown_family(family)


def _tags(request: Request) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in request.get("Tags") or []}
