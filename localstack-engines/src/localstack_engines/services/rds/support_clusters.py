"""What the local RDS service does with the members of its API's requests for DB clusters."""

from typing import Any

from localstack_engines.toolkit.support import Members

_NO_LOCAL_MEANING = {
    "ApplyImmediately": "changes of a cluster are applied at once",
    "AutoMinorVersionUpgrade": "one minor release is installed",
    "DeleteAutomatedBackups": "no automated backups are kept",
}
_ONLY: dict[str, tuple[Any, ...]] = {
    "DatabaseInsightsMode": ("standard",),
    "EngineLifecycleSupport": ("open-source-rds-extended-support", "open-source-rds-extended-support-disabled"),
    "EngineMode": ("provisioned",),
    "MasterUserAuthenticationType": ("password",),
    "MonitoringInterval": (0,),
    "NetworkType": ("IPV4",),
    "RestoreType": ("full-copy", "copy-on-write"),
}


def _cluster(used: str, ignored: str, only: str) -> Members:
    reasons = {name: _NO_LOCAL_MEANING[name] for name in ignored.split()}
    return Members(used, ignored=reasons, only={name: _ONLY[name] for name in only.split()})


_SHARED = (
    "DBClusterIdentifier BackupRetentionPeriod VpcSecurityGroupIds DBClusterParameterGroupName Port "
    "PreferredBackupWindow StorageType DeletionProtection CopyTagsToSnapshot ServerlessV2ScalingConfiguration "
    "EngineLifecycleSupport EnableIAMDatabaseAuthentication "
)
_NEW = f"{_SHARED} DBSubnetGroupName Tags KmsKeyId EnableCloudwatchLogsExports "
_PAGES = "MaxRecords Marker"

