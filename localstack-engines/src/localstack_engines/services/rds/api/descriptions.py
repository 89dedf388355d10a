"""Descriptions of DB instances, parameters and engine versions, in the API's spelling."""

from collections.abc import Mapping
from typing import Any

from localstack_engines.services.rds import models
from localstack_engines.services.rds.control import versions
from localstack_engines.services.rds.control.parameters import Parameter
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit import settings

_DATA_TYPES = {"bool": "boolean", "real": "float", "enum": "string"}


def instance(description: dict[str, Any], found: Instance | None) -> dict[str, Any]:
    """Completes a DBInstance of moto's response with the status, the address and the id of the server."""
    if found is None:
        return description
    description["DBInstanceStatus"] = found.status
    description["DbiResourceId"] = found.resource_id
    description["DbInstancePort"] = 0
    if found.state == models.CREATING:
        # AWS shows no endpoint before the instance has one.
        description.pop("Endpoint", None)
    else:
        description["Endpoint"] = {"Address": settings.endpoint_host(), "Port": found.port}
    for group in description.get("DBParameterGroups") or []:
        group["ParameterApplyStatus"] = found.parameter_status
    if found.state == models.FAILED:
        status = {"StatusType": "engine", "Normal": False, "Status": "error", "Message": found.failure}
        description["StatusInfos"] = [status]
    return description


def parameter(found: Parameter, chosen: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Describes a parameter; `chosen` has the value that is set in the parameter group, if there is one."""
    described = {
        "ParameterName": found.name,
        "ParameterValue": chosen["ParameterValue"] if chosen else found.boot_val,
        "Description": found.short_desc,
        "Source": "user" if chosen else "engine-default",
        "ApplyType": "static" if found.static else "dynamic",
        "DataType": _DATA_TYPES.get(found.vartype, found.vartype),
        "AllowedValues": found.allowed_values,
        "IsModifiable": found.modifiable,
        "ApplyMethod": (chosen or {}).get("ApplyMethod", models.PENDING_REBOOT),
    }
    return {name: value for name, value in described.items() if value is not None}


def engine_version(name: str) -> dict[str, Any]:
    """Describes an engine version."""
    return {
        "Engine": versions.ENGINE,
        "EngineVersion": name,
        "MajorEngineVersion": name.split(".")[0],
        "DBParameterGroupFamily": versions.family(),
        "DBEngineDescription": "PostgreSQL",
        "DBEngineVersionDescription": f"PostgreSQL {name}",
        "ValidUpgradeTarget": [
            {"Engine": versions.ENGINE, "EngineVersion": newer, "IsMajorVersionUpgrade": False, "AutoUpgrade": False}
            for newer in versions.available()
            if versions.order(newer) > versions.order(name)
        ],
        "SupportsReadReplica": False,
        "Status": "available",
    }
