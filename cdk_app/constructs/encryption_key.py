"""The customer-managed key that encrypts data at rest."""

from __future__ import annotations

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct


class EncryptionKey(Construct):
    """A key, rotated yearly, for databases, secrets, topics, the broker and log groups.

    The key's default policy admits every role whose own policy allows using the key. AWS services that use the key on
    their own behalf need a statement here: CloudWatch Logs, for this account's log groups, and CloudWatch alarms.

    Other stacks use `shared`, a reference whose key policy CDK cannot change. If they used the key itself, their grants
    would add their roles to the key policy, and the stacks would depend on each other in a cycle.
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


def grant_secret_decryption(grantee: iam.IGrantable, *, encryption_key: kms.IKey) -> None:
    """Allows `grantee` to decrypt with the key, but only through Secrets Manager."""
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["kms:Decrypt"],
        resource_arns=[encryption_key.key_arn],
        conditions={"StringEquals": {"kms:ViaService": f"secretsmanager.{Aws.REGION}.amazonaws.com"}},
    )
