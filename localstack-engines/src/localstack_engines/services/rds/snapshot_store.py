"""Moto's records of DB snapshots."""

from typing import Any

from localstack.aws.api import RequestContext
from moto.rds.models import DBSnapshot, rds_backends

from localstack_engines.services.rds.errors import snapshot_not_found
from localstack_engines.services.rds.models import Key, SnapshotRecord
from localstack_engines.toolkit.errors import ServiceError

RESTORED_MEMBERS = {
    "AllocatedStorage": "allocated_storage",
    "AvailabilityZone": "availability_zone",
    "DBInstanceClass": "db_instance_class",
    "DBName": "db_name",
    "EngineVersion": "engine_version",
    "Iops": "iops",
    "KmsKeyId": "kms_key_id",
    "MasterUsername": "master_username",
    "StorageEncrypted": "storage_encrypted",
    "StorageThroughput": "storage_throughput",
    "StorageType": "storage_type",
}
"""What a restored instance has from the instance of the snapshot, and where moto's record keeps it."""


class SnapshotStore:
    """The snapshots of the request's account and region, and those of other accounts that are shared with it."""

    def get(self, context: RequestContext, identifier: str) -> SnapshotRecord:
        """Returns the record of a snapshot: one of the account's own, or by ARN one that is shared with the account.

        Raises DBSnapshotNotFound.
        """
        account, region, name = _snapshot_key(context, identifier)
        found = rds_backends[account][region].database_snapshots.get(name)
        shared = {context.account_id, "all"} & set(found.attributes["restore"]) if found else set()
        if found is None or not (account == context.account_id or shared):
            raise snapshot_not_found(identifier)
        members = {member: getattr(found.database, source, None) for member, source in RESTORED_MEMBERS.items()}
        snapshot = {"EngineVersion": found.engine_version, "AllocatedStorage": found.allocated_storage}
        encryption = {"KmsKeyId": found.kms_key_id, "StorageEncrypted": found.encrypted}
        return SnapshotRecord((account, region, name), {**members, **snapshot, **encryption})

    def update(self, context: RequestContext, identifier: str, **attributes: Any) -> None:
        """Changes attributes of moto's record of a snapshot of the account's own."""
        found: DBSnapshot = rds_backends[context.account_id][context.region].database_snapshots[identifier]
        for name, value in attributes.items():
            setattr(found, name, value)

    def attributes(self, context: RequestContext, identifier: str) -> dict[str, list[str]]:
        """Returns the accounts that may restore a snapshot of the account's own, under `restore`."""
        return dict(rds_backends[context.account_id][context.region].database_snapshots[identifier].attributes)

    def remove(self, context: RequestContext, identifier: str) -> None:
        rds_backends[context.account_id][context.region].delete_db_snapshot(identifier)

    def copy(
        self, context: RequestContext, source: Key, target: str, tags: list[dict[str, str]] | None, copy_tags: bool
    ) -> None:
        """Records a copy of a snapshot, which may be another account's. Raises DBSnapshotAlreadyExists.

        Moto does not find the snapshots of other accounts.
        """
        backend = rds_backends[context.account_id][context.region]
        backend.validate_db_snapshot_identifier(target, "TargetDBSnapshotIdentifier")
        if target in backend.database_snapshots:
            raise ServiceError(
                "DBSnapshotAlreadyExists",
                f"Cannot create the snapshot because a snapshot with the identifier {target} already exists.",
            )
        account, region, name = source
        found = rds_backends[account][region].database_snapshots[name]
        made = DBSnapshot(backend, found.database, target, tags=tags or (found.tags if copy_tags else None))
        made.original_snapshot_create_time = found.original_snapshot_create_time
        made.engine_version, made.kms_key_id, made.encrypted = found.engine_version, found.kms_key_id, found.encrypted
        backend.database_snapshots[target] = made


def _snapshot_key(context: RequestContext, identifier: str) -> Key:
    """Returns account, region and name of a snapshot, by its name or its ARN."""
    parts = identifier.lower().split(":")
    if len(parts) == 7 and parts[0] == "arn":
        return parts[4], parts[3], parts[6]
    return context.account_id, context.region, identifier.lower()
