"""What the local RDS service does with each operation and member of its API. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import Members, Support, ignored

_MOTO = {
    "AddTagsToResource": "tags are records on AWS too",
    "RemoveTagsFromResource": "tags are records on AWS too",
    "ListTagsForResource": "tags are records on AWS too",
    "CopyDBParameterGroup": "a parameter group is a record, which instances read",
    "DescribeDBSnapshots": "the records of the snapshots that were taken",
    "DescribeDBClusters": "there are none, which is what it answers",
    "DescribeDBClusterSnapshots": "there are none, which is what it answers",
    "DescribeGlobalClusters": "there are none, which is what it answers",
    "DescribeOrderableDBInstanceOptions": "a list of the API's own constants",
}
"""Operations that moto answers, and why its record is all there is to them."""

_ONE_SERVER = "a DB instance is one PostgreSQL server"
_REFUSED = {
    "CreateBlueGreenDeployment": _ONE_SERVER,
    "CreateDBCluster": _ONE_SERVER,
    "CreateDBInstanceReadReplica": _ONE_SERVER,
    "CreateDBProxy": "clients connect to the server itself",
    "CreateDBShardGroup": _ONE_SERVER,
    "CreateEventSubscription": "no event is sent",
    "CreateGlobalCluster": _ONE_SERVER,
    "CreateOptionGroup": "PostgreSQL has no options",
    "PromoteReadReplica": _ONE_SERVER,
    "RestoreDBClusterFromSnapshot": _ONE_SERVER,
    "RestoreDBClusterToPointInTime": _ONE_SERVER,
    "RestoreDBInstanceToPointInTime": "the server's write-ahead log is not archived",
    "StartExportTask": "snapshots are not exported",
}
"""Operations whose error gives a reason."""

_REASONS = {
    "the server runs on this machine, with its disk": (
        "AvailabilityZone MultiAZ Iops StorageThroughput MaxAllocatedStorage PromotionTier PubliclyAccessible "
        "NetworkType StorageEncrypted DedicatedLogVolume BackupTarget UseDefaultProcessorFeatures"
    ),
    "no metrics of the server are collected": (
        "MonitoringInterval MonitoringRoleArn EnablePerformanceInsights PerformanceInsightsKMSKeyId "
        "PerformanceInsightsRetentionPeriod DatabaseInsightsMode"
    ),
    "nothing is maintained or backed up by the clock": (
        "PreferredMaintenanceWindow PreferredBackupWindow BackupRetentionPeriod AutoMinorVersionUpgrade "
        "AllowMajorVersionUpgrade EngineLifecycleSupport DeleteAutomatedBackups"
    ),
    "the server has one self-signed certificate": "CACertificateIdentifier CertificateRotationRestart",
    "storage at rest looks the same to every client": "KmsKeyId PreSignedUrl SourceRegion",
}
"""Why members have no local meaning."""

_MEMBERS = {
    "CopyDBSnapshotMessage": Members(
        used="SourceDBSnapshotIdentifier TargetDBSnapshotIdentifier",
        ignored=ignored("KmsKeyId Tags CopyTags PreSignedUrl TagSpecifications SourceRegion", _REASONS),
    ),
    "Tag": Members(
        ignored=ignored("Key Value", _REASONS),
    ),
    "TagSpecification": Members(
        ignored=ignored("ResourceType Tags", _REASONS),
    ),
    "CreateDBInstanceMessage": Members(
        used=(
            "DBName DBInstanceIdentifier AllocatedStorage DBInstanceClass Engine MasterUsername MasterUserPassword "
            "VpcSecurityGroupIds DBSubnetGroupName DBParameterGroupName Port EngineVersion LicenseModel StorageType "
            "ManageMasterUserPassword"
        ),
        ignored=ignored(
            (
                "AvailabilityZone PreferredMaintenanceWindow BackupRetentionPeriod PreferredBackupWindow MultiAZ "
                "AutoMinorVersionUpgrade Iops StorageThroughput PubliclyAccessible Tags StorageEncrypted KmsKeyId "
                "CopyTagsToSnapshot MonitoringInterval MonitoringRoleArn PromotionTier DatabaseInsightsMode "
                "EnablePerformanceInsights PerformanceInsightsKMSKeyId PerformanceInsightsRetentionPeriod "
                "EnableCloudwatchLogsExports DeletionProtection MaxAllocatedStorage NetworkType BackupTarget "
                "CACertificateIdentifier MasterUserSecretKmsKeyId DedicatedLogVolume EngineLifecycleSupport "
                "TagSpecifications MasterUserAuthenticationType"
            ),
            _REASONS,
        ),
    ),
    "ProcessorFeature": Members(
        ignored=ignored("Name Value", _REASONS),
    ),
    "AdditionalStorageVolume": Members(
        used="AllocatedStorage StorageType",
        ignored=ignored("VolumeName IOPS MaxAllocatedStorage StorageThroughput", _REASONS),
    ),
    "CreateDBParameterGroupMessage": Members(
        used="DBParameterGroupName DBParameterGroupFamily Description",
        ignored=ignored("Tags", _REASONS),
    ),
    "CreateDBSnapshotMessage": Members(
        used="DBSnapshotIdentifier DBInstanceIdentifier",
        ignored=ignored("Tags", _REASONS),
    ),
    "CreateDBSubnetGroupMessage": Members(
        used="DBSubnetGroupName SubnetIds",
        ignored=ignored("DBSubnetGroupDescription Tags", _REASONS),
    ),
    "DeleteDBInstanceMessage": Members(
        used="DBInstanceIdentifier SkipFinalSnapshot FinalDBSnapshotIdentifier",
        ignored=ignored("DeleteAutomatedBackups", _REASONS),
    ),
    "DeleteDBParameterGroupMessage": Members("DBParameterGroupName"),
    "DeleteDBSnapshotMessage": Members("DBSnapshotIdentifier"),
    "DeleteDBSubnetGroupMessage": Members("DBSubnetGroupName"),
    "DescribeDBEngineVersionsMessage": Members(
        used="Engine EngineVersion DBParameterGroupFamily MaxRecords Marker DefaultOnly",
        ignored=ignored("Filters IncludeAll", _REASONS),
    ),
    "Filter": Members(
        ignored=ignored("Name Values", _REASONS),
    ),
    "DescribeDBInstancesMessage": Members(
        used="DBInstanceIdentifier MaxRecords Marker",
        ignored=ignored("Filters", _REASONS),
    ),
    "DescribeDBLogFilesMessage": Members(
        used="DBInstanceIdentifier FilenameContains FileSize MaxRecords Marker",
        ignored=ignored("FileLastWritten Filters", _REASONS),
    ),
    "DescribeDBParameterGroupsMessage": Members(
        used="DBParameterGroupName MaxRecords Marker",
        ignored=ignored("Filters", _REASONS),
    ),
    "DescribeDBParametersMessage": Members(
        used="DBParameterGroupName Source MaxRecords Marker",
        ignored=ignored("Filters", _REASONS),
    ),
    "DescribeDBSubnetGroupsMessage": Members(
        used="DBSubnetGroupName MaxRecords Marker",
        ignored=ignored("Filters", _REASONS),
    ),
    "DescribeEngineDefaultParametersMessage": Members(
        used="DBParameterGroupFamily MaxRecords Marker",
        ignored=ignored("Filters", _REASONS),
    ),
    "DownloadDBLogFilePortionMessage": Members("DBInstanceIdentifier LogFileName Marker NumberOfLines"),
    "ModifyDBInstanceMessage": Members(
        used=(
            "DBInstanceIdentifier AllocatedStorage DBInstanceClass DBSubnetGroupName VpcSecurityGroupIds "
            "MasterUserPassword DBParameterGroupName EngineVersion LicenseModel NewDBInstanceIdentifier StorageType "
            "ManageMasterUserPassword RotateMasterUserPassword Engine"
        ),
        ignored=ignored(
            (
                "ApplyImmediately BackupRetentionPeriod PreferredBackupWindow PreferredMaintenanceWindow MultiAZ "
                "AllowMajorVersionUpgrade AutoMinorVersionUpgrade Iops StorageThroughput CACertificateIdentifier "
                "CopyTagsToSnapshot MonitoringInterval DBPortNumber PubliclyAccessible MonitoringRoleArn "
                "PromotionTier DatabaseInsightsMode EnablePerformanceInsights PerformanceInsightsKMSKeyId "
                "PerformanceInsightsRetentionPeriod CloudwatchLogsExportConfiguration UseDefaultProcessorFeatures "
                "DeletionProtection MaxAllocatedStorage CertificateRotationRestart NetworkType "
                "MasterUserSecretKmsKeyId DedicatedLogVolume TagSpecifications MasterUserAuthenticationType "
                "EngineLifecycleSupport"
            ),
            _REASONS,
        ),
    ),
    "CloudwatchLogsExportConfiguration": Members(
        ignored=ignored("EnableLogTypes DisableLogTypes", _REASONS),
    ),
    "ModifyAdditionalStorageVolume": Members(
        used="AllocatedStorage StorageType",
        ignored=ignored("VolumeName IOPS MaxAllocatedStorage StorageThroughput SetForDelete", _REASONS),
    ),
    "ModifyDBParameterGroupMessage": Members("DBParameterGroupName Parameters"),
    "Parameter": Members(
        used=(
            "ParameterName ParameterValue Description Source ApplyType DataType AllowedValues IsModifiable ApplyMethod"
        ),
        ignored=ignored("MinimumEngineVersion SupportedEngineModes", _REASONS),
    ),
    "ModifyDBSubnetGroupMessage": Members(
        used="DBSubnetGroupName SubnetIds",
        ignored=ignored("DBSubnetGroupDescription", _REASONS),
    ),
    "RebootDBInstanceMessage": Members(
        used="DBInstanceIdentifier",
    ),
    "ResetDBParameterGroupMessage": Members("DBParameterGroupName ResetAllParameters Parameters"),
    "RestoreDBInstanceFromDBSnapshotMessage": Members(
        used=(
            "DBInstanceIdentifier DBSnapshotIdentifier DBInstanceClass Port DBSubnetGroupName LicenseModel DBName "
            "Engine StorageType VpcSecurityGroupIds DBParameterGroupName AllocatedStorage ManageMasterUserPassword"
        ),
        ignored=ignored(
            (
                "AvailabilityZone MultiAZ PubliclyAccessible AutoMinorVersionUpgrade Iops StorageThroughput Tags "
                "CopyTagsToSnapshot EnableCloudwatchLogsExports UseDefaultProcessorFeatures DeletionProtection "
                "NetworkType BackupTarget BackupRetentionPeriod PreferredBackupWindow DedicatedLogVolume "
                "CACertificateIdentifier EngineLifecycleSupport TagSpecifications MasterUserSecretKmsKeyId"
            ),
            _REASONS,
        ),
    ),
    "StartDBInstanceMessage": Members(
        used="DBInstanceIdentifier",
    ),
    "StopDBInstanceMessage": Members(
        used="DBInstanceIdentifier DBSnapshotIdentifier",
    ),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

_MISSING = ("MissingParameter", "The request must contain the parameter {}")
SUPPORT = Support("InvalidParameterValue", _MEMBERS, moto=_MOTO, refused=_REFUSED, missing_error=_MISSING)
