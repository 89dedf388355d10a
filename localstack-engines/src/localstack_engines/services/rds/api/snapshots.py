"""Operations on DB snapshots: moto has the records, and each snapshot has a copy of a data directory."""

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import models
from localstack_engines.services.rds.api.operations import Operations, Request, Response, key, name_of
from localstack_engines.services.rds.control.instance_manager import NewInstance
from localstack_engines.toolkit.dispatch import moto


class SnapshotOperations(Operations):
    """Creates, deletes, copies and restores snapshots."""

    def create_db_snapshot(self, context: RequestContext, request: Request) -> Response:
        instance = self.instance(context, request, allowed=(models.AVAILABLE, models.STOPPED))
        return {"DBSnapshot": self.take_snapshot(context, instance, request)}

    def delete_db_snapshot(self, context: RequestContext, request: Request) -> Response:
        response = moto(context, "DeleteDBSnapshot", request)
        self.manager.delete_snapshot(key(context, request["DBSnapshotIdentifier"]))
        return response

    def copy_db_snapshot(self, context: RequestContext, request: Request) -> Response:
        source, target = name_of(request["SourceDBSnapshotIdentifier"]), request["TargetDBSnapshotIdentifier"]
        response = moto(context, "CopyDBSnapshot", {**request, "SourceDBSnapshotIdentifier": source})
        self.manager.copy_snapshot(key(context, source), key(context, target))
        return response

    def restore_db_instance_from_db_snapshot(self, context: RequestContext, request: Request) -> Response:
        source, identifier = name_of(request["DBSnapshotIdentifier"]), request["DBInstanceIdentifier"].lower()
        group = self.parameter_group(context, request.get("DBParameterGroupName"))
        wanted = {**request, "DBInstanceIdentifier": identifier, "DBSnapshotIdentifier": source}
        moto(context, "RestoreDBInstanceFromDBSnapshot", wanted)
        record, password = self.store.instance(context, identifier), None
        if record.manages_master_password:
            password = self.store.generate_master_password(context, identifier)
        new = NewInstance(
            key=key(context, identifier),
            master_username=record.master_username,
            master_password=password,
            database=None,
            parameters=group.values,
            snapshot=key(context, source),
        )
        return self.launch(context, new)
