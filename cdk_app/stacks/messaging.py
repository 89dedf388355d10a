"""How services tell each other, and people, what happened: the broker and the sender of e-mail."""

from __future__ import annotations

from aws_cdk import aws_ses as ses
from constructs import Construct

from cdk_app.catalogue import Grant
from cdk_app.config import StageConfig
from cdk_app.constructs.kafka_cluster import KafkaCluster, KafkaProps
from cdk_app.stacks.network import NetworkStack
from cdk_app.stacks.system_stack import SystemStack


class MessagingStack(SystemStack):
    def __init__(self, scope: Construct, *, config: StageConfig, network: NetworkStack) -> None:
        super().__init__(scope, "messaging", config=config, description="Kafka broker and e-mail identity")
        kafka = KafkaCluster(
            self,
            "Kafka",
            KafkaProps(config=config, vpc=network.vpc, security_group=network.firewall.broker, key=network.key),
        )
        self.cluster_arn: str = kafka.cluster.attr_arn
        self.output("KafkaClusterArn", self.cluster_arn, "Ask kafka:GetBootstrapBrokers with it")
        if any(Grant.SEND_EMAIL in service.grants for service in config.services):
            domain = config.email_sender.partition("@")[2]
            ses.CfnEmailIdentity(self, "EmailIdentity", email_identity=domain)
            self.output("EmailSender", config.email_sender, "Where the system's e-mail comes from")
