"""The base of all groups of RDS operations: the store, the instance manager, and what several groups do."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import network, option_groups
from localstack_engines.services.rds.api import descriptions, validation
from localstack_engines.services.rds.cluster_models import Cluster
from localstack_engines.services.rds.control import events, maintenance, versions
from localstack_engines.services.rds.control.cluster_manager import ClusterManager
from localstack_engines.services.rds.control.events import EventLog, Subscription
from localstack_engines.services.rds.control.instance_manager import InstanceManager
from localstack_engines.services.rds.engine.postgres import SqlError
from localstack_engines.services.rds.errors import (
    cluster_not_found,
    instance_not_found,
    invalid_cluster_state,
    invalid_combination,
    invalid_state,
    invalid_value,
    subscription_not_found,
)
from localstack_engines.services.rds.models import Instance, Key, ParameterGroup
from localstack_engines.services.rds.store import Store
from localstack_engines.toolkit.dispatch import moto
from localstack_engines.toolkit.errors import ServiceError

Request = dict[str, Any]
Response = dict[str, Any]


def key(context: RequestContext, identifier: str) -> Key:
    """Returns the key of a DB instance or a snapshot of the request's account and region."""
    return context.account_id, context.region, identifier.lower()


def name_of(identifier: str) -> str:
    """Returns the name in an identifier that may be an ARN."""
    return identifier.rsplit(":", 1)[-1]


def check_no_member(instance: Instance, what: str) -> None:
    """Raises InvalidDBInstanceState for a member of a cluster, which cannot be changed by itself in some ways."""
    if instance.cluster is not None:
        raise invalid_state(
            f"Instance {instance.identifier} is a member of the cluster {instance.cluster.identifier} and can't be "
            f"{what}."
        )


