"""The key that signs access tokens. Its private key never leaves KMS."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

SIGNING_ALGORITHM = "RSASSA_PKCS1_V1_5_SHA_256"
"""KMS's name for RS256. The JWT authorizer of an HTTP API accepts only RSA-based algorithms."""


class SigningKey(Construct):
    """An RSA key with an alias, for signing and verifying only."""

    def __init__(self, scope: Construct, construct_id: str, *, alias: str, removal_policy: RemovalPolicy) -> None:
        super().__init__(scope, construct_id)
        self._key = kms.Key(
            self,
            "Key",
            description="Signs access tokens",
            key_spec=kms.KeySpec.RSA_2048,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            alias=alias,
            removal_policy=removal_policy,
        )

    @property
    def arn(self) -> str:
        """The key's ARN."""
        return self._key.key_arn

    def grant_sign(self, grantee: iam.IGrantable) -> None:
        """Allows `grantee` to sign with `SIGNING_ALGORITHM`, and to read the public key, whose hash is the key id."""
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["kms:Sign"],
            resource_arns=[self.arn],
            conditions={"StringEquals": {"kms:SigningAlgorithm": SIGNING_ALGORITHM}},
        )
        self.grant_read(grantee)

    def grant_read(self, grantee: iam.IGrantable) -> None:
        """Allows `grantee` to read the public key."""
        iam.Grant.add_to_principal(grantee=grantee, actions=["kms:GetPublicKey"], resource_arns=[self.arn])
