"""Operations on DB instances."""

import logging
from datetime import UTC, datetime
from typing import Any

from localstack.aws.api import RequestContext, ServiceException

from localstack_engines.services.rds import models
from localstack_engines.services.rds.api import descriptions, encryption, monitoring, validation
from localstack_engines.services.rds.api.cluster_members import MemberOperations, check_member
from localstack_engines.services.rds.api.operations import Request, Response, check_no_member, key, name_of
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.services.rds.control import maintenance, versions
from localstack_engines.services.rds.engine.postgres import SqlError
from localstack_engines.services.rds.errors import invalid_combination, invalid_state
from localstack_engines.services.rds.models import Instance, InstanceRecord
from localstack_engines.toolkit.dispatch import moto
from localstack_engines.toolkit.errors import ServiceError

LOG = logging.getLogger(__name__)

_AT_ONCE = frozenset(
    (
        "AutoMinorVersionUpgrade",
        "BackupRetentionPeriod",
        "CopyTagsToSnapshot",
        "DBParameterGroupName",
        "DeletionProtection",
        "EngineLifecycleSupport",
        "MaxAllocatedStorage",
        "MonitoringInterval",
        "MonitoringRoleArn",
        "OptionGroupName",
        "PerformanceInsightsEnabled",
        "PerformanceInsightsKMSKeyId",
        "PerformanceInsightsRetentionPeriod",
        "PreferredBackupWindow",
        "PreferredMaintenanceWindow",
        "PromotionTier",
        "PubliclyAccessible",
        "VpcSecurityGroupIds",
    )
)
"""Members of ModifyDBInstance that change the record and do not wait for the maintenance window."""


