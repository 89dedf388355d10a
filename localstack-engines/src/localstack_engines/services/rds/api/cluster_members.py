"""The instances of a DB cluster: the first one is the writer, further ones are readers.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.CreateInstance.html
"""

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import models
from localstack_engines.services.rds.api import descriptions, monitoring, validation
from localstack_engines.services.rds.api.new_instances import NewInstanceOperations
from localstack_engines.services.rds.api.operations import Request, Response, key
from localstack_engines.services.rds.cluster_models import Cluster
from localstack_engines.services.rds.control.creation import NewInstance
from localstack_engines.services.rds.control.instance_manager import FAILURES
from localstack_engines.services.rds.engine.failover import FailoverFailed
from localstack_engines.services.rds.errors import invalid_cluster_state, invalid_combination
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit.dispatch import moto
from localstack_engines.toolkit.errors import ServiceError

_OF_THE_CLUSTER = (
    "AllocatedStorage", "BackupRetentionPeriod", "CloudwatchLogsExportConfiguration", "DBName", "DBPortNumber",
    "DeletionProtection", "EnableCloudwatchLogsExports", "EnableIAMDatabaseAuthentication", "Iops", "KmsKeyId",
    "ManageMasterUserPassword", "MasterUserPassword", "MasterUserSecretKmsKeyId", "MasterUsername",
    "MaxAllocatedStorage", "MultiAZ", "OptionGroupName", "Port", "PreferredBackupWindow", "RotateMasterUserPassword",
    "StorageEncrypted", "StorageThroughput", "StorageType", "VpcSecurityGroupIds",
)  # fmt: skip
"""Members of requests for an instance that only its cluster has."""

_MAX_TIER = 15
_DEFAULT_TIER = 1


def check_member(request: Request) -> None:
    """Raises InvalidParameterCombination for what a request cannot set for a member of a cluster."""
    for name in (*_OF_THE_CLUSTER, "EngineVersion"):
        if request.get(name) not in (None, False):
            raise invalid_combination(
                f"The DB instance is a member of a DB cluster: {name} can be set for the DB cluster only."
            )
    _check_tier(request)


class MemberOperations(NewInstanceOperations):
    """Creates and deletes members of clusters."""

    def make_member(self, context: RequestContext, request: Request) -> Response:
        """Makes an instance for a CreateDBInstance request that names a cluster."""
        cluster = self.cluster(context, request, allowed=(models.AVAILABLE, models.CREATING))
        self._check_new_member(context, request, cluster)
        identifier, name = request["DBInstanceIdentifier"], request.get("DBParameterGroupName")
        group = self.parameter_group_of(context, name, cluster.engine, cluster.engine_version)
        tier = request.get("PromotionTier", _DEFAULT_TIER)
        record = self._member_record(context, request, cluster)
        settings = monitoring.changes(context, request, {})
        with self.store.undone_on_failure(context, identifier), cluster.lock:
            self.check_not_deleted(cluster)
            moto(context, "CreateDBInstance", record)
            recorded = {
                **settings,
                "DBClusterIdentifier": cluster.identifier,
                "EngineLifecycleSupport": cluster.recorded["EngineLifecycleSupport"],
                "OptionGroupName": f"default:{cluster.engine}-{cluster.engine_version.split('.')[0]}",
            }
            self.store.update_instance(context, identifier, recorded)
            new = NewInstance(
                key=key(context, identifier),
                master_username=cluster.master_username,
                master_password=cluster.master_password if cluster.writer is None else None,
                database=cluster.database,
                parameters=self.chosen_parameters(context, cluster, group),
                origin=self.clusters.origin(cluster),
            )
            return self.launch(
                context,
                record,
                lambda: self.clusters.add(cluster, new, tier),
                lambda made: self.clusters.remove(made, cluster),
            )

    def delete_member(
        self, context: RequestContext, request: Request, instance: Instance, cluster: Cluster
    ) -> Response:
        """Deletes a member. The data stays with the cluster, so there is no final snapshot."""
        if request.get("FinalDBSnapshotIdentifier"):
            raise invalid_combination(
                "FinalDBSnapshotIdentifier can't be specified when deleting a member of a DB cluster: the data stays "
                "in the cluster."
            )
        # Of a failed cluster too: it cannot be deleted before its members.
        if cluster.state not in (models.AVAILABLE, models.FAILED):
            raise invalid_cluster_state(f"DbCluster {cluster.identifier} is in {cluster.state} state.")
        described = self.description(context, instance)["DBInstance"]
        try:
            self.clusters.remove(instance, cluster)
        except (FailoverFailed, *FAILURES) as error:
            raise invalid_cluster_state(
                f"{instance.identifier} is the writer of {cluster.identifier}, and no reader can take its place: "
                f"{error}"
            ) from error
        moto(context, "DeleteDBInstance", {"DBInstanceIdentifier": instance.identifier, "SkipFinalSnapshot": True})
        return {"DBInstance": descriptions.instance(described, instance)}

    def _check_new_member(self, context: RequestContext, request: Request, cluster: Cluster) -> None:
        version, engine = request.pop("EngineVersion", None), request["Engine"]
        check_member(request)
        if engine != cluster.engine or version not in (
            None,
            cluster.engine_version,
            cluster.engine_version.split(".")[0],
        ):
            raise invalid_combination(
                f"The engine {engine} {version or ''} does not match that of the DB cluster: {cluster.engine} "
                f"{cluster.engine_version}."
            )
        self.store.check_new_identifier(context, request["DBInstanceIdentifier"])
        validation.check_settings(request, cluster.engine)
        validation.check_authority(request.get("CACertificateIdentifier"))
        self.check_network(context, request)
        group = cluster.recorded.get("DBSubnetGroup")
        if request.get("DBSubnetGroupName") not in (None, group):
            raise invalid_combination(f"The DB subnet group of a member is that of its DB cluster: {group}.")
        if request["DBInstanceClass"] == "db.serverless" and "ServerlessV2ScalingConfiguration" not in cluster.recorded:
            raise invalid_combination(
                "Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 "
                "DB instance."
            )

    def _member_record(self, context: RequestContext, request: Request, cluster: Cluster) -> Request:
        """Returns the CreateDBInstance request of moto's record."""
        own = {name: value for name, value in request.items() if name not in ("DBClusterIdentifier", "PromotionTier")}
        shared = cluster.recorded
        record = {
            **own,
            "MasterUsername": cluster.master_username,
            "DBName": cluster.database,
            "AllocatedStorage": 1,
            "StorageType": shared["StorageType"],
            "StorageEncrypted": shared["StorageEncrypted"],
            "KmsKeyId": shared.get("KmsKeyId"),
            "BackupRetentionPeriod": shared["BackupRetentionPeriod"],
            "PreferredBackupWindow": shared["PreferredBackupWindow"],
            "VpcSecurityGroupIds": shared["VpcSecurityGroupIds"],
            "DBSubnetGroupName": shared.get("DBSubnetGroup"),
            "EnableCloudwatchLogsExports": shared["EnabledCloudwatchLogsExports"],
        }
        record = {name: value for name, value in record.items() if value is not None}
        self.set_defaults(context, record, cluster.engine_version)
        return record


def _check_tier(request: Request) -> None:
    tier = request.get("PromotionTier")
    if tier is not None and not 0 <= tier <= _MAX_TIER:
        raise ServiceError("InvalidParameterValue", f"Invalid promotion tier: {tier}. It must be 0 to {_MAX_TIER}.")
