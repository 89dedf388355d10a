"""Moto's records of RDS, and look-ups of the EC2 resources that RDS refers to."""

import json
import secrets
import string
import uuid
from collections.abc import Iterable

from localstack.aws.api import RequestContext
from moto.rds.models import DBInstance, DBParameterGroup, RDSBackend, rds_backends

from localstack_engines.network import ec2
from localstack_engines.services.rds.errors import instance_not_found
from localstack_engines.services.rds.models import Instance, InstanceRecord, ParameterGroup
from localstack_engines.toolkit.errors import ServiceError

_PASSWORD_CHARACTERS = string.ascii_letters + string.digits + "!#$%&()*+-.:;<=>?[]^_{|}~"
_PASSWORD_LENGTH = 28


class Store:
    """The records of the request's account and region. Identifiers may be in any case."""

    def instance(self, context: RequestContext, identifier: str) -> InstanceRecord:
        """Returns the record of a DB instance. Raises DBInstanceNotFound."""
        found = self._instance(context, identifier)
        return InstanceRecord(
            master_username=found.master_username,
            manages_master_password=bool(found.manage_master_user_password),
            engine_version=found.engine_version,
            storage_type=found.storage_type,
            allocated_storage=found.allocated_storage,
            log_exports=tuple(found.enabled_cloudwatch_logs_exports or ()),
        )

    def note_server(self, context: RequestContext, instance: Instance) -> None:
        """Puts the instance's resource id and port into its record: moto's filters and snapshots use them."""
        found = self._instance(context, instance.identifier)
        found.dbi_resource_id = instance.resource_id
        found.port = instance.port

    def remove_instance(self, context: RequestContext, identifier: str) -> None:
        _backend(context).databases.pop(identifier.lower())

    def generate_master_password(self, context: RequestContext, identifier: str) -> str:
        """Puts a new password into the instance's managed secret, where moto puts a constant, and returns it."""
        found = self._instance(context, identifier)
        password = "".join(secrets.choice(_PASSWORD_CHARACTERS) for _ in range(_PASSWORD_LENGTH))
        value = json.dumps({"username": found.master_username, "password": password})
        secret = found.master_user_secret
        secret.secretsmanager.put_secret_value(secret.secret_arn, value, None, str(uuid.uuid4()), ["AWSCURRENT"])
        return password

    def remove_snapshot(self, context: RequestContext, identifier: str) -> None:
        _backend(context).delete_db_snapshot(identifier)

    def parameter_group(self, context: RequestContext, name: str) -> ParameterGroup:
        """Returns the record of a parameter group. Raises DBParameterGroupNotFound."""
        found = self._parameter_group(context, name)
        return ParameterGroup(found.name, str(found.family), dict(found.parameters))

    def default_parameter_group(self, context: RequestContext, family: str) -> ParameterGroup:
        """Returns the family's default group. On AWS it always exists, so a missing record is created."""
        name, groups = f"default.{family}", _backend(context).db_parameter_groups
        if name not in groups:
            description = f"Default parameter group for {family}"
            groups[name] = DBParameterGroup(_backend(context), name, description, family)
        return self.parameter_group(context, name)

    def reset_parameters(self, context: RequestContext, group: str, names: Iterable[str] | None = None) -> None:
        """Removes the values of these parameters, or of all parameters, from the group."""
        parameters = self._parameter_group(context, group).parameters
        for name in list(parameters) if names is None else names:
            parameters.pop(name, None)

    def instances_with_parameter_group(self, context: RequestContext, name: str) -> list[str]:
        """Returns the identifiers of the group's instances."""
        group, databases = self._parameter_group(context, name), _backend(context).databases
        return [identifier for identifier, found in databases.items() if group in found.db_parameter_groups()]

    def has_subnet_group(self, context: RequestContext, name: str) -> bool:
        return name.lower() in _backend(context).subnet_groups

    def instances_in_subnet_group(self, context: RequestContext, name: str) -> list[str]:
        """Returns the identifiers of the group's instances."""
        groups = {
            identifier: getattr(found, "db_subnet_group", None)
            for identifier, found in _backend(context).databases.items()
        }
        return [identifier for identifier, group in groups.items() if group and group.name == name.lower()]

    def availability_zones(self, context: RequestContext) -> dict[str, str]:
        """Returns the availability zone of every subnet, by the subnet's id."""
        subnets = ec2.backend(context.account_id, context.region).describe_subnets()
        return {subnet.id: subnet.availability_zone for subnet in subnets}

    def has_security_group(self, context: RequestContext, group_id: str) -> bool:
        return ec2.security_group(context.account_id, context.region, group_id) is not None

    def _instance(self, context: RequestContext, identifier: str) -> DBInstance:
        found = _backend(context).databases.get(identifier.lower())
        if found is None:
            raise instance_not_found(identifier)
        return found

    def _parameter_group(self, context: RequestContext, name: str) -> DBParameterGroup:
        found = _backend(context).db_parameter_groups.get(name.lower())
        if found is None:
            raise ServiceError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name.lower()}", 404)
        return found


def _backend(context: RequestContext) -> RDSBackend:
    return rds_backends[context.account_id][context.region]