class InstanceOperations(MemberOperations):
    """Creates, describes, modifies, deletes, starts, stops and reboots DB instances."""

    def create_db_instance(self, context: RequestContext, request: Request) -> Response:
        request = {**request, "DBInstanceIdentifier": request["DBInstanceIdentifier"].lower()}
        if request.get("DBClusterIdentifier"):
            return self.make_member(context, request)
        validation.check_new_instance(request)
        return self.make(context, request)

    def describe_db_instances(self, context: RequestContext, request: Request) -> Response:
        self.apply_due_changes(context)
        query = {name: value for name, value in request.items() if name not in (PAGER.size, PAGER.token)}
        if "DBInstanceIdentifier" in query:
            query["DBInstanceIdentifier"] = name_of(query["DBInstanceIdentifier"]).lower()
        try:
            found = list(moto(context, "DescribeDBInstances", query).get("DBInstances") or [])
        except ServiceException:
            raise
        except Exception:
            LOG.exception("a record of a DB instance cannot be described")
            found = self._describe_one_by_one(context, query)
        page, marker = PAGER.page(found, request)
        return {"DBInstances": [self.described(context, description) for description in page], **marker}

    def modify_db_instance(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request, allowed=(models.AVAILABLE, models.STOPPED))
        request = {**request, "DBInstanceIdentifier": instance.identifier}
        record = self.store.instance(context, instance.identifier)
        if instance.cluster is not None:
            check_member(request)
        self._check_modification(context, request, instance, record)
        self._change_password(context, request, instance, record)
        self.apply_changes(context, instance, self._split(request, instance, record))
        if exports := request.get("CloudwatchLogsExportConfiguration"):
            self.store.change_log_exports(context, instance.identifier, exports)
        self.export_logs(context, instance)
        return self.description(context, instance)

    def delete_db_instance(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request)
        if instance.cluster is not None:
            return self.delete_member(context, request, instance, instance.cluster)
        validation.check_final_snapshot(request)
        final = request.get("FinalDBSnapshotIdentifier")
        if final and instance.status not in (models.AVAILABLE, models.STOPPED):
            raise invalid_state(
                f"Cannot create a snapshot because the database instance {instance.identifier} is not currently in the "
                "available state."
            )
        response = moto(context, "DeleteDBInstance", {**request, "DBInstanceIdentifier": instance.identifier})
        self.manager.delete(instance, key(context, final) if final else None)
        return {"DBInstance": descriptions.instance(response["DBInstance"], instance)}

    def start_db_instance(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request, allowed=(models.STOPPED,))
        check_no_member(instance, "started by itself: use StartDBCluster")
        self.manager.start(instance)
        return self.description(context, instance)

    def stop_db_instance(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request, allowed=(models.AVAILABLE,))
        check_no_member(instance, "stopped by itself: use StopDBCluster")
        if instance.primary is not None or self.manager.replicas(instance):
            raise invalid_state(f"Instance {instance.identifier} is, or has, a read replica and cannot be stopped.")
        if snapshot := request.get("DBSnapshotIdentifier"):
            self.take_snapshot(context, instance, {"DBSnapshotIdentifier": snapshot})
        self.manager.stop(instance)
        return self.description(context, instance)

    def reboot_db_instance(self, context: RequestContext, request: Request) -> Response:
        # A failed instance can be rebooted: its parameters may have kept it from starting, and may be better now.
        instance = self.instance(context, request, allowed=(models.AVAILABLE, models.FAILED))
        failover = bool(request.get("ForceFailover"))
        if failover:
            if not self.store.instance(context, instance.identifier).multi_az:
                raise invalid_combination(
                    "ForceFailover cannot be specified since the instance is not configured for MultiAZ."
                )
            self.store.swap_zones(context, instance.identifier)
        self.manager.reboot(instance, failover)
        if instance.cluster is not None and instance.primary is None:
            # Aurora's readers restart with their writer. Some settings of theirs must not be less than the writer's.
            for reader in instance.cluster.readers:
                if reader.parameter_status == models.PENDING_REBOOT and reader.state == models.AVAILABLE:
                    self.manager.reboot(reader)
        return self.description(context, instance)

    def _describe_one_by_one(self, context: RequestContext, query: Request) -> list[dict[str, Any]]:
        """Describes each instance by itself, so that a record that cannot be described hides no other one."""
        wanted = query.get("DBInstanceIdentifier")
        found: list[dict[str, Any]] = []
        for identifier in [wanted] if wanted else self.store.identifiers(context):
            try:
                one = moto(context, "DescribeDBInstances", {**query, "DBInstanceIdentifier": identifier})
                found += one.get("DBInstances") or []
            except ServiceException:
                # The filters leave it out, or it was deleted meanwhile.
                continue
            except Exception:
                found.append(self.store.identity(context, identifier))
        return found

    def _check_modification(
        self, context: RequestContext, request: Request, instance: Instance, record: InstanceRecord
    ) -> None:
        validation.check_settings(request, record.engine)
        if request.get("Engine") not in (None, record.engine):
            raise invalid_combination("The engine of a DB instance can't be changed to another engine.")
        if validation.wanted_port(request.get("DBPortNumber")) not in (None, instance.port):
            raise invalid_combination(
                "DBPortNumber is not supported by the local rds service: an instance keeps its port."
            )
        self._check_version(context, request, record)
        self._check_storage(request, record)
        self._check_names(context, request, instance)
        request |= monitoring.changes(context, request, record.monitoring)

    def _check_version(self, context: RequestContext, request: Request, record: InstanceRecord) -> None:
        """Checks the wanted version and the parameter group that comes with it. Puts the full version there."""
        wanted, group = request.pop("EngineVersion", None), request.get("DBParameterGroupName")
        version = record.engine_version
        if wanted and wanted != versions.major_of(version):
            version = request["EngineVersion"] = validation.resolve_version(record.engine, wanted)
            allowed = bool(request.get("AllowMajorVersionUpgrade"))
            validation.check_upgrade(record.engine, record.engine_version, version, allowed)
            if versions.major_of(version) != versions.major_of(record.engine_version):
                group = group or self._group_after_upgrade(context, record, version)
        if group:
            request["DBParameterGroupName"] = self.parameter_group_of(context, group, record.engine, version).name

    def _group_after_upgrade(self, context: RequestContext, record: InstanceRecord, version: str) -> str:
        """Returns the default group of a new major version. Raises InvalidParameterCombination for a custom group."""
        if not self.parameter_group(context, record.parameter_group).is_default:
            raise invalid_combination(
                f"The current DB instance parameter group {record.parameter_group} is custom. You must explicitly "
                "specify a new DB instance parameter group, either default or custom, for the engine version upgrade."
            )
        return f"default.{versions.family(record.engine, version)}"

    def _check_storage(self, request: Request, record: InstanceRecord) -> None:
        size = request.get("AllocatedStorage")
        if size is not None and size < record.allocated_storage:
            raise invalid_combination(
                f"Invalid storage size for engine name {versions.ENGINE} and storage type {record.storage_type}: {size}"
            )
        names = ("AllocatedStorage", "StorageType", "Iops", "StorageThroughput", "MaxAllocatedStorage")
        changed = {name: request[name] for name in names if request.get(name) is not None}
        if changed:
            if changed.get("StorageType") not in (None, record.storage_type):
                # The old type's IOPS and throughput do not outlive the type.
                request.setdefault("Iops", None)
                request.setdefault("StorageThroughput", None)
            present = {name: record.members.get(name) for name in names[:4]}
            validation.check_storage(
                {
                    **present,
                    **{name: request[name] for name in ("Iops", "StorageThroughput") if name in request},
                    **changed,
                }
            )

    def _check_names(self, context: RequestContext, request: Request, instance: Instance) -> None:
        """Checks the resources that a modification names."""
        self.check_network(context, request)
        self.store.check_windows(context, instance.identifier, request)
        if request.get("PreferredMaintenanceWindow"):
            request["PreferredMaintenanceWindow"] = request["PreferredMaintenanceWindow"].lower()
        if "OptionGroupName" in request:
            request["OptionGroupName"] = self.option_group_name(context, request)
        validation.check_authority(request.get("CACertificateIdentifier"))
        if request.get("NewDBInstanceIdentifier"):
            new = request["NewDBInstanceIdentifier"] = request["NewDBInstanceIdentifier"].lower()
            self.store.check_new_identifier(context, new)

    @staticmethod
    def _split(request: Request, instance: Instance, record: InstanceRecord) -> dict[str, Any]:
        """Returns the changes to apply now. The others wait in the instance for its maintenance window."""
        known = _AT_ONCE | maintenance.DEFERRED
        present = {
            **record.members,
            "EnableIAMDatabaseAuthentication": instance.iam_authentication,
            "MultiAZ": record.multi_az,
        }
        changes = {
            name: value
            for name, value in request.items()
            if name in known and not (name in present and value == present[name])
        }
        if request.get("ApplyImmediately"):
            return {**instance.take_pending(), **changes}
        waiting = maintenance.deferred(changes, record.backup_retention)
        if "EngineVersion" in waiting and "DBParameterGroupName" in changes:
            # The group is the new version's.
            waiting.add("DBParameterGroupName")
        if waiting:
            instance.pending |= {name: changes.pop(name) for name in waiting}
            instance.pending_since = datetime.now(UTC)
        return changes

    def _change_password(
        self, context: RequestContext, request: Request, instance: Instance, record: InstanceRecord
    ) -> None:
        """Changes the master password, or who manages it, if the request says so. This does not wait for a window."""
        validation.check_password_change(request, managed=record.manages_master_password)
        identifier, password = instance.identifier, request.get("MasterUserPassword")
        manage, rotate = request.get("ManageMasterUserPassword"), request.get("RotateMasterUserPassword")
        if not (password or rotate or manage is not None):
            return
        if instance.status != models.AVAILABLE:
            raise invalid_state(f"Instance {identifier} is not in available state.")
        if instance.primary is not None:
            raise invalid_state(f"{identifier} is a read replica: it has the master password of its source.")
        if manage and (not record.manages_master_password or request.get("MasterUserSecretKmsKeyId")):
            name = request.get("MasterUserSecretKmsKeyId") or encryption.SECRETS_KEY
            password = self.store.manage_master_password(context, identifier, encryption.key_arn(context, name))
        elif rotate:
            password = self.store.rotate_master_password(context, identifier)
        elif manage is False:
            self.store.forget_master_password(context, identifier)
        if not password:
            return
        try:
            self.manager.set_password(instance, password)
        except SqlError as error:
            raise ServiceError("InternalFailure", f"cannot set the master password: {error}", 500) from error
