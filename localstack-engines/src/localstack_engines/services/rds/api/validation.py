"""Checks of requests that AWS makes and moto does not. Each raises AWS's error."""

import re
from collections.abc import Mapping
from typing import Any

from localstack_engines.services.rds.control import certificates, instance_classes, parameters, versions
from localstack_engines.services.rds.control.parameters import Parameter
from localstack_engines.services.rds.errors import (
    certificate_not_found,
    invalid_combination,
    invalid_value,
    unknown_engine,
    unknown_version,
)
from localstack_engines.services.rds.models import ParameterGroup
from localstack_engines.toolkit import settings

_CLASS = re.compile(r"^db\.[a-z0-9-]+\.(micro|small|medium|large|\d*xlarge|metal)(\.tpc\d\.mem\dx)?$")
_USERNAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")
_DATABASE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")
_LICENSE = "postgresql-license"
_LOG_TYPES = frozenset(("postgresql", "upgrade", "iam-db-auth-error"))
_DEFAULT_PORT = 5432
_MAX_RETENTION = 35
# PostgreSQL's smaller gp3 volumes have fixed IOPS and throughput.
_GP3_TUNABLE_GIB = 400


def check_new_instance(request: dict[str, Any]) -> None:
    """Checks the members of a CreateDBInstance request, but for the resources that it refers to.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    engine = request["Engine"]
    if engine == versions.AURORA:
        raise invalid_combination(f"An instance of {engine} needs a DB cluster: specify DBClusterIdentifier.")
    if engine != versions.ENGINE:
        raise unknown_engine(engine)
    check_settings(request)
    check_storage(request)
    check_new_master(request, "DBName")
    check_authority(request.get("CACertificateIdentifier"))


def check_new_master(request: Mapping[str, Any], database_member: str) -> None:
    """Checks the master user and the database of a new instance or cluster, which has the name in that member."""
    _check_username(request.get("MasterUsername"))
    database = request.get(database_member)
    if database is not None and not _DATABASE.match(database):
        raise invalid_value(f"{database_member} must begin with a letter and contain only alphanumeric characters.")
    if request.get("ManageMasterUserPassword"):
        if request.get("MasterUserPassword"):
            raise invalid_combination(
                "You can't specify MasterUserPassword when ManageMasterUserPassword is set to true."
            )
    else:
        check_password(request.get("MasterUserPassword"))
        if request.get("MasterUserSecretKmsKeyId"):
            raise invalid_combination(
                "You can't specify MasterUserSecretKmsKeyId unless ManageMasterUserPassword is set to true."
            )


def check_settings(request: Mapping[str, Any], engine: str = versions.ENGINE) -> None:
    """Checks what requests that create, restore or modify an instance have in common, whatever its storage is."""
    if instance_class := request.get("DBInstanceClass"):
        check_class(instance_class, engine)
    if request.get("LicenseModel") not in (None, _LICENSE):
        raise invalid_value(f"Invalid license model '{request['LicenseModel']}' for engine '{engine}'")
    if not 0 <= (request.get("BackupRetentionPeriod") or 0) <= _MAX_RETENTION:
        raise invalid_value(f"Invalid backup retention period: {request['BackupRetentionPeriod']}")
    if request.get("MultiAZ") and request.get("AvailabilityZone"):
        raise invalid_combination("Requesting a specific availability zone is not valid for Multi-AZ instances.")
    exports = request.get("CloudwatchLogsExportConfiguration") or {}
    wanted = [*(request.get("EnableCloudwatchLogsExports") or []), *exports.get("EnableLogTypes", [])]
    if unknown := sorted({*wanted, *exports.get("DisableLogTypes", [])} - _LOG_TYPES):
        raise invalid_combination(
            f"You cannot use the log types '{', '.join(unknown)}' with engine {versions.ENGINE}. "
            "For supported log types, see the documentation."
        )


def check_authority(name: str | None) -> None:
    """Raises CertificateNotFound for any other certificate authority than the one that exists."""
    if name not in (None, certificates.AUTHORITY):
        raise certificate_not_found(name)


def check_class(instance_class: str, engine: str) -> None:
    if not _CLASS.match(instance_class) and instance_class != instance_classes.SERVERLESS:
        raise invalid_value(f"Invalid DB Instance class: {instance_class}")
    if instance_class not in instance_classes.classes(engine):
        raise invalid_combination(
            f"RDS does not support creating a DB instance with the following combination: DBInstanceClass="
            f"{instance_class}, Engine={engine}, LicenseModel={_LICENSE}."
        )


def wanted_port(port: int | None) -> int | None:
    """Returns the port that an instance must have, or None when any port will do. Raises InvalidParameterValue.

    PostgreSQL's own port means any port: every instance has another one, since all share one address.
    """
    if port is None or port == _DEFAULT_PORT:
        return None
    # The first port is the registry's.
    published = settings.external_ports()[1:]
    if port not in published:
        raise invalid_value(
            f"Port {port} is not supported by the local rds service: choose {_DEFAULT_PORT} for a port of its own "
            f"choice, or one of {published.start}-{published.stop - 1}."
        )
    return port


def check_password(password: str | None) -> None:
    if not password:
        raise invalid_value("The parameter MasterUserPassword must be provided and must not be blank.")
    name = "The parameter MasterUserPassword is not a valid password"
    if len(password) < 8:
        raise invalid_value(f"{name} because it is shorter than 8 characters.")
    if len(password) > 128:
        raise invalid_value(f"{name} because it is longer than 128 characters.")
    if any(not 32 < ord(character) < 127 or character in '/@"' for character in password):
        raise invalid_value(f"{name}. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.")


def check_password_change(request: Mapping[str, Any], managed: bool) -> None:
    """Checks what a ModifyDBInstance request says of the master password; `managed` is whether a secret has it now."""
    password, manage = request.get("MasterUserPassword"), request.get("ManageMasterUserPassword")
    if password:
        check_password(password)
        if manage or (managed and manage is None):
            raise invalid_combination(
                "You can't specify MasterUserPassword when ManageMasterUserPassword is set to true."
            )
    if manage is False and managed and not password:
        raise invalid_combination(
            "You must specify MasterUserPassword when you turn off the management of the master password."
        )
    if request.get("RotateMasterUserPassword"):
        if not managed:
            raise invalid_combination("You can't rotate the master password: Secrets Manager does not manage it.")
        if not request.get("ApplyImmediately"):
            raise invalid_combination("You must specify apply immediately when rotating the master user password.")
    if request.get("MasterUserSecretKmsKeyId") and not (manage or managed):
        raise invalid_combination(
            "You can't specify MasterUserSecretKmsKeyId unless ManageMasterUserPassword is set to true."
        )


def resolve_version(engine: str, version: str | None) -> str:
    """Returns the full version for the requested one."""
    found = versions.resolve(engine, version)
    if found is None:
        raise unknown_version(engine, version or "")
    return found


def check_upgrade(engine: str, current: str, wanted: str, allow_major: bool) -> None:
    """Checks an upgrade from one full version to another one."""
    if versions.order(wanted) < versions.order(current):
        raise invalid_combination(f"Cannot upgrade {engine} from {current} to {wanted}")
    if versions.major_of(wanted) != versions.major_of(current) and not allow_major:
        raise invalid_combination(
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
        )


def check_final_snapshot(request: dict[str, Any]) -> None:
    """Checks that a DeleteDBInstance request either names a final snapshot or skips it."""
    final, skip = request.get("FinalDBSnapshotIdentifier"), request.get("SkipFinalSnapshot")
    if not final and not skip:
        raise invalid_combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
    if final and skip:
        raise invalid_combination("FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is specified.")


def check_family(group: ParameterGroup, engine: str, version: str) -> None:
    """Checks that the parameter group is for an engine version."""
    wanted = versions.family(engine, version)
    if group.family != wanted:
        raise invalid_combination(
            f"The parameter group {group.name} with DBParameterGroupFamily {group.family} can't be used for this "
            f"instance. Please use a parameter group with DBParameterGroupFamily {wanted}"
        )


def known_parameter(family: str, name: str) -> Parameter:
    """Returns the parameter of that name."""
    parameter = parameters.of_family(family).get(name)
    if parameter is None:
        raise invalid_value(f"Could not find parameter with name: {name}")
    return parameter


def check_parameter_change(family: str, change: dict[str, Any]) -> None:
    """Checks an item of ModifyDBParameterGroup's `Parameters`."""
    parameter, value = known_parameter(family, change["ParameterName"]), change.get("ParameterValue")
    if not parameter.modifiable:
        raise invalid_value(f"The parameter {parameter.name} cannot be modified.")
    if value is None or not parameter.accepts(value):
        raise invalid_value(
            f"Invalid parameter value: {value} for: {parameter.name} allowed values are: {parameter.allowed_values}"
        )
    if parameter.static and change.get("ApplyMethod") == "immediate":
        raise invalid_combination("cannot use immediate apply method for static parameter")


