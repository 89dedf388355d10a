"""Members of requests for DB instances that would have no effect here. They are refused, and the error says why.

A value that asks for what is so anyway, such as `MonitoringInterval` 0, passes.
"""

from collections.abc import Mapping
from typing import Any

from localstack_engines.services.rds.errors import invalid_combination, not_supported_member

_WHY_NOT = {
    "AdditionalStorageVolumes": "an instance has one volume",
    "AutomationMode": "RDS Custom is not supported",
    "AwsBackupRecoveryPointArn": "AWS Backup is not supported",
    "BackupTarget": "snapshots are kept in the region",
    "CharacterSetName": "PostgreSQL has no character set of an instance",
    "CustomIamInstanceProfile": "RDS Custom is not supported",
    "DBCapacityReservationIdentifier": "there are no capacity reservations",
    "DBClusterIdentifier": "there are no DB clusters",
    "DBClusterSnapshotIdentifier": "there are no DB clusters",
    "DBSecurityGroups": "DB security groups belong to EC2-Classic, which AWS has retired",
    "DBSystemId": "it is Oracle's",
    "DatabaseInsightsMode": "only the standard mode exists, without Performance Insights",
    "DedicatedLogVolume": "an instance has one volume",
    "DetachFromDBCapacityReservation": "there are no capacity reservations",
    "DisableDomain": "Kerberos authentication is not supported",
    "Domain": "Kerberos authentication is not supported",
    "DomainAuthSecretArn": "Kerberos authentication is not supported",
    "DomainDnsIps": "Kerberos authentication is not supported",
    "DomainFqdn": "Kerberos authentication is not supported",
    "DomainIAMRoleName": "Kerberos authentication is not supported",
    "DomainOu": "Kerberos authentication is not supported",
    "EnableCustomerOwnedIp": "there are no Outposts",
    "EnableIAMDatabaseAuthentication": "servers accept passwords only",
    "EnablePerformanceInsights": "there is no Performance Insights API",
    "ForceFailover": "an instance has no standby",
    "MasterUserAuthenticationType": "servers accept passwords only",
    "MonitoringInterval": "Enhanced Monitoring is not supported",
    "MonitoringRoleArn": "Enhanced Monitoring is not supported",
    "MultiTenant": "it is Oracle's",
    "NcharCharacterSetName": "it is Oracle's",
    "NetworkType": "servers have IPv4 addresses only",
    "PerformanceInsightsKMSKeyId": "there is no Performance Insights API",
    "PerformanceInsightsRetentionPeriod": "there is no Performance Insights API",
    "PreSignedUrl": "copies stay in the region",
    "ProcessorFeatures": "PostgreSQL's instance classes have none",
    "PromotionTier": "it belongs to Aurora",
    "ReplicaMode": "it is Oracle's",
    "ResumeFullAutomationModeMinutes": "RDS Custom is not supported",
    "SnapshotAvailabilityZone": "snapshots are kept in the region",
    "SnapshotTarget": "snapshots are kept in the region",
    "SourceDBClusterIdentifier": "there are no DB clusters",
    "SourceDBInstanceAutomatedBackupsArn": "backups of deleted instances are not kept",
    "TagSpecifications": "tags are given in Tags",
    "TargetCustomAvailabilityZone": "there is no Custom Availability Zone",
    "TdeCredentialArn": "it is Oracle's",
    "TdeCredentialPassword": "it is Oracle's",
    "Timezone": "it is SQL Server's: a parameter group sets PostgreSQL's time zone",
    "UpgradeStorageConfig": "storage has no older configuration",
    "UseDefaultProcessorFeatures": "PostgreSQL's instance classes have none",
}
_WITHOUT_EFFECT = {
    "BackupTarget": ("region",),
    "DatabaseInsightsMode": ("standard",),
    "MasterUserAuthenticationType": ("password",),
    "MonitoringInterval": (0,),
    "NetworkType": ("IPV4",),
    "SnapshotTarget": ("region",),
}
"""Values that ask for what is so anyway. False and empty values do so, too."""

_EXTENDED_SUPPORT = ("open-source-rds-extended-support", "open-source-rds-extended-support-disabled")


def check_members(request: Mapping[str, Any]) -> None:
    """Raises InvalidParameterCombination for the first member that cannot be honoured."""
    for name, why in _WHY_NOT.items():
        value = request.get(name)
        if value is None or value is False or value in ("", [], {}) or value in _WITHOUT_EFFECT.get(name, ()):
            continue
        raise not_supported_member(name, why)
    support = request.get("EngineLifecycleSupport")
    if support is not None and support not in _EXTENDED_SUPPORT:
        raise invalid_combination(
            f"Invalid value {support} for EngineLifecycleSupport. Valid values: {', '.join(_EXTENDED_SUPPORT)}"
        )
