"""The broker: an MSK cluster and its configuration."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_msk as msk
from constructs import Construct

from cdk_app.config import BrokerConfig, StageConfig
from cdk_app.constructs.log_group import add_log_group

KAFKA_VERSION = "4.1.x.kraft"


class KafkaCluster(Construct):
    """Brokers spread evenly over the private subnets.

    Services create their topics. The brokers create none for a name that a client merely mentions.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        vpc: ec2.IVpc,
        security_group: ec2.ISecurityGroup,
        encryption_key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, construct_id)
        size = config.broker
        log_group = add_log_group(
            self, "LogGroup", name=f"/{config.prefix}/kafka", config=config, encryption_key=encryption_key
        )
        configuration = msk.CfnConfiguration(
            self,
            "Configuration",
            name=config.prefix,
            kafka_versions_list=[KAFKA_VERSION],
            server_properties=_server_properties(size),
        )
        self.cluster = msk.CfnCluster(
            self,
            "Cluster",
            cluster_name=config.prefix,
            kafka_version=KAFKA_VERSION,
            number_of_broker_nodes=size.brokers,
            broker_node_group_info=_broker_nodes(size, vpc, security_group),
            configuration_info=msk.CfnCluster.ConfigurationInfoProperty(
                arn=configuration.attr_arn, revision=configuration.attr_latest_revision_revision
            ),
            client_authentication=_client_authentication(size),
            encryption_info=_encryption(size, encryption_key),
            enhanced_monitoring=size.monitoring_level,
            logging_info=_logging(log_group.log_group_name),
        )
        self.cluster.apply_removal_policy(config.removal_policy)


def _server_properties(size: BrokerConfig) -> str:
    properties = {
        "auto.create.topics.enable": "false",
        "default.replication.factor": size.replication_factor,
        "min.insync.replicas": size.min_insync_replicas,
        "unclean.leader.election.enable": "false",
        "log.retention.hours": 7 * 24,
    }
    return "".join(f"{name}={value}\n" for name, value in properties.items())


def _broker_nodes(
    size: BrokerConfig, vpc: ec2.IVpc, security_group: ec2.ISecurityGroup
) -> msk.CfnCluster.BrokerNodeGroupInfoProperty:
    return msk.CfnCluster.BrokerNodeGroupInfoProperty(
        instance_type=size.instance_type,
        client_subnets=[subnet.subnet_id for subnet in vpc.isolated_subnets],
        security_groups=[security_group.security_group_id],
        storage_info=msk.CfnCluster.StorageInfoProperty(
            ebs_storage_info=msk.CfnCluster.EBSStorageInfoProperty(volume_size=size.storage_gib)
        ),
    )


def _client_authentication(size: BrokerConfig) -> msk.CfnCluster.ClientAuthenticationProperty:
    sasl = msk.CfnCluster.SaslProperty(iam=msk.CfnCluster.IamProperty(enabled=True))
    return msk.CfnCluster.ClientAuthenticationProperty(
        sasl=sasl if size.iam_authentication else None,
        unauthenticated=msk.CfnCluster.UnauthenticatedProperty(enabled=not size.iam_authentication),
    )


def _encryption(size: BrokerConfig, key: kms.IKey | None) -> msk.CfnCluster.EncryptionInfoProperty:
    return msk.CfnCluster.EncryptionInfoProperty(
        encryption_in_transit=msk.CfnCluster.EncryptionInTransitProperty(
            client_broker="TLS" if size.iam_authentication else "PLAINTEXT", in_cluster=True
        ),
        encryption_at_rest=msk.CfnCluster.EncryptionAtRestProperty(data_volume_kms_key_id=key.key_arn) if key else None,
    )


def _logging(log_group_name: str) -> msk.CfnCluster.LoggingInfoProperty:
    return msk.CfnCluster.LoggingInfoProperty(
        broker_logs=msk.CfnCluster.BrokerLogsProperty(
            cloud_watch_logs=msk.CfnCluster.CloudWatchLogsProperty(enabled=True, log_group=log_group_name)
        )
    )