MEMBERS = {
    "CreateDBClusterMessage": _cluster(
        f"{_NEW} AvailabilityZones DatabaseName Engine EngineVersion MasterUsername MasterUserPassword "
        "PreferredMaintenanceWindow StorageEncrypted ManageMasterUserPassword MasterUserSecretKmsKeyId",
        "AutoMinorVersionUpgrade",
        "DatabaseInsightsMode EngineMode MasterUserAuthenticationType MonitoringInterval NetworkType",
    ),
    "ModifyDBClusterMessage": _cluster(
        f"{_SHARED} EngineVersion MasterUserPassword PreferredMaintenanceWindow CloudwatchLogsExportConfiguration "
        "AllowMajorVersionUpgrade DBInstanceParameterGroupName ManageMasterUserPassword RotateMasterUserPassword "
        "MasterUserSecretKmsKeyId",
        "ApplyImmediately AutoMinorVersionUpgrade",
        "DatabaseInsightsMode EngineMode MasterUserAuthenticationType MonitoringInterval NetworkType",
    ),
    "RestoreDBClusterFromSnapshotMessage": _cluster(
        f"{_NEW} AvailabilityZones SnapshotIdentifier Engine EngineVersion DatabaseName",
        "",
        "EngineMode MonitoringInterval NetworkType",
    ),
    "RestoreDBClusterToPointInTimeMessage": _cluster(
        f"{_NEW} SourceDBClusterIdentifier SourceDbClusterResourceId RestoreToTime UseLatestRestorableTime",
        "",
        "EngineMode MonitoringInterval NetworkType RestoreType",
    ),
    "ServerlessV2ScalingConfiguration": Members("MinCapacity MaxCapacity SecondsUntilAutoPause"),
    "DeleteDBClusterMessage": _cluster(
        "DBClusterIdentifier SkipFinalSnapshot FinalDBSnapshotIdentifier", "DeleteAutomatedBackups", ""
    ),
    "DescribeDBClustersMessage": Members(
        f"DBClusterIdentifier Filters {_PAGES}", ignored={"IncludeShared": "no cluster is shared with another account"}
    ),
    "FailoverDBClusterMessage": Members("DBClusterIdentifier TargetDBInstanceIdentifier"),
    "StartDBClusterMessage": Members("DBClusterIdentifier"),
    "StopDBClusterMessage": Members("DBClusterIdentifier"),
    "CreateDBClusterEndpointMessage": Members(
        "DBClusterIdentifier DBClusterEndpointIdentifier EndpointType StaticMembers ExcludedMembers Tags"
    ),
    "ModifyDBClusterEndpointMessage": Members("DBClusterEndpointIdentifier EndpointType StaticMembers ExcludedMembers"),
    "DeleteDBClusterEndpointMessage": Members("DBClusterEndpointIdentifier"),
    "DescribeDBClusterEndpointsMessage": Members(f"DBClusterIdentifier DBClusterEndpointIdentifier Filters {_PAGES}"),
    "CreateDBClusterParameterGroupMessage": Members(
        "DBClusterParameterGroupName DBParameterGroupFamily Description Tags"
    ),
    "CopyDBClusterParameterGroupMessage": Members(
        "SourceDBClusterParameterGroupIdentifier TargetDBClusterParameterGroupIdentifier "
        "TargetDBClusterParameterGroupDescription Tags"
    ),
    "DescribeDBClusterParameterGroupsMessage": Members(f"DBClusterParameterGroupName {_PAGES}"),
    "DescribeDBClusterParametersMessage": Members(f"DBClusterParameterGroupName Source {_PAGES}"),
    "DescribeEngineDefaultClusterParametersMessage": Members(f"DBParameterGroupFamily {_PAGES}"),
    "ModifyDBClusterParameterGroupMessage": Members("DBClusterParameterGroupName Parameters"),
    "ResetDBClusterParameterGroupMessage": Members("DBClusterParameterGroupName ResetAllParameters Parameters"),
    "DeleteDBClusterParameterGroupMessage": Members("DBClusterParameterGroupName"),
    "CreateDBClusterSnapshotMessage": Members("DBClusterSnapshotIdentifier DBClusterIdentifier Tags"),
    "CopyDBClusterSnapshotMessage": Members(
        "SourceDBClusterSnapshotIdentifier TargetDBClusterSnapshotIdentifier KmsKeyId CopyTags Tags"
    ),
    "DescribeDBClusterSnapshotsMessage": Members(
        "DBClusterIdentifier DBClusterSnapshotIdentifier SnapshotType IncludeShared IncludePublic DbClusterResourceId "
        f"{_PAGES}"
    ),
    "DeleteDBClusterSnapshotMessage": Members("DBClusterSnapshotIdentifier"),
    "DescribeDBClusterSnapshotAttributesMessage": Members("DBClusterSnapshotIdentifier"),
    "ModifyDBClusterSnapshotAttributeMessage": Members(
        "DBClusterSnapshotIdentifier AttributeName ValuesToAdd ValuesToRemove"
    ),
    "DescribeDBClusterAutomatedBackupsMessage": Members(f"DbClusterResourceId DBClusterIdentifier {_PAGES}"),
    "DeleteDBClusterAutomatedBackupMessage": Members("DbClusterResourceId"),
    "DescribeDBClusterBacktracksMessage": Members(
        f"DBClusterIdentifier {_PAGES}",
        ignored=dict.fromkeys(("BacktrackIdentifier", "Filters"), "there is nothing that it could choose from"),
    ),
}
"""What becomes of the members of each structure."""

_ROLES = "PostgreSQL's servers here call no AWS service"
_GLOBAL = "clusters stay in their region"
REFUSED = {
    "AddRoleToDBCluster": _ROLES,
    "RemoveRoleFromDBCluster": _ROLES,
    "BacktrackDBCluster": "it is Aurora MySQL's",
    "CreateGlobalCluster": _GLOBAL,
    "DeleteGlobalCluster": _GLOBAL,
    "FailoverGlobalCluster": _GLOBAL,
    "ModifyGlobalCluster": _GLOBAL,
    "RemoveFromGlobalCluster": _GLOBAL,
    "SwitchoverGlobalCluster": _GLOBAL,
    "EnableHttpEndpoint": "the RDS Data API does not exist here",
    "DisableHttpEndpoint": "the RDS Data API does not exist here",
    "ModifyCurrentDBClusterCapacity": "it is Aurora Serverless v1's, which AWS has retired",
    "PromoteReadReplicaDBCluster": "no cluster is the replica of another one",
    "RebootDBCluster": "it is for Multi-AZ DB clusters: reboot the instances of an Aurora cluster",
    "RestoreDBClusterFromS3": "it is Aurora MySQL's",
}
"""Operations whose error gives a reason."""
