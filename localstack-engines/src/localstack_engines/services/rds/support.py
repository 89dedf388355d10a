"""What the local RDS service does with each operation and member of its API. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import UNDECIDED, Members, Support

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

_MEMBERS = {
    "CopyDBSnapshotMessage": Members(
        used="SourceDBSnapshotIdentifier TargetDBSnapshotIdentifier",
        ignored=dict.fromkeys(
            (
                "KmsKeyId Tags CopyTags PreSignedUrl OptionGroupName TargetCustomAvailabilityZone SnapshotTarget "
                "CopyOptionGroup SnapshotAvailabilityZone TagSpecifications SourceRegion"
            ).split(),
            UNDECIDED,
        ),
    ),
    "Tag": Members(
        ignored=dict.fromkeys("Key Value".split(), UNDECIDED),
    ),
    "TagSpecification": Members(
        ignored=dict.fromkeys("ResourceType Tags".split(), UNDECIDED),
    ),
    "CreateDBInstanceMessage": Members(
        used=(
            "DBName DBInstanceIdentifier AllocatedStorage DBInstanceClass Engine MasterUsername MasterUserPassword "
            "VpcSecurityGroupIds DBSubnetGroupName DBParameterGroupName Port EngineVersion LicenseModel StorageType "
            "ManageMasterUserPassword"
        ),
        ignored=dict.fromkeys(
            (
                "DBSecurityGroups AvailabilityZone PreferredMaintenanceWindow BackupRetentionPeriod "
                "PreferredBackupWindow MultiAZ AutoMinorVersionUpgrade Iops StorageThroughput OptionGroupName "
                "CharacterSetName NcharCharacterSetName PubliclyAccessible Tags DBClusterIdentifier TdeCredentialArn "
                "TdeCredentialPassword StorageEncrypted KmsKeyId Domain DomainFqdn DomainOu DomainAuthSecretArn "
                "DomainDnsIps CopyTagsToSnapshot MonitoringInterval MonitoringRoleArn DomainIAMRoleName PromotionTier "
                "Timezone EnableIAMDatabaseAuthentication DatabaseInsightsMode EnablePerformanceInsights "
                "PerformanceInsightsKMSKeyId PerformanceInsightsRetentionPeriod EnableCloudwatchLogsExports "
                "ProcessorFeatures DeletionProtection MaxAllocatedStorage EnableCustomerOwnedIp NetworkType "
                "BackupTarget CustomIamInstanceProfile DBSystemId CACertificateIdentifier MasterUserSecretKmsKeyId "
                "MultiTenant DedicatedLogVolume EngineLifecycleSupport AdditionalStorageVolumes TagSpecifications "
                "DBCapacityReservationIdentifier MasterUserAuthenticationType"
            ).split(),
            UNDECIDED,
        ),
    ),
    "ProcessorFeature": Members(
        ignored=dict.fromkeys("Name Value".split(), UNDECIDED),
    ),
    "AdditionalStorageVolume": Members(
        used="AllocatedStorage StorageType",
        ignored=dict.fromkeys("VolumeName IOPS MaxAllocatedStorage StorageThroughput".split(), UNDECIDED),
    ),
    "CreateDBParameterGroupMessage": Members(
        used="DBParameterGroupName DBParameterGroupFamily Description",
        ignored=dict.fromkeys("Tags".split(), UNDECIDED),
    ),
    "CreateDBSnapshotMessage": Members(
        used="DBSnapshotIdentifier DBInstanceIdentifier",
        ignored=dict.fromkeys("Tags".split(), UNDECIDED),
    ),
    "CreateDBSubnetGroupMessage": Members(
        used="DBSubnetGroupName SubnetIds",
        ignored=dict.fromkeys("DBSubnetGroupDescription Tags".split(), UNDECIDED),
    ),
    "DeleteDBInstanceMessage": Members(
        used="DBInstanceIdentifier SkipFinalSnapshot FinalDBSnapshotIdentifier",
        ignored=dict.fromkeys("DeleteAutomatedBackups".split(), UNDECIDED),
    ),
    "DeleteDBParameterGroupMessage": Members("DBParameterGroupName"),
    "DeleteDBSnapshotMessage": Members("DBSnapshotIdentifier"),
    "DeleteDBSubnetGroupMessage": Members("DBSubnetGroupName"),
    "DescribeDBEngineVersionsMessage": Members(
        used="Engine EngineVersion DBParameterGroupFamily MaxRecords Marker DefaultOnly",
        ignored=dict.fromkeys(
            ("Filters ListSupportedCharacterSets ListSupportedTimezones IncludeAll").split(),
            UNDECIDED,
        ),
    ),
    "Filter": Members(
        ignored=dict.fromkeys("Name Values".split(), UNDECIDED),
    ),
    "DescribeDBInstancesMessage": Members(
        used="DBInstanceIdentifier MaxRecords Marker",
        ignored=dict.fromkeys("Filters".split(), UNDECIDED),
    ),
    "DescribeDBLogFilesMessage": Members(
        used="DBInstanceIdentifier FilenameContains FileSize MaxRecords Marker",
        ignored=dict.fromkeys("FileLastWritten Filters".split(), UNDECIDED),
    ),
    "DescribeDBParameterGroupsMessage": Members(
        used="DBParameterGroupName MaxRecords Marker",
        ignored=dict.fromkeys("Filters".split(), UNDECIDED),
    ),
    "DescribeDBParametersMessage": Members(
        used="DBParameterGroupName Source MaxRecords Marker",
        ignored=dict.fromkeys("Filters".split(), UNDECIDED),
    ),
    "DescribeDBSubnetGroupsMessage": Members(
        used="DBSubnetGroupName MaxRecords Marker",
        ignored=dict.fromkeys("Filters".split(), UNDECIDED),
    ),
    "DescribeEngineDefaultParametersMessage": Members(
        used="DBParameterGroupFamily MaxRecords Marker",
        ignored=dict.fromkeys("Filters".split(), UNDECIDED),
    ),
    "DownloadDBLogFilePortionMessage": Members("DBInstanceIdentifier LogFileName Marker NumberOfLines"),
    "ModifyDBInstanceMessage": Members(
        used=(
            "DBInstanceIdentifier AllocatedStorage DBInstanceClass DBSubnetGroupName VpcSecurityGroupIds "
            "MasterUserPassword DBParameterGroupName EngineVersion LicenseModel NewDBInstanceIdentifier StorageType "
            "ManageMasterUserPassword RotateMasterUserPassword Engine"
        ),
        ignored=dict.fromkeys(
            (
                "DBSecurityGroups ApplyImmediately BackupRetentionPeriod PreferredBackupWindow "
                "PreferredMaintenanceWindow MultiAZ AllowMajorVersionUpgrade AutoMinorVersionUpgrade Iops "
                "StorageThroughput OptionGroupName TdeCredentialArn TdeCredentialPassword CACertificateIdentifier "
                "Domain DomainFqdn DomainOu DomainAuthSecretArn DomainDnsIps DisableDomain CopyTagsToSnapshot "
                "MonitoringInterval DBPortNumber PubliclyAccessible MonitoringRoleArn DomainIAMRoleName PromotionTier "
                "EnableIAMDatabaseAuthentication DatabaseInsightsMode EnablePerformanceInsights "
                "PerformanceInsightsKMSKeyId PerformanceInsightsRetentionPeriod CloudwatchLogsExportConfiguration "
                "ProcessorFeatures UseDefaultProcessorFeatures DeletionProtection MaxAllocatedStorage "
                "CertificateRotationRestart ReplicaMode AutomationMode ResumeFullAutomationModeMinutes "
                "EnableCustomerOwnedIp NetworkType AwsBackupRecoveryPointArn MasterUserSecretKmsKeyId MultiTenant "
                "DedicatedLogVolume AdditionalStorageVolumes DBCapacityReservationIdentifier TagSpecifications "
                "MasterUserAuthenticationType EngineLifecycleSupport"
            ).split(),
            UNDECIDED,
        ),
    ),
    "CloudwatchLogsExportConfiguration": Members(
        ignored=dict.fromkeys("EnableLogTypes DisableLogTypes".split(), UNDECIDED),
    ),
    "ModifyAdditionalStorageVolume": Members(
        used="AllocatedStorage StorageType",
        ignored=dict.fromkeys(
            ("VolumeName IOPS MaxAllocatedStorage StorageThroughput SetForDelete").split(),
            UNDECIDED,
        ),
    ),
    "ModifyDBParameterGroupMessage": Members("DBParameterGroupName Parameters"),
    "Parameter": Members(
        used=(
            "ParameterName ParameterValue Description Source ApplyType DataType AllowedValues IsModifiable ApplyMethod"
        ),
        ignored=dict.fromkeys("MinimumEngineVersion SupportedEngineModes".split(), UNDECIDED),
    ),
    "ModifyDBSubnetGroupMessage": Members(
        used="DBSubnetGroupName SubnetIds",
        ignored=dict.fromkeys("DBSubnetGroupDescription".split(), UNDECIDED),
    ),
    "RebootDBInstanceMessage": Members(
        used="DBInstanceIdentifier",
        ignored=dict.fromkeys("ForceFailover".split(), UNDECIDED),
    ),
    "ResetDBParameterGroupMessage": Members("DBParameterGroupName ResetAllParameters Parameters"),
    "RestoreDBInstanceFromDBSnapshotMessage": Members(
        used=(
            "DBInstanceIdentifier DBSnapshotIdentifier DBInstanceClass Port DBSubnetGroupName LicenseModel DBName "
            "Engine StorageType VpcSecurityGroupIds DBParameterGroupName AllocatedStorage ManageMasterUserPassword"
        ),
        ignored=dict.fromkeys(
            (
                "AvailabilityZone MultiAZ PubliclyAccessible AutoMinorVersionUpgrade Iops StorageThroughput "
                "OptionGroupName Tags TdeCredentialArn TdeCredentialPassword Domain DomainFqdn DomainOu "
                "DomainAuthSecretArn DomainDnsIps CopyTagsToSnapshot DomainIAMRoleName "
                "EnableIAMDatabaseAuthentication EnableCloudwatchLogsExports ProcessorFeatures "
                "UseDefaultProcessorFeatures DeletionProtection EnableCustomerOwnedIp NetworkType BackupTarget "
                "CustomIamInstanceProfile DBClusterSnapshotIdentifier BackupRetentionPeriod PreferredBackupWindow "
                "DBCapacityReservationIdentifier DedicatedLogVolume CACertificateIdentifier EngineLifecycleSupport "
                "AdditionalStorageVolumes TagSpecifications MasterUserSecretKmsKeyId"
            ).split(),
            UNDECIDED,
        ),
    ),
    "StartDBInstanceMessage": Members(
        used="DBInstanceIdentifier",
        ignored=dict.fromkeys("DBCapacityReservationIdentifier".split(), UNDECIDED),
    ),
    "StopDBInstanceMessage": Members(
        used="DBInstanceIdentifier DBSnapshotIdentifier",
        ignored=dict.fromkeys("DetachFromDBCapacityReservation".split(), UNDECIDED),
    ),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

_MISSING = ("MissingParameter", "The request must contain the parameter {}")
SUPPORT = Support("InvalidParameterValue", _MEMBERS, moto=_MOTO, refused=_REFUSED, missing_error=_MISSING)
