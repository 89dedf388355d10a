"""Operations on DB clusters."""

from collections.abc import Callable

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import models, network
from localstack_engines.services.rds.api import cluster_descriptions, encryption, validation
from localstack_engines.services.rds.api.cluster_snapshots import ClusterSnapshotOperations
from localstack_engines.services.rds.api.new_clusters import check_cluster_settings, check_engine, scaling
from localstack_engines.services.rds.api.operations import Request, Response
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.services.rds.cluster_models import Cluster
from localstack_engines.services.rds.control import versions
from localstack_engines.services.rds.control.instance_manager import FAILURES
from localstack_engines.services.rds.engine.failover import FailoverFailed
from localstack_engines.services.rds.errors import invalid_cluster_state, invalid_combination, invalid_value
from localstack_engines.services.rds.managed_secrets import new_password
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit.errors import ServiceError

_CHANGEABLE = (
    "BackupRetentionPeriod", "CopyTagsToSnapshot", "DeletionProtection", "EngineLifecycleSupport",
    "PreferredBackupWindow", "PreferredMaintenanceWindow", "StorageType", "VpcSecurityGroupIds",
)  # fmt: skip
"""Members of ModifyDBCluster that change the record only."""

_FILTERS: dict[str, Callable[[Cluster], set[str]]] = {
    "db-cluster-id": lambda cluster: {cluster.identifier, cluster.arn},
    "db-cluster-resource-id": lambda cluster: {cluster.resource_id},
    "engine": lambda cluster: {cluster.engine},
}


