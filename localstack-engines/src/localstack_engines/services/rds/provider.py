"""The RDS API: DB instances are real servers, everything that is only a record stays moto's."""

from typing import Any

from localstack.aws.api import RequestContext
from localstack.services.plugins import Service

from localstack_engines.services.rds import models
from localstack_engines.services.rds import store as records
from localstack_engines.services.rds.api import validation
from localstack_engines.services.rds.api.parameter_groups import GroupOperations
from localstack_engines.services.rds.api.log_files import LogOperations
from localstack_engines.services.rds.api.snapshots import SnapshotOperations
from localstack_engines.services.rds.control import versions
from localstack_engines.services.rds.control.instance_manager import InstanceManager, NewInstance
from localstack_engines.services.rds.control.log_exports import follow_exports
from localstack_engines.services.rds.engine.postgres import SqlError
from localstack_engines.services.rds.errors import RdsError, invalid_combination, invalid_state, not_supported
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit.dispatch import make_service, moto

Request = dict[str, Any]
Response = dict[str, Any]


class RdsProvider(GroupOperations, LogOperations, SnapshotOperations):
    """DB instances; groups, logs and snapshots are in the base classes."""

    def on_before_start(self) -> None:
        self.manager.clear_leftovers()

    def on_before_stop(self) -> None:
        self.manager.stop_all()

    def create_db_instance(self, context: RequestContext, request: Request) -> Response:
        request = {**request, "DBInstanceIdentifier": request["DBInstanceIdentifier"].lower()}
        validation.check_new_instance(request)
        request["EngineVersion"] = validation.resolve_version(request.get("EngineVersion"))
        request.setdefault("LicenseModel", "postgresql-license")
        group = records.parameter_group(context, request.get("DBParameterGroupName"))
        self.check_family(group)
        self.check_network(context, request)
        moto(context, "CreateDBInstance", request)
        identifier = request["DBInstanceIdentifier"]
        record = records.record(context, identifier)
        password = request.get("MasterUserPassword")
        if request.get("ManageMasterUserPassword"):
            password = records.generate_master_password(record)
        new = NewInstance(
            key=records.key(context, identifier),
            master_username=request["MasterUsername"],
            master_password=password,
            database=request.get("DBName"),
            parameters=records.chosen_parameters(group),
        )
        return self.launch(context, new)

    def modify_db_instance(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request, allowed=(models.AVAILABLE, models.STOPPED))
        record = records.record(context, instance.identifier)
        request = {**request, "DBInstanceIdentifier": instance.identifier}
        self._check_modification(record, request, instance)
        group = None
        if request.get("DBParameterGroupName"):
            group = records.parameter_group(context, request["DBParameterGroupName"])
            self.check_family(group)
        self.check_network(context, request)
        if renamed := request.get("NewDBInstanceIdentifier"):
            request["NewDBInstanceIdentifier"] = renamed.lower()
        response = moto(context, "ModifyDBInstance", request)
        password = request.get("MasterUserPassword")
        if request.get("ManageMasterUserPassword") or request.get("RotateMasterUserPassword"):
            password = records.generate_master_password(record)
        if password:
            self._set_password(instance, password)
        if group is not None:
            self.manager.apply_parameters(instance, records.chosen_parameters(group), reboot_needed=True)
        if renamed:
            self.manager.rename(instance, renamed.lower())
        follow_exports(context, instance)
        return {"DBInstance": records.complete(response["DBInstance"], instance)}

    def delete_db_instance(self, context: RequestContext, request: Request) -> Response:
        validation.check_final_snapshot(request)
        instance = self.instance(context, request)
        response = moto(context, "DeleteDBInstance", {**request, "DBInstanceIdentifier": instance.identifier})
        final = request.get("FinalDBSnapshotIdentifier")
        self.manager.delete(instance, records.key(context, final) if final else None)
        return {"DBInstance": records.complete(response["DBInstance"], instance)}

    def start_db_instance(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request, allowed=(models.STOPPED,))
        self.manager.start(instance)
        return self.described(context, instance)

    def stop_db_instance(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request, allowed=(models.AVAILABLE,))
        if snapshot := request.get("DBSnapshotIdentifier"):
            self.snapshot(context, instance, {"DBSnapshotIdentifier": snapshot})
        self.manager.stop(instance)
        return self.described(context, instance)

    def reboot_db_instance(self, context: RequestContext, request: Request) -> Response:
        # A server that its parameters kept from starting is mended by better ones and a reboot.
        instance = self.instance(context, request, allowed=(models.AVAILABLE, models.FAILED))
        self.manager.reboot(instance)
        return self.described(context, instance)

    def _not_supported(self, context: RequestContext, request: Request) -> Response:
        raise not_supported(context.operation.name)

    # moto would record these, and nothing would run behind the record.
    create_db_cluster = create_global_cluster = create_db_proxy = _not_supported
    create_db_instance_read_replica = promote_read_replica = _not_supported
    create_blue_green_deployment = create_db_shard_group = _not_supported
    restore_db_cluster_from_snapshot = restore_db_cluster_to_point_in_time = _not_supported
    restore_db_instance_to_point_in_time = start_export_task = _not_supported

    def _check_modification(self, record: Any, request: Request, instance: Instance) -> None:
        if request.get("DBInstanceClass"):
            validation.check_class(request["DBInstanceClass"])
        version = request.get("EngineVersion")
        if version and version != str(versions.installed()[0]):
            request["EngineVersion"] = validation.resolve_version(version)
            validation.check_upgrade(record.engine_version, request["EngineVersion"])
        else:
            request.pop("EngineVersion", None)
        size = request.get("AllocatedStorage")
        if size is not None and size < record.allocated_storage:
            raise invalid_combination(
                f"Invalid storage size for engine name {versions.ENGINE} and storage type {record.storage_type}: {size}"
            )
        if request.get("MasterUserPassword"):
            validation.check_password(request["MasterUserPassword"])
            if instance.status != models.AVAILABLE:
                raise invalid_state(f"Instance {instance.identifier} is not in available state.")

    def _set_password(self, instance: Instance, password: str) -> None:
        try:
            self.manager.set_password(instance, password)
        except SqlError as error:
            raise RdsError("InternalFailure", f"cannot set the master password: {error}", 500) from error


def service() -> Service:
    """The service that LocalStack loads."""
    return make_service("rds", RdsProvider(InstanceManager()))
