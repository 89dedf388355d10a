"""What the local RDS service does with each operation and member of its API. See `toolkit/support.py`."""

from typing import Any

from localstack_engines.services.rds import support_clusters
from localstack_engines.toolkit.support import Members, Support

_MOTO: dict[str, str] = {}
"""Operations that moto answers, and why its record is all there is to them."""

_ONE_SERVER = "a DB instance is one PostgreSQL server"
_ROLES = "PostgreSQL's servers here call no AWS service"
_REFUSED = {
    "AddRoleToDBInstance": _ROLES,
    "CreateBlueGreenDeployment": _ONE_SERVER,
    "CreateDBProxy": "clients connect to the server itself",
    "CreateDBSecurityGroup": "DB security groups belong to EC2-Classic, which AWS has retired",
    "CreateDBShardGroup": _ONE_SERVER,
    "CreateTenantDatabase": "it is Oracle's",
    "StartDBInstanceAutomatedBackupsReplication": "backups stay in the region",
    "StartExportTask": "snapshots are not exported",
    "SwitchoverReadReplica": "it is Oracle's",
}
"""Operations whose error gives a reason."""

_NO_LOCAL_MEANING = {
    "AutoMinorVersionUpgrade": "one minor release is installed",
    "CertificateRotationRestart": "there is one certificate authority",
    "DeleteAutomatedBackups": "no automated backups are kept",
    "EnablePerformanceInsights": "no load is measured; the setting is recorded",
    "MonitoringInterval": "no metrics are collected; the setting is checked and recorded",
    "MonitoringRoleArn": "no metrics are collected; the role has to exist, and is recorded",
    "MultiAZ": "a server has no standby; the setting and two zones are recorded, and a failover changes them",
    "PerformanceInsightsKMSKeyId": "no load is measured; the key has to exist, and is recorded",
    "PerformanceInsightsRetentionPeriod": "no load is measured; the setting is recorded",
    "PreferredBackupWindow": "no automated snapshots are taken; the window is recorded",
    "PubliclyAccessible": "every server is reached through the host's ports; the setting is recorded",
    "UseDefaultProcessorFeatures": "PostgreSQL's instance classes have no other ones",
}
_MONITORING = (
    "MonitoringInterval MonitoringRoleArn EnablePerformanceInsights PerformanceInsightsKMSKeyId "
    "PerformanceInsightsRetentionPeriod"
)
_ONLY: dict[str, tuple[Any, ...]] = {
    "BackupTarget": ("region",),
    "DatabaseInsightsMode": ("standard",),
    "EngineLifecycleSupport": ("open-source-rds-extended-support", "open-source-rds-extended-support-disabled"),
    "MasterUserAuthenticationType": ("password",),
    "NetworkType": ("IPV4",),
    "SnapshotTarget": ("region",),
}
_NOTHING = "there is nothing that it could choose from"


def _instance(used: str, ignored: str, only: str) -> Members:
    """Returns the members of a request for an instance; those of `ignored` and `only` are explained above."""
    reasons = {name: _NO_LOCAL_MEANING[name] for name in ignored.split()}
    return Members(used, ignored=reasons, only={name: _ONLY[name] for name in only.split()})


def _absent(used: str, ignored: str = "Filters") -> Members:
    """Returns the members of a description of what cannot exist here."""
    return Members(used, ignored=dict.fromkeys(ignored.split(), _NOTHING))


