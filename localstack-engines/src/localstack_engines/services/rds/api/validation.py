"""Checks of requests that AWS makes and moto does not. Each raises AWS's error."""

import re
from typing import Any

from localstack_engines.services.rds.control import parameters, versions
from localstack_engines.services.rds.control.parameters import Parameter
from localstack_engines.services.rds.errors import invalid_combination, invalid_value, unknown_version
from localstack_engines.services.rds.models import ParameterGroup

_CLASS = re.compile(r"^db\.[a-z0-9-]+\.(micro|small|medium|large|\d*xlarge|metal)(\.tpc\d\.mem\dx)?$")
_USERNAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")
_DATABASE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")
_MINIMUM_STORAGE_GIB = {"io1": 100, "io2": 100, "gp2": 20, "gp3": 20, "standard": 10}


def check_new_instance(request: dict[str, Any]) -> None:
    """Checks the members of a CreateDBInstance request, but for the resources that it refers to.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    engine = request["Engine"]
    if engine != versions.ENGINE:
        raise invalid_value(f"Invalid DB engine: {engine} (this LocalStack runs {versions.ENGINE})")
    check_class(request["DBInstanceClass"])
    _check_storage(request)
    _check_username(request.get("MasterUsername"))
    database = request.get("DBName")
    if database is not None and not _DATABASE.match(database):
        raise invalid_value("DBName must begin with a letter and contain only alphanumeric characters.")
    if request.get("ManageMasterUserPassword"):
        if request.get("MasterUserPassword"):
            raise invalid_combination(
                "You can't specify MasterUserPassword when ManageMasterUserPassword is set to true."
            )
    else:
        check_password(request.get("MasterUserPassword"))


def check_class(instance_class: str) -> None:
    if not _CLASS.match(instance_class):
        raise invalid_value(f"Invalid DB Instance class: {instance_class}")


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


def resolve_version(version: str | None) -> str:
    """Returns the full version for the requested one."""
    found = versions.resolve(version)
    if found is None:
        raise unknown_version(versions.ENGINE, version or "")
    return found


def check_upgrade(current: str, wanted: str) -> None:
    if versions.order(wanted) < versions.order(current):
        raise invalid_combination(f"Cannot upgrade {versions.ENGINE} from {current} to {wanted}")


def check_final_snapshot(request: dict[str, Any]) -> None:
    """Checks that a DeleteDBInstance request either names a final snapshot or skips it."""
    final, skip = request.get("FinalDBSnapshotIdentifier"), request.get("SkipFinalSnapshot")
    if not final and not skip:
        raise invalid_combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
    if final and skip:
        raise invalid_combination("FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is specified.")


def check_family(group: ParameterGroup) -> None:
    """Checks that the parameter group is for the installed engine version."""
    if group.family != versions.family():
        raise invalid_combination(
            f"The parameter group {group.name} with DBParameterGroupFamily {group.family} can't be used for this "
            f"instance. Please use a parameter group with DBParameterGroupFamily {versions.family()}"
        )


def known_parameter(name: str) -> Parameter:
    """Returns the parameter of that name."""
    parameter = parameters.catalogue().get(name)
    if parameter is None:
        raise invalid_value(f"Could not find parameter with name: {name}")
    return parameter


def check_parameter_change(change: dict[str, Any]) -> None:
    """Checks an item of ModifyDBParameterGroup's `Parameters`."""
    parameter, value = known_parameter(change["ParameterName"]), change.get("ParameterValue")
    if not parameter.modifiable:
        raise invalid_value(f"The parameter {parameter.name} cannot be modified.")
    if value is None or not parameter.accepts(value):
        raise invalid_value(
            f"Invalid parameter value: {value} for: {parameter.name} allowed values are: {parameter.allowed_values}"
        )
    if parameter.static and change.get("ApplyMethod") == "immediate":
        raise invalid_combination("cannot use immediate apply method for static parameter")


def _check_storage(request: dict[str, Any]) -> None:
    size, storage_type = request.get("AllocatedStorage"), request.get("StorageType") or "gp2"
    if storage_type not in _MINIMUM_STORAGE_GIB:
        raise invalid_value(f"Invalid storage type: {storage_type}")
    if size is not None and not _MINIMUM_STORAGE_GIB[storage_type] <= size <= 65536:
        raise invalid_combination(
            f"Invalid storage size for engine name {versions.ENGINE} and storage type {storage_type}: {size}"
        )


def _check_username(username: str | None) -> None:
    if not username:
        raise invalid_value("The parameter MasterUsername must be provided and must not be blank.")
    if not _USERNAME.match(username):
        raise invalid_value("The parameter MasterUsername is not a valid identifier.")
    if username.lower() in {"rdsadmin", "rds_superuser", "rdsrepladmin", "admin"} or username.startswith("pg_"):
        raise invalid_value(f"MasterUsername {username} cannot be used as it is a reserved word used by the engine")
