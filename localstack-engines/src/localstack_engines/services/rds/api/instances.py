"""Operations on DB instances."""

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import models
from localstack_engines.services.rds.api import descriptions, validation
from localstack_engines.services.rds.api.operations import Operations, Request, Response, key, name_of
from localstack_engines.services.rds.api.paging import check_page_size
from localstack_engines.services.rds.control import versions
from localstack_engines.services.rds.control.instance_manager import NewInstance
from localstack_engines.services.rds.engine.postgres import SqlError
from localstack_engines.services.rds.errors import invalid_combination, invalid_state, invalid_value
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit.dispatch import moto
from localstack_engines.toolkit.errors import ServiceError


class InstanceOperations(Operations):
    """Creates, describes, modifies, deletes, starts, stops and reboots DB instances."""

    def create_db_instance(self, context: RequestContext, request: Request) -> Response:
        identifier = request["DBInstanceIdentifier"].lower()
        request = {**request, "DBInstanceIdentifier": identifier}
        validation.check_new_instance(request)
        request["EngineVersion"] = validation.resolve_version(request.get("EngineVersion"))
        request.setdefault("LicenseModel", "postgresql-license")
        group = self.parameter_group(context, request.get("DBParameterGroupName"))
        validation.check_family(group)
        self._check_network(context, request)
        moto(context, "CreateDBInstance", request)
        password = request.get("MasterUserPassword")
        if request.get("ManageMasterUserPassword"):
            password = self.store.generate_master_password(context, identifier)
        new = NewInstance(
            key=key(context, identifier),
            master_username=request["MasterUsername"],
            master_password=password,
            database=request.get("DBName"),
            parameters=group.values,
        )
        return self.launch(context, new)

    def describe_db_instances(self, context: RequestContext, request: Request) -> Response:
        check_page_size(request)
        if "DBInstanceIdentifier" in request:
            request = {**request, "DBInstanceIdentifier": name_of(request["DBInstanceIdentifier"]).lower()}
        response = moto(context, "DescribeDBInstances", request)
        for description in response.get("DBInstances") or []:
            descriptions.instance(description, self.manager.get(key(context, description["DBInstanceIdentifier"])))
        return response

    def modify_db_instance(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request, allowed=(models.AVAILABLE, models.STOPPED))
        request = {**request, "DBInstanceIdentifier": instance.identifier}
        self._check_modification(context, request, instance)
        group = None
        if request.get("DBParameterGroupName"):
            group = self.parameter_group(context, request["DBParameterGroupName"])
            validation.check_family(group)
        self._check_network(context, request)
        identifier = instance.identifier
        if request.get("NewDBInstanceIdentifier"):
            identifier = request["NewDBInstanceIdentifier"] = request["NewDBInstanceIdentifier"].lower()
        response = moto(context, "ModifyDBInstance", request)
        self._change_password(context, request, instance, identifier)
        if group is not None:
            self.manager.apply_parameters(instance, group.values, reboot_needed=True)
        if identifier != instance.identifier:
            self.manager.rename(instance, identifier)
        self.export_log(context, instance)
        return {"DBInstance": descriptions.instance(response["DBInstance"], instance)}

    def delete_db_instance(self, context: RequestContext, request: Request) -> Response:
        validation.check_final_snapshot(request)
        instance = self.instance(context, request)
        response = moto(context, "DeleteDBInstance", {**request, "DBInstanceIdentifier": instance.identifier})
        final = request.get("FinalDBSnapshotIdentifier")
        self.manager.delete(instance, key(context, final) if final else None)
        return {"DBInstance": descriptions.instance(response["DBInstance"], instance)}

    def start_db_instance(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request, allowed=(models.STOPPED,))
        self.manager.start(instance)
        return self.description(context, instance)

    def stop_db_instance(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request, allowed=(models.AVAILABLE,))
        if snapshot := request.get("DBSnapshotIdentifier"):
            self.take_snapshot(context, instance, {"DBSnapshotIdentifier": snapshot})
        self.manager.stop(instance)
        return self.description(context, instance)

    def reboot_db_instance(self, context: RequestContext, request: Request) -> Response:
        # A failed instance can be rebooted: its parameters may have kept it from starting, and may be better now.
        instance = self.instance(context, request, allowed=(models.AVAILABLE, models.FAILED))
        self.manager.reboot(instance)
        return self.description(context, instance)

    def _check_modification(self, context: RequestContext, request: Request, instance: Instance) -> None:
        record = self.store.instance(context, instance.identifier)
        if request.get("DBInstanceClass"):
            validation.check_class(request["DBInstanceClass"])
        version = request.get("EngineVersion")
        if version and version != versions.major():
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

    def _check_network(self, context: RequestContext, request: Request) -> None:
        """Checks that the subnet group and the security groups exist."""
        if request.get("DBSubnetGroupName"):
            request["DBSubnetGroupName"] = self.subnet_group_name(context, request)
        for group_id in request.get("VpcSecurityGroupIds") or []:
            if not self.store.has_security_group(context, group_id):
                raise invalid_value(f"Invalid security group , groupId= {group_id}, groupName=.")

    def _change_password(self, context: RequestContext, request: Request, instance: Instance, identifier: str) -> None:
        """Changes the master password if the request says so. `identifier` is the one after the modification."""
        password = request.get("MasterUserPassword")
        if request.get("ManageMasterUserPassword") or request.get("RotateMasterUserPassword"):
            password = self.store.generate_master_password(context, identifier)
        if not password:
            return
        try:
            self.manager.set_password(instance, password)
        except SqlError as error:
            raise ServiceError("InternalFailure", f"cannot set the master password: {error}", 500) from error
