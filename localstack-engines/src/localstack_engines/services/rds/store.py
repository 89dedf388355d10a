"""Moto's records of RDS."""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from botocore import xform_name
from localstack.aws.api import RequestContext
from moto.rds.models import DBInstance, DBParameterGroup, RDSBackend, rds_backends
from moto.rds.utils import valid_preferred_maintenance_window

from localstack_engines.network import ec2
from localstack_engines.services.rds.cluster_store import ClusterStore
from localstack_engines.services.rds.errors import instance_not_found, invalid_value
from localstack_engines.services.rds.managed_secrets import ManagedSecret, new_password
from localstack_engines.services.rds.models import Instance, InstanceRecord, Key, ParameterGroup
from localstack_engines.services.rds.option_groups import OptionGroups
from localstack_engines.services.rds.snapshot_store import RESTORED_MEMBERS, SnapshotStore
from localstack_engines.toolkit.errors import ServiceError

_MONITORING = (
    "MonitoringInterval",
    "MonitoringRoleArn",
    "PerformanceInsightsEnabled",
    "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod",
)
"""Members of a DBInstance that describe its Enhanced Monitoring and its Performance Insights."""
_IDENTIFIER = re.compile(r"(?!.*--)[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


class Store:
    """The records of the request's account and region. Identifiers may be in any case."""

    def __init__(self) -> None:
        self.certificate_overrides: dict[tuple[str, str], bool] = {}
        """Whether an account has chosen the certificate authority of a region's new instances."""
        self.option_groups = OptionGroups()
        self.snapshots = SnapshotStore()
        self.clusters = ClusterStore()

    @contextmanager
    def undone_on_failure(self, context: RequestContext, identifier: str) -> Iterator[None]:
        """Removes the record of a new instance, and its secret, when the block fails for whatever reason."""
        databases = _backend(context).databases
        if identifier in databases:
            # The record is another instance's.
            yield
            return
        try:
            yield
        except BaseException:
            found = databases.pop(identifier, None)
            if found is not None and found.manage_master_user_password:
                found.master_user_secret.delete_secret()
            raise

    def identifiers(self, context: RequestContext) -> list[str]:
        """Returns the identifiers of all DB instances."""
        return [found.db_instance_identifier for found in _backend(context).databases.values()]

    def security_groups(self, key: Key) -> list[str]:
        """Returns the VPC security groups of a DB instance; none while it has no record."""
        account, region, identifier = key
        found = rds_backends[account][region].databases.get(identifier)
        return list(found.vpc_security_group_ids) if found else []

    def identity(self, context: RequestContext, identifier: str) -> dict[str, Any]:
        """Returns those members of a DBInstance that every record has."""
        found = self._instance(context, identifier)
        return {
            "DBInstanceIdentifier": found.db_instance_identifier,
            "DBInstanceArn": found.db_instance_arn,
            "DBInstanceClass": found.db_instance_class,
            "Engine": found.engine,
        }

    def instance(self, context: RequestContext, identifier: str) -> InstanceRecord:
        """Returns the record of a DB instance. Raises DBInstanceNotFound."""
        found = self._instance(context, identifier)
        return InstanceRecord(
            master_username=found.master_username,
            manages_master_password=bool(found.manage_master_user_password),
            engine=found.engine,
            engine_version=found.engine_version,
            storage_type=found.storage_type,
            allocated_storage=found.allocated_storage,
            log_exports=tuple(found.enabled_cloudwatch_logs_exports or ()),
            maintenance_window=found.preferred_maintenance_window,
            parameter_group=str(found.db_parameter_groups()[0].name),
            backup_retention=int(found.backup_retention_period or 0),
            multi_az=bool(found.multi_az),
            monitoring={name: getattr(found, xform_name(name), None) for name in _MONITORING},
            members={member: getattr(found, attribute, None) for member, attribute in RESTORED_MEMBERS.items()},
        )

    def note_server(self, context: RequestContext, instance: Instance) -> None:
        """Puts the instance's resource id and port into its record: moto's filters and snapshots use them."""
        found = self._instance(context, instance.identifier)
        found.dbi_resource_id = instance.resource_id
        found.port = instance.port
        # Moto records a backup that nobody has made.
        snapshots = _backend(context).database_snapshots
        for name in [name for name, one in snapshots.items() if one.snapshot_type == "automated"]:
            del snapshots[name]

    def update_instance(self, context: RequestContext, identifier: str, members: Mapping[str, Any]) -> None:
        """Changes members of the record, by their names in the API."""
        found = self._instance(context, identifier)
        for name, value in members.items():
            setattr(found, xform_name(name), value)

    def place_standby(self, context: RequestContext, identifier: str, zones: Sequence[str]) -> None:
        """Gives the standby of a Multi-AZ instance one of the zones, and other instances no zone for a standby.

        The instance itself is in one of them too.
        """
        found = self._instance(context, identifier)
        if not found.multi_az:
            found.secondary_availability_zone = None
            return
        if found.availability_zone not in zones:
            found.availability_zone = zones[0]
        others = (zone for zone in zones if zone != found.availability_zone)
        found.secondary_availability_zone = next(others, None)

    def swap_zones(self, context: RequestContext, identifier: str) -> None:
        """Makes the zone of a Multi-AZ instance's standby the instance's own, and the other way round."""
        found = self._instance(context, identifier)
        zones = found.secondary_availability_zone, found.availability_zone
        found.availability_zone, found.secondary_availability_zone = zones

    def change_log_exports(self, context: RequestContext, identifier: str, change: Mapping[str, Any]) -> None:
        """Applies a `CloudwatchLogsExportConfiguration` to the record."""
        found = self._instance(context, identifier)
        kept = set(found.enabled_cloudwatch_logs_exports or ()) - set(change.get("DisableLogTypes") or ())
        found.enabled_cloudwatch_logs_exports = sorted(kept | set(change.get("EnableLogTypes") or ()))

    def check_new_identifier(self, context: RequestContext, identifier: str) -> None:
        """Raises DBInstanceAlreadyExists, or InvalidParameterValue for what is no identifier."""
        if identifier in _backend(context).databases:
            raise ServiceError("DBInstanceAlreadyExists", "DB instance already exists")
        if not _IDENTIFIER.fullmatch(identifier):
            raise invalid_value(
                "The parameter DBInstanceIdentifier is not a valid identifier. Identifiers must begin with a letter; "
                "must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two "
                "consecutive hyphens."
            )

    def rename_instance(self, context: RequestContext, identifier: str, new: str) -> None:
        """Changes the record's identifier. Raises DBInstanceAlreadyExists."""
        self.check_new_identifier(context, new)
        databases = _backend(context).databases
        found = databases.pop(identifier)
        found.db_instance_identifier = new
        databases[new] = found

    def check_windows(self, context: RequestContext, identifier: str, request: Mapping[str, Any]) -> None:
        """Raises InvalidParameterValue for windows that are not valid or overlap."""
        found = self._instance(context, identifier)
        maintenance = request.get("PreferredMaintenanceWindow") or found.preferred_maintenance_window
        backup = request.get("PreferredBackupWindow") or found.preferred_backup_window
        self.check_new_windows(maintenance, backup)

    @staticmethod
    def check_new_windows(maintenance: str, backup: str) -> None:
        """Raises InvalidParameterValue for windows that are not valid or overlap."""
        if message := valid_preferred_maintenance_window(maintenance.lower(), backup):
            raise invalid_value(message)

    def manage_master_password(self, context: RequestContext, identifier: str, key_arn: str) -> str:
        """Gives the instance a managed secret with a new master password, which it returns."""
        self.forget_master_password(context, identifier)
        found, password = self._instance(context, identifier), new_password()
        found.master_user_secret = ManagedSecret(found, key_arn, password)
        found.manage_master_user_password = True
        return password

    def rotate_master_password(self, context: RequestContext, identifier: str) -> str:
        """Puts a new master password into the instance's managed secret, and returns it."""
        found, password = self._instance(context, identifier), new_password()
        found.master_user_secret.rotate(password)
        return password

    def forget_master_password(self, context: RequestContext, identifier: str) -> None:
        """Deletes the instance's managed secret, if it has one."""
        found = self._instance(context, identifier)
        if found.manage_master_user_password:
            found.master_user_secret.delete_secret()
            del found.master_user_secret
        found.manage_master_user_password = False

    def parameter_group(self, context: RequestContext, name: str) -> ParameterGroup:
        """Returns the record of a parameter group. Raises DBParameterGroupNotFound."""
        found = self._parameter_group(context, name)
        return ParameterGroup(
            found.name, str(found.family), {name: dict(one) for name, one in found.parameters.items()}
        )

    def default_parameter_group(self, context: RequestContext, family: str) -> ParameterGroup:
        """Returns the family's default group. On AWS it always exists, so a missing record is created."""
        name, groups = f"default.{family}", _backend(context).db_parameter_groups
        if name not in groups:
            description = f"Default parameter group for {family}"
            groups[name] = DBParameterGroup(_backend(context), name, description, family)
        return self.parameter_group(context, name)

    def has_parameter_group(self, context: RequestContext, name: str) -> bool:
        return name.lower() in _backend(context).db_parameter_groups

    def copy_parameters(self, context: RequestContext, source: str, target: str) -> None:
        """Gives the group `target` the values of the group `source`."""
        values = copy.deepcopy(self._parameter_group(context, source).parameters)
        self._parameter_group(context, target).parameters = values

    def reset_parameters(self, context: RequestContext, group: str, names: Iterable[str] | None = None) -> None:
        """Removes the values of these parameters, or of all parameters, from the group."""
        parameters = self._parameter_group(context, group).parameters
        for name in list(parameters) if names is None else names:
            parameters.pop(name, None)

    def instances_with_option_group(self, context: RequestContext, name: str) -> list[str]:
        """Returns the identifiers of the group's instances."""
        databases = _backend(context).databases
        return [identifier for identifier, found in databases.items() if found.option_group_name == name]

    def instances_with_parameter_group(self, context: RequestContext, name: str) -> list[str]:
        """Returns the identifiers of the group's instances."""
        group, databases = self._parameter_group(context, name), _backend(context).databases
        return [identifier for identifier, found in databases.items() if group in found.db_parameter_groups()]

    def has_subnet_group(self, context: RequestContext, name: str) -> bool:
        return name.lower() in _backend(context).subnet_groups

    def modify_subnet_group(
        self, context: RequestContext, name: str, subnet_ids: Iterable[str], description: str | None
    ) -> None:
        """Changes the record of a subnet group. Moto's own operation forgets the group."""
        subnets = ec2.backend(context.account_id, context.region)
        backend = _backend(context)
        chosen = [subnets.get_subnet(subnet_id) for subnet_id in subnet_ids]
        backend.subnet_groups[name] = backend.modify_db_subnet_group(name, description, chosen)

    def zones_of_subnet_group(self, context: RequestContext, identifier: str) -> list[str]:
        """Returns the zones of the subnets that an instance can be in; none for one without a subnet group."""
        group = getattr(self._instance(context, identifier), "db_subnet_group", None)
        return sorted({str(subnet["SubnetAvailabilityZone"]["Name"]) for subnet in group.subnets}) if group else []

    def instances_in_subnet_group(self, context: RequestContext, name: str) -> list[str]:
        """Returns the identifiers of the group's instances."""
        groups = {
            identifier: getattr(found, "db_subnet_group", None)
            for identifier, found in _backend(context).databases.items()
        }
        return [identifier for identifier, group in groups.items() if group and group.name == name.lower()]

    def usage(self, context: RequestContext) -> dict[str, int]:
        """Returns how much of its quotas the account uses, by the quotas' names."""
        backend = _backend(context)
        return {
            "DBInstances": len(backend.databases),
            "AllocatedStorage": sum(found.allocated_storage for found in backend.databases.values()),
            "ManualSnapshots": len(backend.database_snapshots),
            "DBParameterGroups": len([name for name in backend.db_parameter_groups if not name.startswith("default.")]),
            "DBSubnetGroups": len(backend.subnet_groups),
        }

    def vpc_of_subnet_group(self, context: RequestContext, name: str) -> str:
        return str(_backend(context).subnet_groups[name.lower()].vpc_id)

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


def allocated_storage(key: Key) -> int | None:
    """Returns the allocated storage of a DB instance in GiB; None while there is no record of it."""
    account, region, identifier = key
    found = rds_backends[account][region].databases.get(identifier)
    return int(found.allocated_storage) if found is not None else None


def _backend(context: RequestContext) -> RDSBackend:
    return rds_backends[context.account_id][context.region]
