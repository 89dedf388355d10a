"""Operations on DB cluster snapshots: each has a copy of the writer's data directory."""

from dataclasses import replace
from datetime import UTC, datetime

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import models
from localstack_engines.services.rds.api import cluster_descriptions, encryption
from localstack_engines.services.rds.api.new_clusters import NewClusterOperations, check_identifier
from localstack_engines.services.rds.api.operations import Request, Response, key
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.services.rds.cluster_models import Cluster, ClusterSnapshot
from localstack_engines.services.rds.control import events
from localstack_engines.services.rds.engine.postgres import SqlError
from localstack_engines.services.rds.errors import invalid_value
from localstack_engines.toolkit.errors import ServiceError

_TYPES = ("automated", "manual", "shared", "public", "awsbackup")
_RESTORE = "restore"


class ClusterSnapshotOperations(NewClusterOperations):
    """Creates, copies, describes, shares and deletes cluster snapshots."""

    def create_db_cluster_snapshot(self, context: RequestContext, request: Request) -> Response:
        cluster = self.cluster(context, request, allowed=(models.AVAILABLE, models.STOPPED))
        made = self.snapshot_of(context, cluster, request["DBClusterSnapshotIdentifier"], request.get("Tags"))
        return {"DBClusterSnapshot": cluster_descriptions.snapshot(made)}

    def copy_db_cluster_snapshot(self, context: RequestContext, request: Request) -> Response:
        source = self.store.clusters.snapshot(context, request["SourceDBClusterSnapshotIdentifier"])
        target = request["TargetDBClusterSnapshotIdentifier"].lower()
        check_identifier(target, "TargetDBClusterSnapshotIdentifier")
        recorded, key_id = dict(source.recorded), request.get("KmsKeyId")
        if key_id:
            recorded |= {"KmsKeyId": encryption.key_arn(context, key_id), "StorageEncrypted": True}
        tags = _tags(request.get("Tags")) or (dict(source.tags) if request.get("CopyTags") else {})
        made = replace(
            source,
            key=key(context, target),
            recorded=recorded,
            tags=tags,
            restorers=[],
            source_arn=source.arn,
            created=datetime.now(UTC),
        )
        self.store.clusters.add_snapshot(made)
        try:
            if source.master_password is None:
                self.manager.copy_snapshot(source.data, made.data)
        except BaseException:
            self.store.clusters.remove_snapshot(made)
            self.manager.delete_snapshot(made.data)
            raise
        self._record_cluster_snapshot(context, made)
        return {"DBClusterSnapshot": cluster_descriptions.snapshot(made)}

    def describe_db_cluster_snapshots(self, context: RequestContext, request: Request) -> Response:
        kind = request.get("SnapshotType")
        if kind not in (None, *_TYPES):
            raise invalid_value(f"Invalid snapshot type: {kind}")
        if request.get("DBClusterSnapshotIdentifier"):
            found = [self.store.clusters.snapshot(context, request["DBClusterSnapshotIdentifier"])]
        else:
            found = list(self.store.clusters.snapshots(context))
            wants_shared = kind in ("shared", "public") or request.get("IncludeShared") or request.get("IncludePublic")
            if not wants_shared:
                found = [one for one in found if one.key[0] == context.account_id]
        if kind in ("automated", "awsbackup"):
            found = []
        elif kind in ("shared", "public"):
            found = [one for one in found if one.key[0] != context.account_id]
        cluster = (request.get("DBClusterIdentifier") or "").lower().rpartition(":")[2]
        resource = request.get("DbClusterResourceId")
        found = [one for one in found if cluster in ("", one.cluster) and resource in (None, one.cluster_resource_id)]
        page, marker = PAGER.page(found, request)
        return {"DBClusterSnapshots": [cluster_descriptions.snapshot(one) for one in page], **marker}

    def delete_db_cluster_snapshot(self, context: RequestContext, request: Request) -> Response:
        found = self.store.clusters.own_snapshot(context, request["DBClusterSnapshotIdentifier"])
        self.store.clusters.remove_snapshot(found)
        self.manager.delete_snapshot(found.data)
        return {"DBClusterSnapshot": {**cluster_descriptions.snapshot(found), "Status": "deleted"}}

    def describe_db_cluster_snapshot_attributes(self, context: RequestContext, request: Request) -> Response:
        return _attributes(self.store.clusters.own_snapshot(context, request["DBClusterSnapshotIdentifier"]))

    def modify_db_cluster_snapshot_attribute(self, context: RequestContext, request: Request) -> Response:
        found = self.store.clusters.own_snapshot(context, request["DBClusterSnapshotIdentifier"])
        if request["AttributeName"] != _RESTORE:
            raise invalid_value(f"Invalid snapshot attribute {request['AttributeName']}")
        added, removed = request.get("ValuesToAdd") or [], request.get("ValuesToRemove") or []
        for account in (*added, *removed):
            if account != "all" and not (account.isdigit() and len(account) == 12):
                raise invalid_value(f"Invalid account id: {account}")
        found.restorers = sorted({*found.restorers, *added} - set(removed))
        return _attributes(found)

    def snapshot_of(
        self, context: RequestContext, cluster: Cluster, identifier: str, tags: list[dict[str, str]] | None
    ) -> ClusterSnapshot:
        """Copies the data of a cluster and records the snapshot. What fails leaves neither."""
        check_identifier(identifier.lower(), "DBClusterSnapshotIdentifier")
        inherited = dict(cluster.tags) if cluster.recorded["CopyTagsToSnapshot"] else {}
        made = ClusterSnapshot(
            key=key(context, identifier),
            cluster=cluster.identifier,
            cluster_resource_id=cluster.resource_id,
            cluster_created=cluster.created,
            engine=cluster.engine,
            engine_version=cluster.engine_version,
            master_username=cluster.master_username,
            database=cluster.database,
            port=cluster.relay.port,
            recorded=dict(cluster.recorded),
            tags=_tags(tags) or inherited,
        )
        self.store.clusters.add_snapshot(made)
        try:
            if not self.clusters.take_snapshot(cluster, made.data):
                made.master_password = cluster.master_password
        except BaseException as error:
            self.store.clusters.remove_snapshot(made)
            self.manager.delete_snapshot(made.data)
            if isinstance(error, SqlError | OSError):
                raise ServiceError("InternalFailure", f"cannot copy the cluster's data: {error}", 500) from error
            raise
        self._record_cluster_snapshot(context, made)
        return made

    def _record_cluster_snapshot(self, context: RequestContext, snapshot: ClusterSnapshot) -> None:
        self.event_log(context).record(events.CLUSTER_SNAPSHOT_CREATED, snapshot.key[2], "cluster-snapshot")


def _attributes(found: ClusterSnapshot) -> Response:
    attribute = {"AttributeName": _RESTORE, "AttributeValues": list(found.restorers)}
    result = {"DBClusterSnapshotIdentifier": found.key[2], "DBClusterSnapshotAttributes": [attribute]}
    return {"DBClusterSnapshotAttributesResult": result}


def _tags(tags: list[dict[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in tags or []}
