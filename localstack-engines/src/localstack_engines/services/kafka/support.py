"""What the local MSK service does with each operation and member of its API. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import UNDECIDED, Members, Support

_MEMBERS = {
    "CreateClusterRequest": Members(
        used=(
            "BrokerNodeGroupInfo Rebalancing ClientAuthentication ClusterName ConfigurationInfo EncryptionInfo "
            "EnhancedMonitoring OpenMonitoring KafkaVersion LoggingInfo NumberOfBrokerNodes Tags StorageMode"
        ),
    ),
    "BrokerNodeGroupInfo": Members(
        used="ClientSubnets InstanceType SecurityGroups StorageInfo",
        ignored=dict.fromkeys("BrokerAZDistribution ConnectivityInfo ZoneIds".split(), UNDECIDED),
    ),
    "StorageInfo": Members("EbsStorageInfo"),
    "EBSStorageInfo": Members(
        used="VolumeSize",
        ignored=dict.fromkeys("ProvisionedThroughput".split(), UNDECIDED),
    ),
    "ProvisionedThroughput": Members(
        used="Enabled",
        ignored=dict.fromkeys("VolumeThroughput".split(), UNDECIDED),
    ),
    "ConnectivityInfo": Members(
        ignored=dict.fromkeys("PublicAccess VpcConnectivity NetworkType".split(), UNDECIDED),
    ),
    "PublicAccess": Members(
        ignored=dict.fromkeys("Type".split(), UNDECIDED),
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
        ignored=dict.fromkeys("CertificateAuthorityArnList".split(), UNDECIDED),
    ),
    "Unauthenticated": Members("Enabled"),
    "ConfigurationInfo": Members("Arn Revision"),
    "EncryptionInfo": Members(
        used="EncryptionInTransit",
        ignored=dict.fromkeys("EncryptionAtRest".split(), UNDECIDED),
    ),
    "EncryptionAtRest": Members(
        ignored=dict.fromkeys("DataVolumeKMSKeyId".split(), UNDECIDED),
    ),
    "EncryptionInTransit": Members(
        used="ClientBroker",
        ignored=dict.fromkeys("InCluster".split(), UNDECIDED),
    ),
    "OpenMonitoringInfo": Members(
        ignored=dict.fromkeys("Prometheus".split(), UNDECIDED),
    ),
    "PrometheusInfo": Members(
        ignored=dict.fromkeys("JmxExporter NodeExporter".split(), UNDECIDED),
    ),
    "JmxExporterInfo": Members(
        ignored=dict.fromkeys("EnabledInBroker".split(), UNDECIDED),
    ),
    "NodeExporterInfo": Members(
        ignored=dict.fromkeys("EnabledInBroker".split(), UNDECIDED),
    ),
    "LoggingInfo": Members(
        used="BrokerLogs",
        ignored=dict.fromkeys("AuthorizerLogs".split(), UNDECIDED),
    ),
    "AuthorizerLogs": Members(
        used="CloudWatchLogs",
        ignored=dict.fromkeys("Firehose S3".split(), UNDECIDED),
    ),
    "CloudWatchLogs": Members("Enabled LogGroup"),
    "Firehose": Members(
        used="Enabled",
        ignored=dict.fromkeys("DeliveryStream".split(), UNDECIDED),
    ),
    "S3": Members(
        used="Enabled",
        ignored=dict.fromkeys("Bucket Prefix".split(), UNDECIDED),
    ),
    "BrokerLogs": Members(
        used="CloudWatchLogs",
        ignored=dict.fromkeys("Firehose S3".split(), UNDECIDED),
    ),
    "CreateClusterV2Request": Members(
        used="ClusterName Tags Provisioned",
        ignored=dict.fromkeys("Serverless".split(), UNDECIDED),
    ),
    "ProvisionedRequest": Members(
        used=(
            "BrokerNodeGroupInfo Rebalancing ClientAuthentication ConfigurationInfo EncryptionInfo "
            "EnhancedMonitoring OpenMonitoring KafkaVersion LoggingInfo NumberOfBrokerNodes StorageMode"
        ),
    ),
    "ServerlessRequest": Members(
        used="ClientAuthentication",
        ignored=dict.fromkeys("VpcConfigs".split(), UNDECIDED),
    ),
    "VpcConfig": Members(
        ignored=dict.fromkeys("SubnetIds SecurityGroupIds".split(), UNDECIDED),
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
        ignored=dict.fromkeys("KafkaBrokerNodeId ProvisionedThroughput".split(), UNDECIDED),
    ),
    "UpdateConfigurationRequest": Members("Arn Description ServerProperties"),
    "UpdateClusterConfigurationRequest": Members("ClusterArn ConfigurationInfo CurrentVersion"),
    "UpdateMonitoringRequest": Members("ClusterArn CurrentVersion EnhancedMonitoring OpenMonitoring LoggingInfo"),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

SUPPORT = Support("BadRequestException", _MEMBERS)
