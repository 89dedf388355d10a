"""Operations that restore DB clusters, from snapshots and from other clusters, and those on their automated backups.

A restored cluster has no instances, as on AWS. Its first one gets the data.
"""

import uuid
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import models
from localstack_engines.services.rds.api import cluster_descriptions, validation
from localstack_engines.services.rds.api.new_clusters import NewClusterOperations, check_engine
from localstack_engines.services.rds.api.operations import Request, Response, key
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.services.rds.cluster_models import Cluster
from localstack_engines.services.rds.engine.postgres import SqlError
from localstack_engines.services.rds.errors import cluster_not_found, invalid_combination
from localstack_engines.services.rds.models import Key
from localstack_engines.toolkit.errors import ServiceError

_SOURCE = (
    "SnapshotIdentifier", "SourceDBClusterIdentifier", "SourceDbClusterResourceId", "RestoreType", "RestoreToTime",
    "UseLatestRestorableTime",
)  # fmt: skip


class ClusterRestoreOperations(NewClusterOperations):
    """Restores clusters and describes their automated backups."""

    def restore_db_cluster_from_snapshot(self, context: RequestContext, request: Request) -> Response:
        check_engine(request["Engine"])
        snapshot = self.store.clusters.snapshot(context, request["SnapshotIdentifier"])
        version = validation.resolve_version(snapshot.engine, request.get("EngineVersion") or snapshot.engine_version)
        validation.check_upgrade(snapshot.engine, snapshot.engine_version, version, allow_major=True)
        own = {
            **cluster_descriptions.restored_settings(snapshot.recorded),
            "Engine": snapshot.engine,
            "EngineVersion": version,
            "MasterUsername": snapshot.master_username,
            "DatabaseName": snapshot.database,
            "MasterUserPassword": snapshot.master_password,
        }
        copy = _new_volume(context)
        try:
            if snapshot.master_password is not None:
                return self._restore_cluster(context, request, own, None)
            self.manager.copy_snapshot(snapshot.data, copy)
            return self._restore_cluster(context, request, own, copy)
        except BaseException as error:
            raise self._undone_restoration(copy, error) from error

    def restore_db_cluster_to_point_in_time(self, context: RequestContext, request: Request) -> Response:
        source = self._source_cluster(context, request)
        if request.get("RestoreToTime") or not request.get("UseLatestRestorableTime"):
            raise invalid_combination(
                "RestoreToTime is not supported by the local rds service: it restores to the latest restorable time "
                "only. Set UseLatestRestorableTime."
            )
        own = {
            **cluster_descriptions.restored_settings(source.recorded),
            "Engine": source.engine,
            "EngineVersion": source.engine_version,
            "MasterUsername": source.master_username,
            "DatabaseName": source.database,
            "DBSubnetGroupName": source.recorded.get("DBSubnetGroup"),
            "ServerlessV2ScalingConfiguration": source.recorded.get("ServerlessV2ScalingConfiguration"),
        }
        copy = _new_volume(context)
        try:
            if self.clusters.take_snapshot(source, copy):
                return self._restore_cluster(context, request, own, copy)
            own["MasterUserPassword"] = source.master_password
            return self._restore_cluster(context, request, own, None)
        except BaseException as error:
            raise self._undone_restoration(copy, error) from error

    def describe_db_cluster_automated_backups(self, context: RequestContext, request: Request) -> Response:
        found = self.clusters.clusters(context.account_id, context.region)
        wanted, resource = request.get("DBClusterIdentifier"), request.get("DbClusterResourceId")
        if wanted:
            found = [cluster for cluster in found if cluster.identifier == wanted.lower().rpartition(":")[2]]
        if resource:
            found = [cluster for cluster in found if cluster.resource_id == resource]
        if not found and (wanted or resource):
            raise _backup_not_found(str(wanted or resource))
        page, marker = PAGER.page(found, request)
        return {"DBClusterAutomatedBackups": [_backup(cluster) for cluster in page], **marker}

    def delete_db_cluster_automated_backup(self, context: RequestContext, request: Request) -> Response:
        [found, *_] = self.describe_db_cluster_automated_backups(context, request)["DBClusterAutomatedBackups"]
        raise ServiceError(
            "InvalidDBClusterAutomatedBackupStateFault",
            f"The automated backup of {found['DBClusterIdentifier']} is active: delete the cluster.",
        )

    def _restore_cluster(
        self, context: RequestContext, request: Request, own: dict[str, Any], volume: Key | None
    ) -> Response:
        given = {name: value for name, value in request.items() if name not in _SOURCE and value is not None}
        wanted = {**{name: value for name, value in own.items() if value is not None}, **given}
        wanted |= {name: own[name] for name in ("Engine", "MasterUsername")}
        # The databases are those of the source.
        wanted["DatabaseName"] = own["DatabaseName"]
        if given.get("KmsKeyId"):
            wanted["StorageEncrypted"] = True
        return self.make_cluster(context, wanted, volume)

    def _undone_restoration(self, copy: Key, error: BaseException) -> BaseException:
        """Removes the copy that a failed restoration leaves. Returns the error for the client."""
        self.manager.delete_snapshot(copy)
        if isinstance(error, SqlError | OSError):
            return ServiceError("InternalFailure", f"cannot copy the cluster's data: {error}", 500)
        return error

    def _source_cluster(self, context: RequestContext, request: Request) -> Cluster:
        if identifier := request.get("SourceDBClusterIdentifier"):
            allowed = (models.AVAILABLE, models.STOPPED)
            return self.cluster(context, {"DBClusterIdentifier": identifier}, allowed)
        resource_id = request.get("SourceDbClusterResourceId")
        for found in self.clusters.clusters(context.account_id, context.region):
            if found.resource_id == resource_id:
                return found
        raise cluster_not_found(str(resource_id or ""))


def _new_volume(context: RequestContext) -> Key:
    """Returns a name of a copy that no snapshot of a client can have."""
    return key(context, f"volume:{uuid.uuid4().hex}")


def _backup(cluster: Cluster) -> dict[str, Any]:
    _, region, _ = cluster.key
    described = cluster_descriptions.cluster(cluster, [])
    names = (
        "AllocatedStorage", "BackupRetentionPeriod", "ClusterCreateTime", "DBClusterArn", "DBClusterIdentifier",
        "DbClusterResourceId", "Engine", "EngineMode", "EngineVersion", "IAMDatabaseAuthenticationEnabled", "KmsKeyId",
        "MasterUsername", "Port", "PreferredBackupWindow", "StorageEncrypted", "StorageType", "TagList",
    )  # fmt: skip
    now = described["LatestRestorableTime"]
    return {
        **{name: described[name] for name in names if name in described},
        "DBClusterAutomatedBackupsArn": cluster.arn.replace(":cluster:", ":cluster-auto-backup:"),
        "LicenseModel": "postgresql-license",
        "Region": region,
        "RestoreWindow": {"EarliestTime": now, "LatestTime": now},
        "Status": "active",
    }


def _backup_not_found(name: str) -> ServiceError:
    return ServiceError("DBClusterAutomatedBackupNotFoundFault", f"The automated backup {name} was not found.", 404)