def check_storage(storage: Mapping[str, Any]) -> None:
    """Checks the storage that an instance is to have, by CreateDBInstance's members."""
    size, iops, throughput = (storage.get(name) for name in ("AllocatedStorage", "Iops", "StorageThroughput"))
    name = storage.get("StorageType") or ("io1" if iops else "gp2")
    kind = instance_classes.STORAGE_TYPES.get(name)
    if kind is None:
        raise invalid_value(f"Invalid storage type: {name}")
    where = f"engine name {versions.ENGINE} and storage type {name}"
    if size is not None and not kind.minimum <= size <= kind.maximum:
        raise invalid_combination(f"Invalid storage size for {where}: {size}")
    limit = storage.get("MaxAllocatedStorage")
    if limit is not None and not (size or kind.minimum) < limit <= kind.maximum:
        raise invalid_combination(f"Invalid max storage size for {where}: {limit}")
    if name in instance_classes.NEEDS_IOPS and not iops:
        raise invalid_combination(f"The parameter Iops must be provided for {where}.")
    if name == "gp3" and (iops or throughput) and (size or 0) < _GP3_TUNABLE_GIB:
        raise invalid_combination(
            f"You can't specify IOPS or storage throughput for engine {versions.ENGINE} and a storage size less than "
            f"{_GP3_TUNABLE_GIB}."
        )
    for what, value, limits in (("iops", iops, kind.iops), ("storage throughput", throughput, kind.throughput)):
        if value and not (limits and limits[0] <= value <= limits[1]):
            raise invalid_combination(f"Invalid {what} value for {where}: {value}")


def _check_username(username: str | None) -> None:
    if not username:
        raise invalid_value("The parameter MasterUsername must be provided and must not be blank.")
    if not _USERNAME.match(username):
        raise invalid_value("The parameter MasterUsername is not a valid identifier.")
    if username.lower() in {"rdsadmin", "rds_superuser", "rdsrepladmin", "admin"} or username.startswith("pg_"):
        raise invalid_value(f"MasterUsername {username} cannot be used as it is a reserved word used by the engine")
