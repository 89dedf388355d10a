"""The key that encrypts data at rest where AWS's own keys are not enough."""

from __future__ import annotations

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct


class EncryptionKey(Construct):
    """A customer-managed key, rotated yearly, that databases, secrets, topics, the broker and log groups share.

    Those that use it through their role's policy are let in by the key's default policy. Services of AWS that act
    by themselves need a statement here: CloudWatch Logs (for this account's log groups) and alarms that notify.

    Other stacks are given `shared`, a reference that no grant can write to: a grant of theirs would put their roles
    into this key's policy, and the stack of the key would depend on the stacks that depend on it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, alias: str) -> None:
        super().__init__(scope, construct_id)
        key = kms.Key(self, "Key", alias=alias, enable_key_rotation=True, removal_policy=RemovalPolicy.RETAIN)
        self.shared: kms.IKey = kms.Key.from_key_arn(self, "Shared", key.key_arn)
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{Aws.REGION}.amazonaws.com")],
                actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
                resources=["*"],
                conditions={
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:*"
                    }
                },
            )
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )


def allow_reading_secrets(grantee: iam.IGrantable, key: kms.IKey) -> None:
    """Let `grantee` decrypt with `key` what Secrets Manager encrypted, and nothing else."""
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["kms:Decrypt"],
        resource_arns=[key.key_arn],
        conditions={"StringEquals": {"kms:ViaService": f"secretsmanager.{Aws.REGION}.amazonaws.com"}},
    )
