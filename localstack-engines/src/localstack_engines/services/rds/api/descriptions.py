"""Descriptions of DB instances, parameters and engine versions, in the API's spelling."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from localstack_engines.services.rds import models
from localstack_engines.services.rds.control import certificates, instance_classes, maintenance, versions
from localstack_engines.services.rds.control.instance_classes import StorageType
from localstack_engines.services.rds.control.parameters import Parameter
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit import settings

_ABSENT = {
    "ActivityStreamStatus": "stopped",
    "AssociatedRoles": [],
    "BackupTarget": "region",
    "CustomerOwnedIpEnabled": False,
    "DatabaseInsightsMode": "standard",
    "DedicatedLogVolume": False,
    "DomainMemberships": [],
    "IAMDatabaseAuthenticationEnabled": False,
    "IsStorageConfigUpgradeAvailable": False,
    "MonitoringInterval": 0,
    "MultiTenant": False,
    "NetworkType": "IPV4",
    "PerformanceInsightsEnabled": False,
}
"""What an instance has that has none of these features."""

_DATA_TYPES = {"bool": "boolean", "real": "float", "enum": "string"}


def instance(description: dict[str, Any], found: Instance | None, replicas: Sequence[Instance] = ()) -> dict[str, Any]:
    """Completes a DBInstance of moto's response with the status, the address and the id of the server."""
    if found is None:
        return description
    description["DBInstanceStatus"] = found.status
    description["DbiResourceId"] = found.resource_id
    description["DbInstancePort"] = 0
    description["PendingModifiedValues"] = maintenance.pending_values(found.pending)
    for name, value in _ABSENT.items():
        if description.get(name) is None:
            description[name] = value
    authority = certificates.authority()
    description["CertificateDetails"] = {
        "CAIdentifier": certificates.AUTHORITY,
        "ValidTill": authority.valid_till,
    }
    if found.state == models.CREATING:
        # AWS shows no endpoint before the instance has one.
        description.pop("Endpoint", None)
    else:
        description["Endpoint"] = {"Address": settings.endpoint_host(), "Port": found.port}
    for group in description.get("DBParameterGroups") or []:
        group["ParameterApplyStatus"] = found.parameter_status
    description["ReadReplicaDBInstanceIdentifiers"] = [replica.identifier for replica in replicas]
    if found.primary is not None:
        description["ReadReplicaSourceDBInstanceIdentifier"] = found.primary.identifier
        replicating = found.server.ready and found.primary.server.ready
        state = "replicating" if replicating else "stopped"
        description["StatusInfos"] = [{"StatusType": "read replication", "Normal": replicating, "Status": state}]
    if found.state == models.FAILED:
        status = {"StatusType": "engine", "Normal": False, "Status": "error", "Message": found.failure}
        description["StatusInfos"] = [status]
    return description


def snapshot(description: dict[str, Any]) -> dict[str, Any]:
    """Completes a DBSnapshot of moto's response with what moto leaves out."""
    return {"PercentProgress": 100, "SnapshotTarget": "region", "LicenseModel": "postgresql-license", **description}


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
        "SupportsReadReplica": True,
        "Status": "available",
    }


def major_version() -> dict[str, Any]:
    """Describes the installed major version. RDS's standard support of PostgreSQL 17 ends in February 2030."""
    life_cycle = {
        "LifecycleSupportName": "open-source-rds-standard-support",
        "LifecycleSupportStartDate": datetime(2025, 1, 14, tzinfo=UTC),
        "LifecycleSupportEndDate": datetime(2030, 2, 28, tzinfo=UTC),
    }
    return {
        "Engine": versions.ENGINE,
        "MajorEngineVersion": versions.major(),
        "SupportedEngineLifecycles": [life_cycle],
    }


def orderable(version: str, instance_class: str, storage_type: str, zones: list[str]) -> dict[str, Any]:
    """Describes a combination that CreateDBInstance accepts."""
    kind = instance_classes.STORAGE_TYPES[storage_type]
    described: dict[str, Any] = {
        "Engine": versions.ENGINE,
        "EngineVersion": version,
        "DBInstanceClass": instance_class,
        "LicenseModel": "postgresql-license",
        "AvailabilityZones": [{"Name": zone} for zone in zones],
        "MultiAZCapable": True,
        "ReadReplicaCapable": True,
        "Vpc": True,
        "SupportsStorageEncryption": True,
        "StorageType": storage_type,
        "SupportsIops": kind.iops is not None,
        "SupportsStorageThroughput": kind.throughput is not None,
        "SupportsEnhancedMonitoring": False,
        "SupportsIAMDatabaseAuthentication": False,
        "SupportsPerformanceInsights": False,
        "MinStorageSize": kind.minimum,
        "MaxStorageSize": kind.maximum,
        "AvailableProcessorFeatures": [],
        "SupportedEngineModes": [],
        "SupportedNetworkTypes": ["IPV4"],
        "SupportedActivityStreamModes": [],
        "SupportsStorageAutoscaling": True,
        "SupportsKerberosAuthentication": False,
        "OutpostCapable": False,
        "SupportsGlobalDatabases": False,
        "SupportsClusters": False,
        "SupportsDedicatedLogVolume": False,
    }
    if kind.iops:
        described |= {"MinIopsPerDbInstance": kind.iops[0], "MaxIopsPerDbInstance": kind.iops[1]}
    if kind.throughput:
        low, high = kind.throughput
        described |= {"MinStorageThroughputPerDbInstance": low, "MaxStorageThroughputPerDbInstance": high}
    return described


def valid_storage(name: str, kind: StorageType, allocated: int) -> dict[str, Any]:
    """Describes a storage type that an instance with `allocated` GiB can change to."""
    described: dict[str, Any] = {
        "StorageType": name,
        "StorageSize": [{"From": max(kind.minimum, allocated), "To": kind.maximum, "Step": 1}],
        "SupportsStorageAutoscaling": True,
    }
    if kind.iops:
        described["ProvisionedIops"] = [{"From": kind.iops[0], "To": kind.iops[1], "Step": 1}]
    if kind.throughput:
        described["ProvisionedStorageThroughput"] = [{"From": kind.throughput[0], "To": kind.throughput[1], "Step": 1}]
    return described
