"""The network stack: the VPC, its security groups, the encryption key and the alarm topic."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk_app.catalogue import SERVICES
from cdk_app.config import StageConfig
from cdk_app.constructs.alarms import AlarmTopic
from cdk_app.constructs.encryption_key import EncryptionKey
from cdk_app.constructs.private_vpc import PrivateVpc
from cdk_app.constructs.security_groups import SecurityGroups
from cdk_app.stacks.system_stack import SystemStack


class NetworkStack(SystemStack):
    """Everything that the other stacks share. `encryption_key` and `alarm_topic` are `None` in a stage without them."""

    def __init__(self, scope: Construct, *, config: StageConfig) -> None:
        super().__init__(scope, name="network", config=config, description="VPC, firewall and what all stacks share")
        self.encryption_key: kms.IKey | None = None
        if config.customer_managed_key:
            self.encryption_key = EncryptionKey(self, "Encryption", alias=f"alias/{config.prefix}-data").shared
        self.vpc: ec2.IVpc = PrivateVpc(self, "Network", config=config, encryption_key=self.encryption_key).vpc
        self.security_groups = SecurityGroups(
            self, "Firewall", vpc=self.vpc, services=tuple(SERVICES.values()), broker_port=config.broker.port
        )
        self.alarm_topic: sns.ITopic | None = None
        if config.alarms:
            alarms = AlarmTopic(self, "Alarms", name=f"{config.prefix}-alarms", encryption_key=self.encryption_key)
            self.alarm_topic = alarms.topic
        self.add_output("VpcId", self.vpc.vpc_id, "The VPC of all services")
