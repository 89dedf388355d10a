"""The ground that the other stacks stand on: VPC, firewall, encryption key, where alarms go."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk_app.config import StageConfig
from cdk_app.constructs.alarms import AlarmTopic
from cdk_app.constructs.encryption_key import EncryptionKey
from cdk_app.constructs.private_vpc import VirtualNetwork
from cdk_app.constructs.security_groups import Firewall
from cdk_app.stacks.system_stack import SystemStack


class NetworkStack(SystemStack):
    def __init__(self, scope: Construct, *, config: StageConfig) -> None:
        super().__init__(scope, "network", config=config, description="VPC, firewall and what all stacks share")
        self.key: kms.IKey | None = (
            EncryptionKey(self, "Encryption", alias=f"alias/{config.prefix}-data").shared if config.encrypt else None
        )
        self.vpc: ec2.IVpc = VirtualNetwork(self, "Network", config=config, key=self.key).vpc
        self.firewall = Firewall(
            self, "Firewall", vpc=self.vpc, services=config.services, broker_port=config.broker.port
        )
        self.alarms: sns.ITopic | None = (
            AlarmTopic(self, "Alarms", name=f"{config.prefix}-alarms", key=self.key).topic if config.watched else None
        )
        self.output("VpcId", self.vpc.vpc_id, "The VPC of all services")
