"""Descriptions of DB clusters, their snapshots, endpoints and parameter groups, in the API's spelling."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from localstack_engines.services.rds import models
from localstack_engines.services.rds.cluster_models import (
    Cluster,
    ClusterParameterGroup,
    ClusterSnapshot,
    CustomEndpoint,
)
from localstack_engines.services.rds.control import certificates
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit import settings

_ABSENT = {
    "ActivityStreamStatus": "stopped",
    "AssociatedRoles": [],
    "AutoMinorVersionUpgrade": True,
    "CrossAccountClone": False,
    "DatabaseInsightsMode": "standard",
    "DomainMemberships": [],
    "EngineMode": "provisioned",
    "HttpEndpointEnabled": False,
    "LocalWriteForwardingStatus": "disabled",
    "MonitoringInterval": 0,
    "NetworkType": "IPV4",
    "PerformanceInsightsEnabled": False,
    "ReadReplicaIdentifiers": [],
}
"""What a cluster has that has none of these features."""

_OF_A_SNAPSHOT = (
    "BackupRetentionPeriod", "IAMDatabaseAuthenticationEnabled", "KmsKeyId", "PreferredBackupWindow",
    "StorageEncrypted", "StorageType",
)  # fmt: skip
_OF_A_RESTORED_CLUSTER = ("KmsKeyId", "StorageEncrypted", "StorageType")


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def cluster(found: Cluster, zones: Sequence[str]) -> dict[str, Any]:
    """Describes a cluster; `zones` are the region's, of which a cluster uses three."""
    described = {
        **_ABSENT,
        **{name: value for name, value in found.recorded.items() if name != "VpcSecurityGroupIds"},
        "AllocatedStorage": 1,
        "AvailabilityZones": found.recorded.get("AvailabilityZones") or list(zones[:3]),
        "CertificateDetails": {
            "CAIdentifier": certificates.AUTHORITY,
            "ValidTill": certificates.authority().valid_till,
        },
        "ClusterCreateTime": found.created,
        "CustomEndpoints": [endpoint.address for endpoint in found.endpoints.values()],
        "DatabaseName": found.database,
        "DBClusterArn": found.arn,
        "DBClusterIdentifier": found.identifier,
        "DBClusterMembers": [_member(one) for one in found.members],
        "DBClusterParameterGroup": found.parameter_group,
        "DbClusterResourceId": found.resource_id,
        "EarliestRestorableTime": found.created,
        "Endpoint": settings.endpoint_host(),
        "Engine": found.engine,
        "EngineVersion": found.engine_version,
        "LatestRestorableTime": datetime.now(UTC),
        "MasterUsername": found.master_username,
        "MultiAZ": len(found.members) > 1,
        "Port": found.relay.port,
        "ReaderEndpoint": found.reader_address,
        "Status": found.state,
        "TagList": tag_list(found.tags),
        "VpcSecurityGroups": [
            {"VpcSecurityGroupId": group, "Status": "active"} for group in found.recorded["VpcSecurityGroupIds"]
        ],
    }
    if found.secret is not None:
        secret = found.secret
        described["MasterUserSecret"] = {
            "SecretArn": secret.secret_arn,
            "SecretStatus": "active",
            "KmsKeyId": secret.kms_key_id,
        }
    if found.state == models.CREATING:
        # AWS shows the endpoints when the cluster has them.
        for name in ("Endpoint", "ReaderEndpoint"):
            described.pop(name)
    return {name: value for name, value in described.items() if value is not None}


def _member(found: Instance) -> dict[str, Any]:
    return {
        "DBInstanceIdentifier": found.identifier,
        "IsClusterWriter": found.primary is None,
        "DBClusterParameterGroupStatus": found.parameter_status,
        "PromotionTier": found.promotion_tier,
    }


def snapshot(found: ClusterSnapshot) -> dict[str, Any]:
    """Describes a cluster snapshot."""
    described = {
        **{name: found.recorded.get(name) for name in _OF_A_SNAPSHOT},
        "AllocatedStorage": 1,
        "AvailabilityZones": found.recorded.get("AvailabilityZones"),
        "ClusterCreateTime": found.cluster_created,
        "DBClusterIdentifier": found.cluster,
        "DbClusterResourceId": found.cluster_resource_id,
        "DBClusterSnapshotArn": found.arn,
        "DBClusterSnapshotIdentifier": found.key[2],
        "Engine": found.engine,
        "EngineMode": "provisioned",
        "EngineVersion": found.engine_version,
        "LicenseModel": "postgresql-license",
        "MasterUsername": found.master_username,
        "PercentProgress": 100,
        "Port": found.port,
        "SnapshotCreateTime": found.created,
        "SnapshotType": "manual",
        "SourceDBClusterSnapshotArn": found.source_arn,
        "Status": "available",
        "TagList": tag_list(found.tags),
    }
    return {name: value for name, value in described.items() if value is not None}


def restored_settings(found: dict[str, Any]) -> dict[str, Any]:
    """Returns what a restored cluster has from the settings of its source, by CreateDBCluster's members."""
    return {name: found[name] for name in _OF_A_RESTORED_CLUSTER if found.get(name) is not None}


def endpoint(found: CustomEndpoint, cluster_name: str) -> dict[str, Any]:
    """Describes a custom endpoint."""
    return {
        "DBClusterEndpointIdentifier": found.name,
        "DBClusterIdentifier": cluster_name,
        "DBClusterEndpointResourceIdentifier": found.resource_id,
        "DBClusterEndpointArn": found.arn,
        "Endpoint": found.address,
        "Status": models.AVAILABLE,
        "EndpointType": "CUSTOM",
        "CustomEndpointType": found.kind,
        "StaticMembers": list(found.static),
        "ExcludedMembers": list(found.excluded),
    }


def parameter_group(found: ClusterParameterGroup) -> dict[str, Any]:
    """Describes a cluster parameter group."""
    return {
        "DBClusterParameterGroupName": found.name,
        "DBParameterGroupFamily": found.family,
        "Description": found.description,
        "DBClusterParameterGroupArn": found.arn,
    }
