"""Operations that restore DB instances, from snapshots and from running instances, and those on automated backups.

No automated snapshots are taken and no write-ahead log is archived. An instance with a retention period can be
restored to its latest restorable time, which is now.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import models
from localstack_engines.services.rds.api import validation
from localstack_engines.services.rds.api.new_instances import NewInstanceOperations
from localstack_engines.services.rds.api.operations import Request, Response, check_no_member, key
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.services.rds.control import events, versions
from localstack_engines.services.rds.control.creation import Origin
from localstack_engines.services.rds.engine.postgres import SqlError
from localstack_engines.services.rds.errors import (
    instance_not_found,
    invalid_combination,
    invalid_value,
    unknown_engine,
)
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit.dispatch import moto
from localstack_engines.toolkit.errors import ServiceError

_OF_AN_INSTANCE = (
    "AllocatedStorage", "AvailabilityZone", "BackupRetentionPeriod", "DBInstanceArn", "DBInstanceIdentifier",
    "DbiResourceId", "DedicatedLogVolume", "Engine", "EngineVersion", "IAMDatabaseAuthenticationEnabled",
    "InstanceCreateTime", "Iops", "KmsKeyId", "LicenseModel", "MasterUsername", "MultiTenant", "StorageThroughput",
    "StorageType", "TagList",
)  # fmt: skip
"""Members that a DBInstanceAutomatedBackup has from its DBInstance."""


class RestoreOperations(NewInstanceOperations):
    """Restores instances and describes automated backups."""

    def restore_db_instance_from_db_snapshot(self, context: RequestContext, request: Request) -> Response:
        identifier = request.get("DBSnapshotIdentifier")
        if not identifier:
            raise invalid_combination("You must specify DBSnapshotIdentifier.")
        snapshot = self.store.snapshots.get(context, identifier)
        wanted = {**request, "DBInstanceIdentifier": request["DBInstanceIdentifier"].lower()}
        wanted.pop("DBSnapshotIdentifier")
        origin = Origin(snapshot.key, events.RESTORED, snapshot.key[2])
        return self._restore(context, wanted, snapshot.members, origin)

    def restore_db_instance_to_point_in_time(self, context: RequestContext, request: Request) -> Response:
        source = self._source_instance(context, request)
        check_no_member(source, "restored: use RestoreDBClusterToPointInTime")
        if request.get("RestoreTime") or not request.get("UseLatestRestorableTime"):
            raise invalid_combination(
                "RestoreTime is not supported by the local rds service: it restores to the latest restorable time "
                "only. Set UseLatestRestorableTime."
            )
        record = self.store.instance(context, source.identifier)
        if not record.backup_retention:
            raise ServiceError(
                "PointInTimeRestoreNotEnabled", f"Point in time restore is not enabled for {source.identifier}."
            )
        wanted = {**request, "DBInstanceIdentifier": request["TargetDBInstanceIdentifier"].lower()}
        for name in ("SourceDBInstanceIdentifier", "SourceDbiResourceId", "TargetDBInstanceIdentifier"):
            wanted.pop(name, None)
        wanted.pop("UseLatestRestorableTime")
        # A name that no snapshot of a client can have.
        copy = key(context, f"rds:{uuid.uuid4().hex}")
        try:
            self.manager.take_snapshot(source, copy)
            origin = Origin(copy, events.RESTORED_TO_TIME, source.identifier, temporary=True)
            return self._restore(context, wanted, record.members, origin)
        except (SqlError, OSError) as error:
            self.manager.delete_snapshot(copy)
            raise ServiceError("InternalFailure", f"cannot copy the instance's data: {error}", 500) from error
        except BaseException:
            self.manager.delete_snapshot(copy)
            raise

    def describe_db_instance_automated_backups(self, context: RequestContext, request: Request) -> Response:
        self.apply_due_changes(context)
        found = [self._backup(one) for one in moto(context, "DescribeDBInstances", {}).get("DBInstances") or []]
        wanted = {
            "DBInstanceIdentifier": (request.get("DBInstanceIdentifier") or "").lower(),
            "DbiResourceId": request.get("DbiResourceId"),
            "DBInstanceAutomatedBackupsArn": request.get("DBInstanceAutomatedBackupsArn"),
        }
        chosen = [
            one
            for one in found
            if one["BackupRetentionPeriod"] and all(not value or one[name] == value for name, value in wanted.items())
        ]
        if not chosen and any(wanted.values()):
            raise _backup_not_found(next(str(value) for value in wanted.values() if value))
        page, marker = PAGER.page(chosen, request)
        return {"DBInstanceAutomatedBackups": page, **marker}

    def delete_db_instance_automated_backup(self, context: RequestContext, request: Request) -> Response:
        names = ("DbiResourceId", "DBInstanceAutomatedBackupsArn")
        wanted = {name: request[name] for name in names if request.get(name)}
        if not wanted:
            raise _backup_not_found("")
        [found, *_] = self.describe_db_instance_automated_backups(context, wanted)["DBInstanceAutomatedBackups"]
        raise ServiceError(
            "InvalidDBInstanceAutomatedBackupState",
            f"The automated backup of {found['DBInstanceIdentifier']} is active: delete the instance, or set its "
            "backup retention period to 0.",
        )

    def _source_instance(self, context: RequestContext, request: Request) -> Instance:
        if identifier := request.get("SourceDBInstanceIdentifier"):
            return self.instance(context, {"DBInstanceIdentifier": identifier}, (models.AVAILABLE, models.STOPPED))
        resource_id = request.get("SourceDbiResourceId")
        for found in self.manager.instances(context.account_id, context.region):
            if found.resource_id == resource_id:
                return found
        raise instance_not_found(str(resource_id or ""))

    def _restore(
        self, context: RequestContext, request: Request, members: Mapping[str, Any], origin: Origin
    ) -> Response:
        """Makes an instance with the data of a copy; `members` are those that the request need not have."""
        # PostgreSQL's restored instances have the databases of their source.
        request.pop("DBName", None)
        if request.get("Engine") not in (None, versions.ENGINE):
            raise unknown_engine(request["Engine"])
        present = {name: value for name, value in members.items() if value is not None}
        wanted = {**present, "Engine": versions.ENGINE, **request}
        if wanted["AllocatedStorage"] < members["AllocatedStorage"]:
            raise invalid_value("The allocated storage size can't be less than the source snapshot or backup size.")
        if wanted.get("MultiAZ"):
            wanted.pop("AvailabilityZone", None)
        validation.check_settings(wanted)
        validation.check_storage(wanted)
        return self.make(context, wanted, origin)

    @staticmethod
    def _backup(instance: dict[str, Any]) -> dict[str, Any]:
        now = datetime.now(UTC)
        described = {name: instance[name] for name in _OF_AN_INSTANCE if instance.get(name) is not None}
        region, account = instance["DBInstanceArn"].split(":")[3:5]
        return {
            **described,
            "BackupRetentionPeriod": instance.get("BackupRetentionPeriod") or 0,
            "BackupTarget": "region",
            "DBInstanceAutomatedBackupsArn": (
                f"arn:aws:rds:{region}:{account}:auto-backup:ab-{instance['DbiResourceId'].lower()}"
            ),
            "Encrypted": bool(instance.get("StorageEncrypted")),
            "Region": region,
            "RestoreWindow": {"EarliestTime": now, "LatestTime": now},
            "Status": "active",
        }


def _backup_not_found(name: str) -> ServiceError:
    return ServiceError("DBInstanceAutomatedBackupNotFound", f"The automated backup {name} was not found.", 404)
