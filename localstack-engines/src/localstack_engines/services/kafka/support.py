"""What the local MSK service does with each operation and member of its API. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import Members, Support

_NONE = "there are none, and no operation makes one"
_MONITORING = {"EnhancedMonitoring": "brokers publish no metrics to CloudWatch; the level is recorded"}

_MEMBERS = {
    "CreateClusterRequest": Members(
        used=(
            "BrokerNodeGroupInfo Rebalancing ClientAuthentication ClusterName ConfigurationInfo EncryptionInfo "
            "OpenMonitoring KafkaVersion LoggingInfo NumberOfBrokerNodes Tags StorageMode"
        ),
        ignored=_MONITORING,
    ),
    "BrokerNodeGroupInfo": Members(
        "ClientSubnets InstanceType SecurityGroups StorageInfo ConnectivityInfo BrokerAZDistribution"
    ),
    "StorageInfo": Members("EbsStorageInfo"),
    "EBSStorageInfo": Members("VolumeSize ProvisionedThroughput"),
    "ProvisionedThroughput": Members(
        ignored=dict.fromkeys(
            ("Enabled", "VolumeThroughput"), "EBS volumes have no local counterpart; the setting is recorded"
        )
    ),
    "ConnectivityInfo": Members("PublicAccess VpcConnectivity NetworkType"),
    "PublicAccess": Members("Type"),
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
    "Tls": Members("Enabled"),
    "Unauthenticated": Members("Enabled"),
    "ConfigurationInfo": Members("Arn Revision"),
    "EncryptionInfo": Members(
        "EncryptionInTransit", ignored={"EncryptionAtRest": "files of brokers are not encrypted; the key is recorded"}
    ),
    "EncryptionInTransit": Members(
        "ClientBroker", ignored={"InCluster": "brokers talk through the loopback interface; the setting is recorded"}
    ),
    "OpenMonitoringInfo": Members("Prometheus"),
    "PrometheusInfo": Members("JmxExporter NodeExporter"),
    "JmxExporterInfo": Members("EnabledInBroker"),
    "NodeExporterInfo": Members("EnabledInBroker"),
    "LoggingInfo": Members("BrokerLogs AuthorizerLogs"),
    "AuthorizerLogs": Members("CloudWatchLogs Firehose S3"),
    "CloudWatchLogs": Members("Enabled LogGroup"),
    "Firehose": Members("Enabled", ignored={"DeliveryStream": "it is the destination of logs that are not sent"}),
    "S3": Members(
        "Enabled", ignored=dict.fromkeys(("Bucket", "Prefix"), "it is the destination of logs that are not sent")
    ),
    "BrokerLogs": Members("CloudWatchLogs Firehose S3"),
    "CreateClusterV2Request": Members("ClusterName Tags Provisioned"),
    "ProvisionedRequest": Members(
        used=(
            "BrokerNodeGroupInfo Rebalancing ClientAuthentication ConfigurationInfo EncryptionInfo "
            "OpenMonitoring KafkaVersion LoggingInfo NumberOfBrokerNodes StorageMode"
        ),
        ignored=_MONITORING,
    ),
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
        "VolumeSizeGB ProvisionedThroughput", ignored={"KafkaBrokerNodeId": "all brokers have volumes of one size"}
    ),
    "UpdateConfigurationRequest": Members("Arn Description ServerProperties"),
    "UpdateClusterConfigurationRequest": Members("ClusterArn ConfigurationInfo CurrentVersion"),
    "UpdateMonitoringRequest": Members("ClusterArn CurrentVersion OpenMonitoring LoggingInfo", ignored=_MONITORING),
    "CreateTopicRequest": Members("ClusterArn TopicName PartitionCount ReplicationFactor Configs"),
    "UpdateTopicRequest": Members("ClusterArn TopicName PartitionCount Configs"),
    "DeleteTopicRequest": Members("ClusterArn TopicName"),
    "DescribeTopicRequest": Members("ClusterArn TopicName"),
    "DescribeTopicPartitionsRequest": Members("ClusterArn TopicName MaxResults NextToken"),
    "ListTopicsRequest": Members("ClusterArn TopicNameFilter MaxResults NextToken"),
    "UpdateClusterKafkaVersionRequest": Members("ClusterArn ConfigurationInfo CurrentVersion TargetKafkaVersion"),
    "UpdateConnectivityRequest": Members("ClusterArn CurrentVersion ConnectivityInfo ZookeeperAccess"),
    "ZookeeperAccess": Members(ignored={"Enabled": "any access to ZooKeeper is refused"}),
    "UpdateRebalancingRequest": Members("ClusterArn CurrentVersion Rebalancing"),
    "UpdateSecurityRequest": Members("ClusterArn CurrentVersion ClientAuthentication EncryptionInfo"),
    "UpdateStorageRequest": Members("ClusterArn CurrentVersion ProvisionedThroughput StorageMode VolumeSizeGB"),
    "DescribeReplicatorRequest": Members(ignored={"ReplicatorArn": _NONE}),
    "DescribeVpcConnectionRequest": Members(ignored={"Arn": _NONE}),
    "ListReplicatorsRequest": Members(
        ignored=dict.fromkeys(("MaxResults", "NextToken", "ReplicatorNameFilter"), _NONE)
    ),
    "ListVpcConnectionsRequest": Members(ignored=dict.fromkeys(("MaxResults", "NextToken"), _NONE)),
    "ListClientVpcConnectionsRequest": Members("ClusterArn", ignored=dict.fromkeys(("MaxResults", "NextToken"), _NONE)),
    "BatchAssociateScramSecretRequest": Members("ClusterArn SecretArnList"),
    "BatchDisassociateScramSecretRequest": Members("ClusterArn SecretArnList"),
    "ListScramSecretsRequest": Members("ClusterArn MaxResults NextToken"),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

SUPPORT = Support("BadRequestException", _MEMBERS)
