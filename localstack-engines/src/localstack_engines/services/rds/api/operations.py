"""The base of all groups of RDS operations: the store, the instance manager, and what several groups do."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds.api import descriptions
from localstack_engines.services.rds.control import log_exports, versions
from localstack_engines.services.rds.control.instance_manager import InstanceManager, NewInstance
from localstack_engines.services.rds.engine.postgres import SqlError
from localstack_engines.services.rds.errors import instance_not_found, invalid_state
from localstack_engines.services.rds.models import Instance, Key, ParameterGroup
from localstack_engines.services.rds.store import Store
from localstack_engines.toolkit import ports
from localstack_engines.toolkit.dispatch import moto
from localstack_engines.toolkit.errors import ServiceError

Request = dict[str, Any]
Response = dict[str, Any]


def key(context: RequestContext, identifier: str) -> Key:
    """Returns the key of a DB instance or a snapshot of the request's account and region."""
    return context.account_id, context.region, identifier.lower()


def name_of(identifier: str) -> str:
    """Returns the name in an identifier that may be an ARN."""
    return identifier.rsplit(":", 1)[-1]


class Operations:
    """Finds, launches and describes what requests name."""

    def __init__(self, store: Store, manager: InstanceManager) -> None:
        self.store = store
        self.manager = manager

    def instance(self, context: RequestContext, request: Request, allowed: tuple[str, ...] = ()) -> Instance:
        """Returns the instance that a request names.

        Raises DBInstanceNotFound. Raises InvalidDBInstanceState if `allowed` is given and lacks the instance's status.
        """
        identifier = request["DBInstanceIdentifier"].lower()
        found = self.manager.get(key(context, identifier))
        if found is None:
            raise instance_not_found(identifier)
        if allowed and found.status not in allowed:
            raise invalid_state(f"Instance {identifier} is not in {allowed[0]} state.")
        return found

    def parameter_group(self, context: RequestContext, name: str | None) -> ParameterGroup:
        """Returns the group of that name, or the default group without one. Raises DBParameterGroupNotFound."""
        if name is None or name.lower() == f"default.{versions.family()}":
            return self.store.default_parameter_group(context, versions.family())
        return self.store.parameter_group(context, name)

    def subnet_group_name(self, context: RequestContext, request: Request) -> str:
        """Returns the name, in lower case, of the subnet group in a request. Raises DBSubnetGroupNotFoundFault."""
        name = str(request["DBSubnetGroupName"]).lower()
        if not self.store.has_subnet_group(context, name):
            raise ServiceError("DBSubnetGroupNotFoundFault", f"DB subnet group '{name}' does not exist.", 404)
        return name

    def launch(self, context: RequestContext, new: NewInstance) -> Response:
        """Starts the server of an instance whose record moto has just made, and returns the response."""
        identifier = new.key[2]
        try:
            instance = self.manager.create(new)
        except ports.NoPortLeft as error:
            self.store.remove_instance(context, identifier)
            raise ServiceError("InsufficientDBInstanceCapacity", str(error)) from error
        self.store.note_server(context, instance)
        self.export_log(context, instance)
        return self.description(context, instance)

    def export_log(self, context: RequestContext, instance: Instance) -> None:
        """Starts or stops the export of the log to CloudWatch, as the instance's record says."""
        exports = self.store.instance(context, instance.identifier).log_exports
        self.manager.export_log(instance, log_exports.POSTGRESQL in exports)

    def take_snapshot(self, context: RequestContext, instance: Instance, request: Request) -> dict[str, Any]:
        """Records a snapshot, copies the data and returns the description. Removes the record when the copy fails."""
        response = moto(context, "CreateDBSnapshot", {**request, "DBInstanceIdentifier": instance.identifier})
        identifier = request["DBSnapshotIdentifier"]
        try:
            self.manager.take_snapshot(instance, key(context, identifier))
        except SqlError as error:
            self.store.remove_snapshot(context, identifier)
            raise ServiceError("InternalFailure", f"cannot copy the instance's data: {error}", 500) from error
        return dict(response["DBSnapshot"])

    def description(self, context: RequestContext, instance: Instance) -> Response:
        """Returns the response of an operation that answers with the instance."""
        found = moto(context, "DescribeDBInstances", {"DBInstanceIdentifier": instance.identifier})
        return {"DBInstance": descriptions.instance(found["DBInstances"][0], instance)}
