"""The messaging stack: the Kafka cluster and the sender of e-mail."""

from __future__ import annotations

from aws_cdk import aws_ses as ses
from constructs import Construct

from cdk_app.config import StageConfig
from cdk_app.constructs.kafka_cluster import KafkaCluster
from cdk_app.stacks.network import NetworkStack
from cdk_app.stacks.system_stack import SystemStack


class MessagingStack(SystemStack):
    """Everything that carries messages between the services and to people."""

    def __init__(self, scope: Construct, *, config: StageConfig, network: NetworkStack) -> None:
        super().__init__(scope, name="messaging", config=config, description="Kafka broker and e-mail identity")
        kafka = KafkaCluster(
            self,
            "Kafka",
            config=config,
            vpc=network.vpc,
            security_group=network.security_groups.broker,
            encryption_key=network.encryption_key,
        )
        self.cluster_arn: str = kafka.cluster.attr_arn
        ses.CfnEmailIdentity(self, "EmailIdentity", email_identity=config.email_domain)
        self.add_output("KafkaClusterArn", self.cluster_arn, "Ask kafka:GetBootstrapBrokers with it")
        self.add_output("EmailSender", config.email_sender, "Where the system's e-mail comes from")
