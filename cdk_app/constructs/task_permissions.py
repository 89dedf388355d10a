"""The permissions of a service's task role."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from cdk_app.catalogue import Grant, Service
from cdk_app.config import StageConfig
from cdk_app.constructs.signing_keys import SigningKeys


def grant_broker_access(role: iam.IRole, *, cluster_arn: str, config: StageConfig) -> None:
    """Allows `role` to find the brokers.

    Where clients authenticate with IAM, also allows it to use the system's topics and consumer groups.
    """
    _allow(role, ["kafka:GetBootstrapBrokers"], [cluster_arn])
    if not config.broker.iam_authentication:
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


def grant_catalogue_entry(role: iam.IRole, *, service: Service, config: StageConfig, signing_keys: SigningKeys) -> None:
    """Allows `role` what the grants of `service` say, except for `SEED_ADMIN`: ECS injects those credentials."""
    if Grant.SIGN_TOKENS in service.grants:
        signing_keys.grant_sign(role)
    if Grant.SEND_EMAIL in service.grants:
        identity = f"arn:aws:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}:identity/{config.email_domain}"
        _allow(role, ["ses:SendEmail"], [identity])
    if Grant.SEND_SMS in service.grants:
        # sns:Publish to a phone number supports no resource (SNS Developer Guide, "SMS and IAM").
        _allow(role, ["sns:Publish"], ["*"])


def _kafka_arn(resource_type: str, cluster_name: str, name: str) -> str:
    # The star stands for the cluster's UUID, which is unknown before the cluster exists. The cluster's name is unique.
    return f"arn:aws:kafka:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource_type}/{cluster_name}/*/{name}"


def _allow(role: iam.IRole, actions: list[str], resources: list[str]) -> None:
    role.add_to_principal_policy(iam.PolicyStatement(actions=actions, resources=resources))
