"""Descriptions of DB instances, parameters and engine versions, in the API's spelling."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from localstack_engines.services.rds import models
from localstack_engines.services.rds.control import certificates, instance_classes, maintenance, parameters, versions
from localstack_engines.services.rds.control.instance_classes import StorageType
from localstack_engines.services.rds.control.parameters import Parameter
from localstack_engines.services.rds.models import Instance, ParameterGroup
from localstack_engines.toolkit import settings

_ABSENT = {
    "ActivityStreamStatus": "stopped",
    "AssociatedRoles": [],
    "BackupTarget": "region",
    "CustomerOwnedIpEnabled": False,
    "DatabaseInsightsMode": "standard",
    "DedicatedLogVolume": False,
    "DomainMemberships": [],
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
    description["IAMDatabaseAuthenticationEnabled"] = found.token_logins
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
    if found.cluster is not None:
        description["PromotionTier"] = found.promotion_tier
    elif found.primary is not None:
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


def group_parameters(group: ParameterGroup, source: str | None) -> list[dict[str, Any]]:
    """Describes the parameters of a group, or those whose value is from `source`: user or engine-default."""
    described = [parameter(one, group.parameters.get(name)) for name, one in parameters.of_family(group.family).items()]
    return [one for one in described if source in (None, one["Source"])]


_ENGINE_NAMES = {versions.ENGINE: "PostgreSQL", versions.AURORA: "Aurora PostgreSQL"}


def engine_version(engine: str, name: str) -> dict[str, Any]:
    """Describes an engine version. Its description says what runs it here when that is another major version."""
    described = f"{_ENGINE_NAMES[engine]} {name}"
    if versions.substitute(engine, name):
        described += f" (runs on PostgreSQL {versions.installed()} locally)"
    found: dict[str, Any] = {
        "Engine": engine,
        "EngineVersion": name,
        "MajorEngineVersion": versions.major_of(name),
        "DBParameterGroupFamily": versions.family(engine, name),
        "DBEngineDescription": _ENGINE_NAMES[engine],
        "DBEngineVersionDescription": described,
        "ValidUpgradeTarget": [_upgrade(engine, name, newer) for newer in _newer(engine, name)],
        "SupportsReadReplica": engine == versions.ENGINE,
        "Status": "available",
    }
    if engine == versions.AURORA:
        found["SupportedEngineModes"] = ["provisioned"]
        found["ServerlessV2FeaturesSupport"] = {"MinCapacity": 0.0, "MaxCapacity": 256.0}
    return found


def _newer(engine: str, name: str) -> list[str]:
    return [newer for newer in versions.available(engine) if versions.order(newer) > versions.order(name)]


def _upgrade(engine: str, current: str, newer: str) -> dict[str, Any]:
    is_major = versions.major_of(newer) != versions.major_of(current)
    return {"Engine": engine, "EngineVersion": newer, "IsMajorVersionUpgrade": is_major, "AutoUpgrade": False}


_SUPPORT_YEARS = {"11": 2019, "12": 2020, "13": 2021, "14": 2022, "15": 2023, "16": 2024, "17": 2025}
"""The year in which RDS's standard support of a major version began. It ends in February, five years later."""


def major_version(engine: str, major: str) -> dict[str, Any]:
    """Describes a major version."""
    first = _SUPPORT_YEARS[major]
    life_cycle = {
        "LifecycleSupportName": "open-source-rds-standard-support",
        "LifecycleSupportStartDate": datetime(first, 1, 14, tzinfo=UTC),
        "LifecycleSupportEndDate": datetime(first + 5, 2, 28, tzinfo=UTC),
    }
    return {"Engine": engine, "MajorEngineVersion": major, "SupportedEngineLifecycles": [life_cycle]}


_NO_LIMITS = StorageType(minimum=1)
"""Aurora's storage grows by itself."""


def orderable(engine: str, version: str, instance_class: str, storage_type: str, zones: list[str]) -> dict[str, Any]:
    """Describes a combination that CreateDBInstance accepts."""
    kind = instance_classes.STORAGE_TYPES.get(storage_type, _NO_LIMITS)
    described: dict[str, Any] = {
        "Engine": engine,
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
        "SupportsEnhancedMonitoring": True,
        "SupportsIAMDatabaseAuthentication": True,
        "SupportsPerformanceInsights": True,
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
        "SupportsClusters": engine == versions.AURORA,
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
