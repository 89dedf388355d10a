"""DB snapshots: moto's records, and a copy of the data directory for each."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import models
from localstack_engines.services.rds import store as records
from localstack_engines.services.rds.api.operations import InstanceOperations
from localstack_engines.services.rds.control.instance_manager import NewInstance
from localstack_engines.services.rds.engine.postgres import SqlError
from localstack_engines.services.rds.errors import RdsError
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit.dispatch import moto

Request = dict[str, Any]
Response = dict[str, Any]


class SnapshotOperations(InstanceOperations):
    """The operations on snapshots."""

    def create_db_snapshot(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request, allowed=(models.AVAILABLE, models.STOPPED))
        return {"DBSnapshot": self.snapshot(context, instance, request)}

    def delete_db_snapshot(self, context: RequestContext, request: Request) -> Response:
        response = moto(context, "DeleteDBSnapshot", request)
        self.manager.delete_snapshot(records.key(context, request["DBSnapshotIdentifier"]))
        return response

    def copy_db_snapshot(self, context: RequestContext, request: Request) -> Response:
        source = request["SourceDBSnapshotIdentifier"].rsplit(":", 1)[-1]
        response = moto(context, "CopyDBSnapshot", {**request, "SourceDBSnapshotIdentifier": source})
        target = request["TargetDBSnapshotIdentifier"]
        self.manager.copy_snapshot(records.key(context, source), records.key(context, target))
        return response

    def restore_db_instance_from_db_snapshot(self, context: RequestContext, request: Request) -> Response:
        source = request["DBSnapshotIdentifier"].rsplit(":", 1)[-1]
        identifier = request["DBInstanceIdentifier"].lower()
        group = records.parameter_group(context, request.get("DBParameterGroupName"))
        wanted = {**request, "DBInstanceIdentifier": identifier, "DBSnapshotIdentifier": source}
        moto(context, "RestoreDBInstanceFromDBSnapshot", wanted)
        record = records.record(context, identifier)
        password = records.generate_master_password(record) if record.manage_master_user_password else None
        new = NewInstance(
            key=records.key(context, identifier),
            master_username=record.master_username,
            master_password=password,
            database=None,
            parameters=records.chosen_parameters(group),
            snapshot=records.key(context, source),
        )
        return self.launch(context, new)

    def snapshot(self, context: RequestContext, instance: Instance, request: Request) -> dict[str, Any]:
        """Record a snapshot and copy the data; the record goes again when the copy fails."""
        wanted = {**request, "DBInstanceIdentifier": instance.identifier}
        response = moto(context, "CreateDBSnapshot", wanted)
        identifier = request["DBSnapshotIdentifier"]
        try:
            self.manager.take_snapshot(instance, records.key(context, identifier))
        except SqlError as error:
            records.backend(context).delete_db_snapshot(identifier)
            raise RdsError("InternalFailure", f"cannot copy the instance's data: {error}", 500) from error
        return dict(response["DBSnapshot"])
