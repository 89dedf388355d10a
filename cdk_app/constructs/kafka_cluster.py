"""The broker: an MSK cluster and its configuration."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_msk as msk
from constructs import Construct

from cdk_app.config import BrokerConfig, StageConfig
from cdk_app.constructs.log_group import log_group

KAFKA_VERSION = "4.1.x.kraft"


@dataclass(frozen=True, kw_only=True)
class KafkaProps:
    config: StageConfig
    vpc: ec2.IVpc
    security_group: ec2.ISecurityGroup
    key: kms.IKey | None


class KafkaCluster(Construct):
    """Brokers spread evenly over the private subnets. Topics are made by the services, never by a typing mistake."""

    def __init__(self, scope: Construct, construct_id: str, props: KafkaProps) -> None:
        super().__init__(scope, construct_id)
        config, size = props.config, props.config.broker
        logs = log_group(self, "LogGroup", name=f"/{config.prefix}/kafka", config=config, key=props.key)
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
            broker_node_group_info=msk.CfnCluster.BrokerNodeGroupInfoProperty(
                instance_type=size.instance_type,
                client_subnets=[subnet.subnet_id for subnet in props.vpc.isolated_subnets],
                security_groups=[props.security_group.security_group_id],
                storage_info=msk.CfnCluster.StorageInfoProperty(
                    ebs_storage_info=msk.CfnCluster.EBSStorageInfoProperty(volume_size=size.storage_gib)
                ),
            ),
            configuration_info=msk.CfnCluster.ConfigurationInfoProperty(
                arn=configuration.attr_arn, revision=configuration.attr_latest_revision_revision
            ),
            client_authentication=_client_authentication(size),
            encryption_info=_encryption(size, props.key),
            enhanced_monitoring="PER_BROKER" if config.watched else "DEFAULT",
            logging_info=msk.CfnCluster.LoggingInfoProperty(
                broker_logs=msk.CfnCluster.BrokerLogsProperty(
                    cloud_watch_logs=msk.CfnCluster.CloudWatchLogsProperty(enabled=True, log_group=logs.log_group_name)
                )
            ),
        )
        self.cluster.apply_removal_policy(config.removal)


def _server_properties(size: BrokerConfig) -> str:
    properties = {
        "auto.create.topics.enable": "false",
        "default.replication.factor": size.replication_factor,
        "min.insync.replicas": size.min_insync_replicas,
        "unclean.leader.election.enable": "false",
        "log.retention.hours": 7 * 24,
    }
    return "".join(f"{name}={value}\n" for name, value in properties.items())


def _client_authentication(size: BrokerConfig) -> msk.CfnCluster.ClientAuthenticationProperty:
    return msk.CfnCluster.ClientAuthenticationProperty(
        sasl=msk.CfnCluster.SaslProperty(iam=msk.CfnCluster.IamProperty(enabled=True)) if size.iam else None,
        unauthenticated=msk.CfnCluster.UnauthenticatedProperty(enabled=not size.iam),
    )


def _encryption(size: BrokerConfig, key: kms.IKey | None) -> msk.CfnCluster.EncryptionInfoProperty:
    return msk.CfnCluster.EncryptionInfoProperty(
        encryption_in_transit=msk.CfnCluster.EncryptionInTransitProperty(
            client_broker="TLS" if size.iam else "PLAINTEXT", in_cluster=True
        ),
        encryption_at_rest=msk.CfnCluster.EncryptionAtRestProperty(data_volume_kms_key_id=key.key_arn) if key else None,
    )
