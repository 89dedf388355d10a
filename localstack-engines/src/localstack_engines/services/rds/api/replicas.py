"""Operations on read replicas: a replica's server is a standby, which streams what its primary writes."""

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import models
from localstack_engines.services.rds.api import validation
from localstack_engines.services.rds.api.new_instances import NewInstanceOperations
from localstack_engines.services.rds.api.operations import Request, Response, check_no_member
from localstack_engines.services.rds.control import events, versions
from localstack_engines.services.rds.control.creation import Origin
from localstack_engines.services.rds.errors import invalid_combination, invalid_state

_OF_THE_SOURCE = ("SourceDBInstanceIdentifier", "SourceRegion")


class ReplicaOperations(NewInstanceOperations):
    """Creates and promotes read replicas."""

    def create_db_instance_read_replica(self, context: RequestContext, request: Request) -> Response:
        source = request.get("SourceDBInstanceIdentifier")
        if not source:
            raise invalid_combination("You must specify SourceDBInstanceIdentifier.")
        if request.get("SourceRegion") not in (None, context.region):
            raise invalid_combination("The local rds service has read replicas within a region only.")
        primary = self.instance(context, {"DBInstanceIdentifier": source}, allowed=(models.AVAILABLE,))
        check_no_member(primary, "the source of a read replica: add a reader to the cluster")
        record = self.store.instance(context, primary.identifier)
        if not record.backup_retention:
            raise invalid_state(
                "Automated backups are not enabled for this database instance. To enable automated backups, use "
                "ModifyDBInstance to set the backup retention period to a non-zero value."
            )
        if request.get("KmsKeyId") not in (None, record.members["KmsKeyId"]):
            raise invalid_combination("A read replica in the region of its source is encrypted with the source's key.")
        own = {name: value for name, value in request.items() if name not in _OF_THE_SOURCE}
        present = {name: value for name, value in record.members.items() if value is not None}
        wanted = {
            **present,
            "Engine": versions.ENGINE,
            "DBParameterGroupName": record.parameter_group,
            "BackupRetentionPeriod": 0,
            **own,
            "DBInstanceIdentifier": request["DBInstanceIdentifier"].lower(),
        }
        if wanted.get("MultiAZ"):
            wanted.pop("AvailabilityZone", None)
        validation.check_settings(wanted)
        validation.check_storage(wanted)
        return self.make(context, wanted, Origin(None, events.CREATED, "", primary=primary))

    def promote_read_replica(self, context: RequestContext, request: Request) -> Response:
        replica = self.instance(context, request, allowed=(models.AVAILABLE,))
        check_no_member(replica, "promoted: use FailoverDBCluster")
        if replica.primary is None:
            raise invalid_state(f"DB Instance {replica.identifier} is not a read replica.")
        names = ("BackupRetentionPeriod", "PreferredBackupWindow")
        changes = {name: request[name] for name in names if request.get(name) is not None}
        validation.check_settings(changes)
        self.store.check_windows(context, replica.identifier, changes)
        self.apply_changes(context, replica, {"BackupRetentionPeriod": 1, **changes})
        self.manager.promote(replica)
        return self.description(context, replica)