_MEMBERS = {
    "CreateDBInstanceMessage": _instance(
        (
            "DBName DBInstanceIdentifier AllocatedStorage DBInstanceClass Engine MasterUsername "
            "MasterUserPassword VpcSecurityGroupIds AvailabilityZone DBSubnetGroupName "
            "PreferredMaintenanceWindow DBParameterGroupName BackupRetentionPeriod Port EngineVersion "
            "LicenseModel Iops StorageThroughput OptionGroupName Tags StorageType StorageEncrypted KmsKeyId "
            "CopyTagsToSnapshot EnableCloudwatchLogsExports DeletionProtection MaxAllocatedStorage "
            "CACertificateIdentifier ManageMasterUserPassword MasterUserSecretKmsKeyId DBClusterIdentifier "
            "PromotionTier EnableIAMDatabaseAuthentication"
        ),
        f"PreferredBackupWindow MultiAZ AutoMinorVersionUpgrade PubliclyAccessible {_MONITORING}",
        ("DatabaseInsightsMode NetworkType BackupTarget EngineLifecycleSupport MasterUserAuthenticationType"),
    ),
    "ModifyDBInstanceMessage": _instance(
        (
            "DBInstanceIdentifier AllocatedStorage DBInstanceClass DBSubnetGroupName VpcSecurityGroupIds "
            "ApplyImmediately MasterUserPassword DBParameterGroupName BackupRetentionPeriod "
            "PreferredMaintenanceWindow EngineVersion LicenseModel Iops StorageThroughput OptionGroupName "
            "NewDBInstanceIdentifier StorageType CACertificateIdentifier CopyTagsToSnapshot DBPortNumber "
            "CloudwatchLogsExportConfiguration DeletionProtection MaxAllocatedStorage "
            "ManageMasterUserPassword RotateMasterUserPassword MasterUserSecretKmsKeyId Engine "
            "AllowMajorVersionUpgrade PromotionTier EnableIAMDatabaseAuthentication"
        ),
        (
            "PreferredBackupWindow MultiAZ AutoMinorVersionUpgrade "
            f"PubliclyAccessible UseDefaultProcessorFeatures CertificateRotationRestart {_MONITORING}"
        ),
        ("DatabaseInsightsMode NetworkType MasterUserAuthenticationType EngineLifecycleSupport"),
    ),
    "RestoreDBInstanceFromDBSnapshotMessage": _instance(
        (
            "DBInstanceIdentifier DBSnapshotIdentifier DBInstanceClass Port AvailabilityZone "
            "DBSubnetGroupName LicenseModel DBName Engine Iops StorageThroughput OptionGroupName Tags "
            "StorageType VpcSecurityGroupIds CopyTagsToSnapshot EnableCloudwatchLogsExports "
            "DBParameterGroupName DeletionProtection AllocatedStorage BackupRetentionPeriod "
            "CACertificateIdentifier ManageMasterUserPassword MasterUserSecretKmsKeyId "
            "EnableIAMDatabaseAuthentication"
        ),
        ("MultiAZ PubliclyAccessible AutoMinorVersionUpgrade UseDefaultProcessorFeatures PreferredBackupWindow"),
        "NetworkType BackupTarget EngineLifecycleSupport",
    ),
    "RestoreDBInstanceToPointInTimeMessage": _instance(
        (
            "SourceDBInstanceIdentifier TargetDBInstanceIdentifier RestoreTime UseLatestRestorableTime "
            "DBInstanceClass Port AvailabilityZone DBSubnetGroupName LicenseModel DBName Engine Iops "
            "StorageThroughput OptionGroupName CopyTagsToSnapshot Tags StorageType VpcSecurityGroupIds "
            "EnableCloudwatchLogsExports DBParameterGroupName DeletionProtection SourceDbiResourceId "
            "MaxAllocatedStorage AllocatedStorage BackupRetentionPeriod CACertificateIdentifier "
            "ManageMasterUserPassword MasterUserSecretKmsKeyId EnableIAMDatabaseAuthentication"
        ),
        ("MultiAZ PubliclyAccessible AutoMinorVersionUpgrade UseDefaultProcessorFeatures PreferredBackupWindow"),
        "NetworkType BackupTarget EngineLifecycleSupport",
    ),
    "CreateDBInstanceReadReplicaMessage": _instance(
        (
            "DBInstanceIdentifier SourceDBInstanceIdentifier DBInstanceClass AvailabilityZone Port Iops "
            "StorageThroughput OptionGroupName DBParameterGroupName Tags DBSubnetGroupName "
            "VpcSecurityGroupIds StorageType CopyTagsToSnapshot KmsKeyId EnableCloudwatchLogsExports "
            "DeletionProtection MaxAllocatedStorage AllocatedStorage CACertificateIdentifier SourceRegion "
            "EnableIAMDatabaseAuthentication"
        ),
        f"MultiAZ AutoMinorVersionUpgrade PubliclyAccessible UseDefaultProcessorFeatures {_MONITORING}",
        "DatabaseInsightsMode NetworkType BackupTarget",
    ),
    "AddSourceIdentifierToSubscriptionMessage": Members("SubscriptionName SourceIdentifier"),
    "AddTagsToResourceMessage": Members("ResourceName Tags"),
    "ApplyPendingMaintenanceActionMessage": Members(
        "ResourceIdentifier ApplyAction", ignored={"OptInType": "there is no action to opt in to"}
    ),
    "CancelExportTaskMessage": _absent("ExportTaskIdentifier", ""),
    "CopyDBParameterGroupMessage": Members(
        "SourceDBParameterGroupIdentifier TargetDBParameterGroupIdentifier TargetDBParameterGroupDescription Tags"
    ),
    "CopyDBSnapshotMessage": Members(
        ("SourceDBSnapshotIdentifier TargetDBSnapshotIdentifier KmsKeyId Tags CopyTags OptionGroupName SourceRegion"),
        only={"SnapshotTarget": _ONLY["SnapshotTarget"]},
    ),
    "CopyOptionGroupMessage": Members(
        "SourceOptionGroupIdentifier TargetOptionGroupIdentifier TargetOptionGroupDescription Tags"
    ),
    "CreateDBParameterGroupMessage": Members(
        "DBParameterGroupName DBParameterGroupFamily", recorded="Description Tags"
    ),
    "CreateDBSnapshotMessage": Members("DBSnapshotIdentifier DBInstanceIdentifier", recorded="Tags"),
    "CreateDBSubnetGroupMessage": Members("DBSubnetGroupName SubnetIds", recorded="DBSubnetGroupDescription Tags"),
    "CreateEventSubscriptionMessage": Members(
        "SubscriptionName SnsTopicArn SourceType EventCategories SourceIds Enabled Tags"
    ),
    "CreateOptionGroupMessage": Members("OptionGroupName EngineName MajorEngineVersion OptionGroupDescription Tags"),
    "DeleteDBInstanceMessage": _instance(
        "DBInstanceIdentifier SkipFinalSnapshot FinalDBSnapshotIdentifier", "DeleteAutomatedBackups", ""
    ),
    "DeleteDBInstanceAutomatedBackupMessage": Members("DbiResourceId DBInstanceAutomatedBackupsArn"),
    "DeleteDBParameterGroupMessage": Members("DBParameterGroupName"),
    "DeleteDBProxyRequest": _absent("DBProxyName", ""),
    "DeleteDBSnapshotMessage": Members("DBSnapshotIdentifier"),
    "DeleteDBSubnetGroupMessage": Members("DBSubnetGroupName"),
    "DeleteEventSubscriptionMessage": Members("SubscriptionName"),
    "DeleteOptionGroupMessage": Members("OptionGroupName"),
    "DescribeBlueGreenDeploymentsRequest": _absent("BlueGreenDeploymentIdentifier Marker MaxRecords"),
    "DescribeCertificatesMessage": Members("CertificateIdentifier MaxRecords Marker"),
    "DescribeDBEngineVersionsMessage": Members(
        "Engine EngineVersion DBParameterGroupFamily MaxRecords Marker DefaultOnly Filters",
        ignored={
            name: "PostgreSQL has none of an engine version"
            for name in ("ListSupportedCharacterSets", "ListSupportedTimezones")
        }
        | {"IncludeAll": "every version is available"},
    ),
    "DescribeDBInstanceAutomatedBackupsMessage": Members(
        "DbiResourceId DBInstanceIdentifier MaxRecords Marker DBInstanceAutomatedBackupsArn"
    ),
    "DescribeDBInstancesMessage": Members("DBInstanceIdentifier MaxRecords Marker Filters"),
    "DescribeDBLogFilesMessage": Members(
        "DBInstanceIdentifier FilenameContains FileLastWritten FileSize MaxRecords Marker"
    ),
    "DescribeDBMajorEngineVersionsRequest": Members("Engine MajorEngineVersion Marker MaxRecords"),
    "DescribeDBParameterGroupsMessage": Members("DBParameterGroupName MaxRecords Marker"),
    "DescribeDBParametersMessage": Members("DBParameterGroupName Source MaxRecords Marker"),
    "DescribeDBProxiesRequest": _absent("DBProxyName Marker MaxRecords"),
    "DescribeDBProxyEndpointsRequest": _absent("DBProxyName DBProxyEndpointName Marker MaxRecords"),
    "DescribeDBProxyTargetGroupsRequest": _absent("DBProxyName Marker MaxRecords", "TargetGroupName Filters"),
    "DescribeDBProxyTargetsRequest": _absent("DBProxyName Marker MaxRecords", "TargetGroupName Filters"),
    "DescribeDBRecommendationsMessage": _absent(
        "MaxRecords Marker", "LastUpdatedAfter LastUpdatedBefore Locale Filters"
    ),
    "DescribeDBSecurityGroupsMessage": _absent("DBSecurityGroupName MaxRecords Marker"),
    "DescribeDBShardGroupsMessage": _absent("DBShardGroupIdentifier Marker MaxRecords"),
    "DescribeDBSnapshotAttributesMessage": Members("DBSnapshotIdentifier"),
    "DescribeDBSnapshotTenantDatabasesMessage": _absent(
        "DBInstanceIdentifier DBSnapshotIdentifier MaxRecords Marker", "SnapshotType Filters DbiResourceId"
    ),
    "DescribeDBSnapshotsMessage": Members(
        ("DBInstanceIdentifier DBSnapshotIdentifier SnapshotType MaxRecords Marker DbiResourceId Filters"),
        ignored={
            "IncludePublic": "no snapshot is public unless SnapshotType asks for it",
            "IncludeShared": "SnapshotType asks for shared snapshots",
        },
    ),
    "DescribeDBSubnetGroupsMessage": Members("DBSubnetGroupName MaxRecords Marker"),
    "DescribeEngineDefaultParametersMessage": Members("DBParameterGroupFamily Filters MaxRecords Marker"),
    "DescribeEventCategoriesMessage": Members("SourceType"),
    "DescribeEventSubscriptionsMessage": Members("SubscriptionName MaxRecords Marker"),
    "DescribeEventsMessage": Members(
        "SourceIdentifier SourceType StartTime EndTime Duration EventCategories MaxRecords Marker"
    ),
    "DescribeExportTasksMessage": _absent("ExportTaskIdentifier Marker MaxRecords", "SourceArn Filters SourceType"),
    "DescribeGlobalClustersMessage": _absent("GlobalClusterIdentifier MaxRecords Marker"),
    "DescribeIntegrationsMessage": _absent("IntegrationIdentifier MaxRecords Marker"),
    "DescribeOptionGroupOptionsMessage": Members("EngineName MajorEngineVersion MaxRecords Marker"),
    "DescribeOptionGroupsMessage": Members("OptionGroupName Marker MaxRecords EngineName MajorEngineVersion"),
    "DescribeOrderableDBInstanceOptionsMessage": Members(
        "Engine EngineVersion DBInstanceClass LicenseModel Vpc MaxRecords Marker"
    ),
    "DescribePendingMaintenanceActionsMessage": _absent("ResourceIdentifier MaxRecords Marker"),
    "DescribeReservedDBInstancesMessage": _absent(
        "ReservedDBInstanceId ReservedDBInstancesOfferingId MaxRecords Marker",
        "DBInstanceClass Duration ProductDescription OfferingType MultiAZ LeaseId Filters",
    ),
    "DescribeReservedDBInstancesOfferingsMessage": _absent(
        "ReservedDBInstancesOfferingId MaxRecords Marker",
        "DBInstanceClass Duration ProductDescription OfferingType MultiAZ Filters",
    ),
    "DescribeSourceRegionsMessage": _absent("MaxRecords Marker", "RegionName Filters"),
    "DescribeTenantDatabasesMessage": _absent("DBInstanceIdentifier Marker MaxRecords", "TenantDBName Filters"),
    "DescribeValidDBInstanceModificationsMessage": Members("DBInstanceIdentifier"),
    "DownloadDBLogFilePortionMessage": Members("DBInstanceIdentifier LogFileName Marker NumberOfLines"),
    "ListTagsForResourceMessage": Members("ResourceName"),
    "ModifyCertificatesMessage": Members("CertificateIdentifier RemoveCustomerOverride"),
    "ModifyDBParameterGroupMessage": Members("DBParameterGroupName Parameters"),
    "ModifyDBRecommendationMessage": _absent("RecommendationId", "Locale Status RecommendedActionUpdates"),
    "ModifyDBSnapshotMessage": Members("DBSnapshotIdentifier EngineVersion OptionGroupName"),
    "ModifyDBSnapshotAttributeMessage": Members(
        "DBSnapshotIdentifier", recorded="AttributeName ValuesToAdd ValuesToRemove"
    ),
    "ModifyDBSubnetGroupMessage": Members("DBSubnetGroupName SubnetIds", recorded="DBSubnetGroupDescription"),
    "ModifyEventSubscriptionMessage": Members("SubscriptionName SnsTopicArn SourceType EventCategories Enabled"),
    "ModifyOptionGroupMessage": Members(
        "OptionGroupName OptionsToInclude OptionsToRemove",
        ignored={"ApplyImmediately": "there are no options to apply"},
    ),
    "PromoteReadReplicaMessage": _instance("DBInstanceIdentifier BackupRetentionPeriod", "PreferredBackupWindow", ""),
    "PurchaseReservedDBInstancesOfferingMessage": _absent(
        "ReservedDBInstancesOfferingId", "ReservedDBInstanceId DBInstanceCount Tags"
    ),
    "RebootDBInstanceMessage": Members("DBInstanceIdentifier ForceFailover"),
    "RemoveSourceIdentifierFromSubscriptionMessage": Members("SubscriptionName SourceIdentifier"),
    "RemoveTagsFromResourceMessage": Members("ResourceName TagKeys"),
    "ResetDBParameterGroupMessage": Members("DBParameterGroupName ResetAllParameters Parameters"),
    "StartDBInstanceMessage": Members("DBInstanceIdentifier"),
    "StopDBInstanceMessage": Members("DBInstanceIdentifier DBSnapshotIdentifier"),
    "Tag": Members("Key Value"),
    "Filter": Members("Name Values"),
    "CloudwatchLogsExportConfiguration": Members("EnableLogTypes DisableLogTypes"),
    "Parameter": Members(
        "ParameterName ParameterValue ApplyMethod",
        ignored=dict.fromkeys(
            (
                "Description Source ApplyType DataType AllowedValues IsModifiable MinimumEngineVersion "
                "SupportedEngineModes"
            ).split(),
            "the description of a parameter, which AWS does not read either",
        ),
    ),
    "OptionConfiguration": Members(
        "OptionName",
        ignored=dict.fromkeys(
            "Port OptionVersion DBSecurityGroupMemberships VpcSecurityGroupMemberships OptionSettings".split(),
            "PostgreSQL has no options",
        ),
    ),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

_MISSING = ("MissingParameter", "The request must contain the parameter {}")
SUPPORT = Support(
    "InvalidParameterValue",
    {**_MEMBERS, **support_clusters.MEMBERS},
    moto=_MOTO,
    refused={**_REFUSED, **support_clusters.REFUSED},
    missing_error=_MISSING,
)
