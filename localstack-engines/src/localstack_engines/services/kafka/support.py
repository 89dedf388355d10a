"""What the local MSK service does with each operation and member of its API. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import Members, Support, ignored

_REASONS = {
    "the brokers run on this machine, with its disk": (
        "BrokerAZDistribution ZoneIds ProvisionedThroughput VolumeThroughput KafkaBrokerNodeId NetworkType"
    ),
    "storage at rest looks the same to every client": "EncryptionAtRest DataVolumeKMSKeyId",
    "there is one broker process, unless the settings say more": "InCluster",
}
"""Why members have no local meaning."""

_MEMBERS = {
    "CreateClusterRequest": Members(
        used=(
            "BrokerNodeGroupInfo Rebalancing ClientAuthentication ClusterName ConfigurationInfo EncryptionInfo "
            "EnhancedMonitoring OpenMonitoring KafkaVersion LoggingInfo NumberOfBrokerNodes Tags StorageMode"
        ),
    ),
    "BrokerNodeGroupInfo": Members(
        recorded="ConnectivityInfo",
        used="ClientSubnets InstanceType SecurityGroups StorageInfo",
        ignored=ignored("BrokerAZDistribution ZoneIds", _REASONS),
    ),
    "StorageInfo": Members("EbsStorageInfo"),
    "EBSStorageInfo": Members(
        used="VolumeSize",
        ignored=ignored("ProvisionedThroughput", _REASONS),
    ),
    "ProvisionedThroughput": Members(
        used="Enabled",
        ignored=ignored("VolumeThroughput", _REASONS),
    ),
    "ConnectivityInfo": Members(
        ignored=ignored("NetworkType", _REASONS), only={"PublicAccess": ({"Type": "DISABLED"},)}
    ),
    "PublicAccess": Members(
        ignored=ignored("Type", _REASONS),
    ),
    "VpcConnectivity": Members("ClientAuthentication"),
    "VpcConnectivityClientAuthentication": Members("Sasl Tls"),
    "VpcConnectivitySasl": Members("Scram Iam"),
    "VpcConnectivityScram": Members("Enabled"),
    "VpcConnectivityIam": Members("Enabled"),
    "VpcConnectivityTls": Members("Enabled"),
    "Rebalancing": Members("Status"),
    "ClientAuthentication": Members("Sasl Tls Unauthenticated"),
    "Sasl": Members("Scram Iam"),
    "Scram": Members("Enabled"),
    "Iam": Members("Enabled"),
    "Tls": Members(
        used="Enabled",
    ),
    "Unauthenticated": Members("Enabled"),
    "ConfigurationInfo": Members("Arn Revision"),
    "EncryptionInfo": Members(
        used="EncryptionInTransit",
        ignored=ignored("EncryptionAtRest", _REASONS),
    ),
    "EncryptionAtRest": Members(
        ignored=ignored("DataVolumeKMSKeyId", _REASONS),
    ),
    "EncryptionInTransit": Members(
        used="ClientBroker",
        ignored=ignored("InCluster", _REASONS),
    ),
    "OpenMonitoringInfo": Members(
        ignored=ignored("Prometheus", _REASONS),
    ),
    "PrometheusInfo": Members(
        ignored=ignored("JmxExporter NodeExporter", _REASONS),
    ),
    "JmxExporterInfo": Members(
        ignored=ignored("EnabledInBroker", _REASONS),
    ),
    "NodeExporterInfo": Members(
        ignored=ignored("EnabledInBroker", _REASONS),
    ),
    "LoggingInfo": Members(
        used="BrokerLogs",
        ignored=ignored("AuthorizerLogs", _REASONS),
    ),
    "AuthorizerLogs": Members(
        used="CloudWatchLogs",
        ignored=ignored("Firehose S3", _REASONS),
    ),
    "CloudWatchLogs": Members("Enabled LogGroup"),
    "Firehose": Members(
        used="Enabled",
        ignored=ignored("DeliveryStream", _REASONS),
    ),
    "S3": Members(
        used="Enabled",
        ignored=ignored("Bucket Prefix", _REASONS),
    ),
    "BrokerLogs": Members(
        used="CloudWatchLogs",
        ignored=ignored("Firehose S3", _REASONS),
    ),
    "CreateClusterV2Request": Members(
        used="ClusterName Tags Provisioned",
        ignored=ignored("Serverless", _REASONS),
    ),
    "ProvisionedRequest": Members(
        used=(
            "BrokerNodeGroupInfo Rebalancing ClientAuthentication ConfigurationInfo EncryptionInfo "
            "EnhancedMonitoring OpenMonitoring KafkaVersion LoggingInfo NumberOfBrokerNodes StorageMode"
        ),
    ),
    "ServerlessRequest": Members(
        used="ClientAuthentication",
        ignored=ignored("VpcConfigs", _REASONS),
    ),
    "VpcConfig": Members(
        ignored=ignored("SubnetIds SecurityGroupIds", _REASONS),
    ),
    "ServerlessClientAuthentication": Members("Sasl"),
    "ServerlessSasl": Members("Iam"),
    "CreateConfigurationRequest": Members("Description KafkaVersions Name ServerProperties"),
    "DeleteClusterRequest": Members("ClusterArn CurrentVersion"),
    "DeleteClusterPolicyRequest": Members("ClusterArn"),
    "DeleteConfigurationRequest": Members("Arn"),
    "DescribeClusterRequest": Members("ClusterArn"),
    "DescribeClusterV2Request": Members("ClusterArn"),
    "DescribeClusterOperationRequest": Members("ClusterOperationArn"),
    "DescribeClusterOperationV2Request": Members("ClusterOperationArn"),
    "DescribeConfigurationRequest": Members("Arn"),
    "DescribeConfigurationRevisionRequest": Members("Arn Revision"),
    "GetBootstrapBrokersRequest": Members("ClusterArn"),
    "GetCompatibleKafkaVersionsRequest": Members("ClusterArn"),
    "GetClusterPolicyRequest": Members("ClusterArn"),
    "ListClusterOperationsRequest": Members("ClusterArn MaxResults NextToken"),
    "ListClusterOperationsV2Request": Members("ClusterArn MaxResults NextToken"),
    "ListClustersRequest": Members("ClusterNameFilter MaxResults NextToken"),
    "ListClustersV2Request": Members("ClusterNameFilter ClusterTypeFilter MaxResults NextToken"),
    "ListConfigurationRevisionsRequest": Members("Arn MaxResults NextToken"),
    "ListConfigurationsRequest": Members("MaxResults NextToken"),
    "ListKafkaVersionsRequest": Members("MaxResults NextToken"),
    "ListNodesRequest": Members("ClusterArn MaxResults NextToken"),
    "ListTagsForResourceRequest": Members("ResourceArn"),
    "PutClusterPolicyRequest": Members("ClusterArn CurrentVersion Policy"),
    "RebootBrokerRequest": Members("BrokerIds ClusterArn"),
    "TagResourceRequest": Members("ResourceArn Tags"),
    "UntagResourceRequest": Members("ResourceArn TagKeys"),
    "UpdateBrokerCountRequest": Members("ClusterArn CurrentVersion TargetNumberOfBrokerNodes"),
    "UpdateBrokerTypeRequest": Members("ClusterArn CurrentVersion TargetInstanceType"),
    "UpdateBrokerStorageRequest": Members("ClusterArn CurrentVersion TargetBrokerEBSVolumeInfo"),
    "BrokerEBSVolumeInfo": Members(
        used="VolumeSizeGB",
        ignored=ignored("KafkaBrokerNodeId ProvisionedThroughput", _REASONS),
    ),
    "UpdateConfigurationRequest": Members("Arn Description ServerProperties"),
    "UpdateClusterConfigurationRequest": Members("ClusterArn ConfigurationInfo CurrentVersion"),
    "UpdateMonitoringRequest": Members("ClusterArn CurrentVersion EnhancedMonitoring OpenMonitoring LoggingInfo"),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

SUPPORT = Support("BadRequestException", _MEMBERS)
