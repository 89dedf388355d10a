"""What all groups of RDS operations need: finding, starting and describing instances."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import store as records
from localstack_engines.services.rds.api.paging import check_size
from localstack_engines.services.rds.control.instance_manager import InstanceManager, NewInstance
from localstack_engines.services.rds.control.log_exports import follow_exports
from localstack_engines.services.rds.errors import RdsError, instance_not_found, invalid_state
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit import ports
from localstack_engines.toolkit.dispatch import moto

Request = dict[str, Any]
Response = dict[str, Any]


class InstanceOperations:
    """Base of the provider's parts."""

    def __init__(self, manager: InstanceManager) -> None:
        self.manager = manager

    def describe_db_instances(self, context: RequestContext, request: Request) -> Response:
        if "DBInstanceIdentifier" in request:
            # The parameter takes an ARN too.
            identifier = request["DBInstanceIdentifier"].rsplit(":", 1)[-1].lower()
            request = {**request, "DBInstanceIdentifier": identifier}
        check_size(request)
        response = moto(context, "DescribeDBInstances", request)
        for description in response.get("DBInstances") or []:
            key = records.key(context, description["DBInstanceIdentifier"])
            records.complete(description, self.manager.get(key))
        return response

    def instance(self, context: RequestContext, request: Request, allowed: tuple[str, ...] = ()) -> Instance:
        """The instance that a request names, if its status is one of ``allowed`` (any, without)."""
        identifier = request["DBInstanceIdentifier"].lower()
        found = self.manager.get(records.key(context, identifier))
        if found is None:
            raise instance_not_found(identifier)
        if allowed and found.status not in allowed:
            raise invalid_state(f"Instance {identifier} is not in {allowed[0]} state.")
        return found

    def launch(self, context: RequestContext, new: NewInstance) -> Response:
        """Start the server behind a record that moto has just made."""
        identifier = new.key[2]
        try:
            instance = self.manager.create(new)
        except ports.NoPortLeft as error:
            records.backend(context).databases.pop(identifier)
            raise RdsError("InsufficientDBInstanceCapacity", str(error)) from error
        records.adopt(records.record(context, identifier), instance)
        follow_exports(context, instance)
        return self.described(context, instance)

    def described(self, context: RequestContext, instance: Instance) -> Response:
        found = self.describe_db_instances(context, {"DBInstanceIdentifier": instance.identifier})
        return {"DBInstance": found["DBInstances"][0]}
