"""What the code of a service may call, from the grants of its catalogue entry."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from cdk_app.catalogue import Grant, Service
from cdk_app.config import StageConfig
from cdk_app.constructs.signing_key import SigningKey


def grant_broker(role: iam.IRole, *, cluster_arn: str, config: StageConfig) -> None:
    """Find the brokers; where they ask who one is, also use the system's topics and consumer groups."""
    _allow(role, ["kafka:GetBootstrapBrokers"], [cluster_arn])
    if not config.broker.iam:
        return
    _allow(
        role,
        ["kafka-cluster:Connect", "kafka-cluster:DescribeCluster", "kafka-cluster:WriteDataIdempotently"],
        [cluster_arn],
    )
    _allow(
        role,
        [
            "kafka-cluster:CreateTopic",
            "kafka-cluster:DescribeTopic",
            "kafka-cluster:ReadData",
            "kafka-cluster:WriteData",
        ],
        [_kafka_arn("topic", config.prefix, "pms.*")],
    )
    _allow(
        role,
        ["kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"],
        [_kafka_arn("group", config.prefix, "*")],
    )


def grant_extras(role: iam.IRole, *, service: Service, config: StageConfig, signing_key: SigningKey) -> None:
    """The service's own grants. Reading ADMIN's credentials is not among them: ECS injects those."""
    if Grant.SIGN_TOKENS in service.grants:
        signing_key.grant_sign(role)
    if Grant.SEND_EMAIL in service.grants:
        domain = config.email_sender.partition("@")[2]
        _allow(role, ["ses:SendEmail"], [f"arn:aws:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}:identity/{domain}"])
    if Grant.SEND_SMS in service.grants:
        # A message to a phone number has no resource to name (SNS Developer Guide, "SMS and IAM").
        _allow(role, ["sns:Publish"], ["*"])


def _kafka_arn(kind: str, cluster: str, name: str) -> str:
    # The star is the cluster's UUID, which is known only when there is a cluster; its name is unique already.
    return f"arn:aws:kafka:{Aws.REGION}:{Aws.ACCOUNT_ID}:{kind}/{cluster}/*/{name}"


def _allow(role: iam.IRole, actions: list[str], resources: list[str]) -> None:
    role.add_to_principal_policy(iam.PolicyStatement(actions=actions, resources=resources))