class Operations:
    """Finds, changes and describes what requests name."""

    def __init__(self, store: Store, manager: InstanceManager, clusters: ClusterManager) -> None:
        self.store = store
        self.manager = manager
        self.clusters = clusters

    def instance(self, context: RequestContext, request: Request, allowed: tuple[str, ...] = ()) -> Instance:
        """Returns the instance that a request names.

        Raises DBInstanceNotFound. Raises InvalidDBInstanceState if `allowed` is given and lacks the instance's status.
        """
        self.apply_due_changes(context)
        identifier = name_of(request["DBInstanceIdentifier"]).lower()
        found = self.manager.get(key(context, identifier))
        if found is None:
            raise instance_not_found(identifier)
        if allowed and found.status not in allowed:
            raise invalid_state(f"Instance {identifier} is not in {allowed[0]} state.")
        return found

    def cluster(self, context: RequestContext, request: Request, allowed: tuple[str, ...] = ()) -> Cluster:
        """Returns the cluster that a request names.

        Raises DBClusterNotFoundFault. Raises InvalidDBClusterStateFault if `allowed` is given and lacks its state.
        """
        identifier = name_of(request["DBClusterIdentifier"]).lower()
        found = self.clusters.get(key(context, identifier))
        if found is None:
            raise cluster_not_found(identifier)
        if allowed and found.state not in allowed:
            raise invalid_cluster_state(f"DbCluster {identifier} is in {found.state} state, not in {allowed[0]} state.")
        return found

    def check_not_deleted(self, cluster: Cluster) -> None:
        """Raises DBClusterNotFoundFault when a cluster, whose lock the caller holds, was deleted before it got it."""
        if self.clusters.get(cluster.key) is not cluster:
            raise cluster_not_found(cluster.identifier)

    def parameter_group(self, context: RequestContext, name: str | None) -> ParameterGroup:
        """Returns the group of that name, or the installed version's default group without one.

        Raises DBParameterGroupNotFound.
        """
        name = (name or f"default.{versions.family(versions.ENGINE, versions.default(versions.ENGINE))}").lower()
        family = name.removeprefix("default.")
        if family != name and family in versions.families():
            return self.store.default_parameter_group(context, family)
        return self.store.parameter_group(context, name)

    def parameter_group_of(
        self, context: RequestContext, name: str | None, engine: str, version: str
    ) -> ParameterGroup:
        """Returns the group of that name, or the version's default group without one.

        Raises DBParameterGroupNotFound, or InvalidParameterCombination for a group of another family.
        """
        group = self.parameter_group(context, name or f"default.{versions.family(engine, version)}")
        validation.check_family(group, engine, version)
        return group

    def subnet_group_name(self, context: RequestContext, request: Request) -> str:
        """Returns the name, in lower case, of the subnet group in a request. Raises DBSubnetGroupNotFoundFault."""
        name = str(request["DBSubnetGroupName"]).lower()
        if not self.store.has_subnet_group(context, name):
            raise ServiceError("DBSubnetGroupNotFoundFault", f"DB subnet group '{name}' does not exist.", 404)
        return name

    def option_group_name(self, context: RequestContext, request: Request, version: str | None = None) -> str:
        """Returns the name of the option group in a request, or of the version's default group without one.

        Raises OptionGroupNotFoundFault.
        """
        major = versions.major_of(version or versions.installed())
        name = request.get("OptionGroupName") or option_groups.default_name(major)
        return self.store.option_groups.get(context, name).name

    def event_log(self, context: RequestContext) -> EventLog:
        return self.manager.event_logs.of(context.account_id, context.region)

    def subscription(self, context: RequestContext, name: str) -> Subscription:
        """Returns the event subscription of that name. Raises SubscriptionNotFound."""
        found = self.event_log(context).subscriptions.get(name)
        if found is None:
            raise subscription_not_found(name)
        return found

    def check_network(self, context: RequestContext, request: Request) -> None:
        """Checks that zone, subnet group and security groups exist, and that the groups are in one VPC."""
        if request.get("AvailabilityZone") not in (None, *network.zones(context)):
            raise invalid_value(f"Invalid availability zone: {request['AvailabilityZone']}")
        vpc = None
        if request.get("DBSubnetGroupName"):
            request["DBSubnetGroupName"] = self.subnet_group_name(context, request)
            vpc = self.store.vpc_of_subnet_group(context, request["DBSubnetGroupName"])
        for group_id in request.get("VpcSecurityGroupIds") or []:
            found = network.vpc_of_security_group(context, group_id)
            if found is None:
                raise invalid_value(f"Invalid security group , groupId= {group_id}, groupName=.")
            if vpc not in (None, found):
                raise invalid_combination(
                    "The DB instance and EC2 security group are in different VPCs. "
                    f"The DB instance is in {vpc} and the EC2 security group is in {found}"
                )

    def default_groups(self, context: RequestContext, request: Request) -> list[str]:
        """Returns the security groups of a request that names none: the default one of its subnet group's VPC."""
        subnets = request.get("DBSubnetGroupName")
        vpc = self.store.vpc_of_subnet_group(context, subnets) if subnets else None
        return [network.default_security_group(context, vpc)]

    def apply_due_changes(self, context: RequestContext) -> None:
        """Applies those changes of the region's instances whose maintenance window has come.

        But for IAM database authentication they change records only, so nobody can tell whether they were applied at
        the window or at the next look.
        """
        for instance in self.manager.instances(context.account_id, context.region):
            if instance.pending_since is None:
                continue
            window = self.store.instance(context, instance.identifier).maintenance_window
            if maintenance.is_due(window, instance.pending_since, datetime.now(UTC)):
                self.apply_changes(context, instance, instance.take_pending())

    def apply_changes(self, context: RequestContext, instance: Instance, changes: Mapping[str, Any]) -> None:
        """Changes the record of an instance, by ModifyDBInstance's members."""
        changes = dict(changes)
        if new := changes.pop("NewDBInstanceIdentifier", None):
            self.store.rename_instance(context, instance.identifier, new)
            self.clusters.rename(instance, new)
        if "PromotionTier" in changes:
            instance.promotion_tier = changes.pop("PromotionTier")
        self.store.update_instance(context, instance.identifier, changes)
        if "MultiAZ" in changes:
            self.place_standby(context, instance.identifier)
        if "EnableIAMDatabaseAuthentication" in changes:
            self.manager.allow_tokens(instance, bool(changes["EnableIAMDatabaseAuthentication"]))
        if name := changes.get("DBParameterGroupName"):
            chosen = self.chosen_parameters(context, instance.cluster, self.parameter_group(context, name))
            self.manager.apply_parameters(instance, chosen, reboot_needed=True)
        if version := changes.get("EngineVersion"):
            self.manager.record(instance, events.UPGRADED, version)
            self.note_substitute(instance, self.store.instance(context, instance.identifier).engine, version)
        for member, kind in (("DBInstanceClass", events.CLASS_CHANGED), ("AllocatedStorage", events.STORAGE_CHANGED)):
            if member in changes:
                self.manager.record(instance, kind)

    def place_standby(self, context: RequestContext, identifier: str) -> None:
        """Records the zones of an instance and its standby: of its subnet group, or of the region without one."""
        zones = self.store.zones_of_subnet_group(context, identifier) or network.zones(context)
        self.store.place_standby(context, identifier, zones)

    def chosen_parameters(
        self, context: RequestContext, cluster: Cluster | None, group: ParameterGroup
    ) -> dict[str, str]:
        """Returns the values of an instance's parameters: those of its group, over those of its cluster's group."""
        if cluster is None:
            return group.values
        return {**self.store.clusters.parameter_group(context, cluster.parameter_group).values, **group.values}

    def note_substitute(self, instance: Instance, engine: str, version: str) -> None:
        """Records an event that says what runs instead of the version that was asked for, if that is another major."""
        if text := versions.substitute(engine, version):
            self.manager.record(instance, events.SUBSTITUTED, text)

    def export_logs(self, context: RequestContext, instance: Instance) -> None:
        """Starts or stops the export of the logs to CloudWatch, as the instance's record says."""
        self.manager.export_logs(instance, self.store.instance(context, instance.identifier).log_exports)

    def take_snapshot(self, context: RequestContext, instance: Instance, request: Request) -> dict[str, Any]:
        """Records a snapshot, copies the data and returns the description. Removes the record when the copy fails."""
        response = moto(context, "CreateDBSnapshot", {**request, "DBInstanceIdentifier": instance.identifier})
        identifier = request["DBSnapshotIdentifier"]
        try:
            self.manager.take_snapshot(instance, key(context, identifier))
        except (SqlError, OSError) as error:
            self.store.snapshots.remove(context, identifier)
            raise ServiceError("InternalFailure", f"cannot copy the instance's data: {error}", 500) from error
        return dict(response["DBSnapshot"])

    def description(self, context: RequestContext, instance: Instance) -> Response:
        """Returns the response of an operation that answers with the instance."""
        found = moto(context, "DescribeDBInstances", {"DBInstanceIdentifier": instance.identifier})
        return {"DBInstance": self.described(context, found["DBInstances"][0])}

    def described(self, context: RequestContext, description: dict[str, Any]) -> dict[str, Any]:
        """Completes a DBInstance of moto's response with what the server and its replicas are."""
        instance = self.manager.get(key(context, description["DBInstanceIdentifier"]))
        replicas = self.manager.replicas(instance) if instance else []
        return descriptions.instance(description, instance, replicas)
