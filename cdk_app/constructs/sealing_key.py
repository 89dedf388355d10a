"""The key that encrypts secrets on their way from one service to another."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct


class SealingKey(Construct):
    """A symmetric key in KMS, which is replaced every year. Who encrypts cannot decrypt (docs/adr/0022)."""

    def __init__(self, scope: Construct, construct_id: str, *, alias: str, removal_policy: RemovalPolicy) -> None:
        super().__init__(scope, construct_id)
        self._key = kms.Key(
            self,
            "Key",
            description="Encrypts secrets between services",
            alias=alias,
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )

    @property
    def arn(self) -> str:
        """The ARN of the key."""
        return self._key.key_arn

    def grant_seal(self, grantee: iam.IGrantable) -> None:
        """Allows `grantee` to encrypt."""
        self._grant(grantee, "kms:Encrypt")

    def grant_unseal(self, grantee: iam.IGrantable) -> None:
        """Allows `grantee` to decrypt."""
        self._grant(grantee, "kms:Decrypt")

    def _grant(self, grantee: iam.IGrantable, action: str) -> None:
        iam.Grant.add_to_principal(grantee=grantee, actions=[action], resource_arns=[self.arn])