class ClusterOperations(ClusterSnapshotOperations):
    """Creates, describes, modifies, deletes, starts and stops clusters, and changes their writers."""

    def create_db_cluster(self, context: RequestContext, request: Request) -> Response:
        check_engine(request["Engine"])
        validation.check_new_master(request, "DatabaseName")
        return self.make_cluster(context, dict(request))

    def describe_db_clusters(self, context: RequestContext, request: Request) -> Response:
        found = self.clusters.clusters(context.account_id, context.region)
        if request.get("DBClusterIdentifier"):
            found = [self.cluster(context, request)]
        for one in request.get("Filters") or []:
            values = _FILTERS.get(one["Name"])
            if values is None:
                raise invalid_value(f"Unrecognized filter name: {one['Name']}")
            found = [cluster for cluster in found if values(cluster) & set(one["Values"])]
        page, marker = PAGER.page(found, request)
        zones = network.zones(context)
        return {"DBClusters": [cluster_descriptions.cluster(cluster, zones) for cluster in page], **marker}

    def modify_db_cluster(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request, allowed=(models.AVAILABLE,))
        wanted = dict(request)
        self._check_cluster_modification(context, wanted, cluster)
        self._change_cluster_password(context, wanted, cluster)
        recorded = {name: wanted[name] for name in _CHANGEABLE if wanted.get(name) is not None}
        if configured := wanted.get("ServerlessV2ScalingConfiguration"):
            recorded["ServerlessV2ScalingConfiguration"] = configured
        cluster.recorded.update(recorded)
        self._allow_tokens(wanted.get("EnableIAMDatabaseAuthentication"), cluster)
        self._change_cluster_version(context, wanted, cluster)
        self._change_cluster_exports(context, wanted, cluster)
        shared = ("BackupRetentionPeriod", "PreferredBackupWindow", "StorageType", "VpcSecurityGroupIds")
        for member in cluster.members:
            changes = {name: recorded[name] for name in shared if name in recorded}
            self.store.update_instance(context, member.identifier, changes)
        return self.cluster_description(context, cluster)

    def delete_db_cluster(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request)
        final, skip = request.get("FinalDBSnapshotIdentifier"), request.get("SkipFinalSnapshot")
        if bool(final) == bool(skip):
            raise invalid_combination("Specify either FinalDBSnapshotIdentifier or SkipFinalSnapshot.")
        if cluster.recorded["DeletionProtection"]:
            raise invalid_combination(
                "Cannot delete protected Cluster, please disable deletion protection and try again."
            )
        with cluster.lock:
            self.check_not_deleted(cluster)
            if cluster.members:
                raise invalid_cluster_state(
                    "Cluster cannot be deleted, it still contains DB instances in non-deleting state."
                )
            if final:
                self.snapshot_of(context, cluster, final, None)
            described = self.cluster_description(context, cluster)
            self.clusters.delete(cluster)
        if cluster.secret is not None:
            cluster.secret.delete_secret()
        described["DBCluster"]["Status"] = models.DELETING
        return described

    def start_db_cluster(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request, allowed=(models.STOPPED,))
        self.clusters.start(cluster)
        return self.cluster_description(context, cluster)

    def stop_db_cluster(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request, allowed=(models.AVAILABLE,))
        self._check_cluster_members(cluster)
        self.clusters.stop(cluster)
        return self.cluster_description(context, cluster)

    def failover_db_cluster(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request, allowed=(models.AVAILABLE,))
        target = None
        if name := request.get("TargetDBInstanceIdentifier"):
            target = self.instance(context, {"DBInstanceIdentifier": name})
            if target not in cluster.readers:
                raise invalid_cluster_state(f"{target.identifier} is no reader of the DB cluster {cluster.identifier}.")
        try:
            self.clusters.fail_over(cluster, target)
        except FailoverFailed as error:
            raise invalid_cluster_state(f"Cannot fail over {cluster.identifier}: {error}.") from error
        return self.cluster_description(context, cluster)

    @staticmethod
    def _check_cluster_members(cluster: Cluster) -> None:
        for member in cluster.members:
            if member.status != models.AVAILABLE:
                raise ServiceError(
                    "InvalidDBInstanceState", f"Instance {member.identifier} is not in {models.AVAILABLE} state."
                )

    def _check_cluster_modification(self, context: RequestContext, request: Request, cluster: Cluster) -> None:
        check_cluster_settings(request)
        validation.check_password_change({**request, "ApplyImmediately": True}, managed=cluster.secret is not None)
        if validation.wanted_port(request.get("Port")) not in (None, cluster.relay.port):
            raise invalid_combination("Port is not supported by the local rds service: a cluster keeps its port.")
        self.check_network(context, request)
        windows = {name: request.get(name) or cluster.recorded[name] for name in _CHANGEABLE if "Window" in name}
        self.store.check_new_windows(windows["PreferredMaintenanceWindow"], windows["PreferredBackupWindow"])
        if request.get("PreferredMaintenanceWindow"):
            request["PreferredMaintenanceWindow"] = request["PreferredMaintenanceWindow"].lower()
        if configured := request.get("ServerlessV2ScalingConfiguration"):
            present = cluster.recorded.get("ServerlessV2ScalingConfiguration")
            request["ServerlessV2ScalingConfiguration"] = scaling(present, configured)
        version, wanted = cluster.engine_version, request.get("EngineVersion")
        group = request.get("DBClusterParameterGroupName")
        if wanted and wanted != versions.major_of(version):
            version = validation.resolve_version(cluster.engine, wanted)
            allowed = bool(request.get("AllowMajorVersionUpgrade"))
            validation.check_upgrade(cluster.engine, cluster.engine_version, version, allowed)
            if versions.major_of(version) != versions.major_of(cluster.engine_version):
                group = group or f"default.{versions.family(cluster.engine, version)}"
        request["EngineVersion"] = version
        request["DBClusterParameterGroupName"] = self.cluster_parameter_group(
            context, group or cluster.parameter_group, version
        ).name
        if name := request.get("DBInstanceParameterGroupName"):
            self.parameter_group_of(context, name, cluster.engine, version)

    def _change_cluster_version(self, context: RequestContext, request: Request, cluster: Cluster) -> None:
        """Gives the members the version and the parameter groups of a checked request."""
        version, group = request["EngineVersion"], request["DBClusterParameterGroupName"]
        instance_group = request.get("DBInstanceParameterGroupName")
        if (version, group) == (cluster.engine_version, cluster.parameter_group) and not instance_group:
            return
        upgraded = version != cluster.engine_version
        cluster.engine_version, cluster.parameter_group = version, group
        for member in list(cluster.members):
            changes = {"EngineVersion": version} if upgraded else {}
            if instance_group:
                changes["DBParameterGroupName"] = instance_group
            self.apply_changes(context, member, changes)
            self.apply_group(context, member)

    def apply_group(self, context: RequestContext, member: Instance) -> None:
        """Gives a member's server the values of its cluster's parameter group and its own."""
        own = self.parameter_group(context, self.store.instance(context, member.identifier).parameter_group)
        chosen = self.chosen_parameters(context, member.cluster, own)
        if chosen != member.parameters:
            self.manager.apply_parameters(member, chosen, reboot_needed=True)

    def _allow_tokens(self, allowed: bool | None, cluster: Cluster) -> None:
        """Lets roles log in to the members with tokens of IAM, or no more; None changes nothing."""
        if allowed not in (None, cluster.iam_authentication):
            cluster.recorded["IAMDatabaseAuthenticationEnabled"] = allowed
            for member in list(cluster.members):
                self.manager.allow_tokens(member, bool(allowed))

    def _change_cluster_exports(self, context: RequestContext, request: Request, cluster: Cluster) -> None:
        change = request.get("CloudwatchLogsExportConfiguration")
        if not change:
            return
        kept = set(cluster.recorded["EnabledCloudwatchLogsExports"]) - set(change.get("DisableLogTypes") or ())
        cluster.recorded["EnabledCloudwatchLogsExports"] = sorted(kept | set(change.get("EnableLogTypes") or ()))
        for member in cluster.members:
            self.store.change_log_exports(context, member.identifier, change)
            self.export_logs(context, member)

    def _change_cluster_password(self, context: RequestContext, request: Request, cluster: Cluster) -> None:
        """Changes the master password, or who manages it, if the request says so."""
        password, manage = request.get("MasterUserPassword"), request.get("ManageMasterUserPassword")
        key_id, rotate = request.get("MasterUserSecretKmsKeyId"), request.get("RotateMasterUserPassword")
        writer = cluster.writer
        if (password or manage or rotate) and writer and writer.status not in (models.AVAILABLE, models.CREATING):
            # Else the secret would have a password that the server does not know.
            raise invalid_cluster_state(f"The writer {writer.identifier} is in {writer.status} state.")
        try:
            if manage and (cluster.secret is None or key_id):
                key_arn = encryption.key_arn(context, key_id or encryption.SECRETS_KEY)
                password = self.manage_password(context, cluster, key_arn)
            elif rotate:
                password = new_password()
                cluster.secret.rotate(password)
            elif manage is False and cluster.secret is not None:
                cluster.secret.delete_secret()
                cluster.secret = None
            if password:
                self.clusters.set_password(cluster, password)
        except FAILURES as error:
            raise ServiceError("InternalFailure", f"cannot set the master password: {error}", 500) from error
