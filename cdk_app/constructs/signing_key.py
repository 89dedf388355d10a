"""The key that signs access tokens. Its private half never leaves KMS."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

SIGNING_ALGORITHM = "RSASSA_PKCS1_V1_5_SHA_256"
"""RS256, the one algorithm that an HTTP API's JWT authorizer accepts."""


class SigningKey(Construct):
    """An RSA key, with an alias, for signing and verifying only."""

    def __init__(self, scope: Construct, construct_id: str, *, alias: str, removal: RemovalPolicy) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description="Signs access tokens",
            key_spec=kms.KeySpec.RSA_2048,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            alias=alias,
            removal_policy=removal,
        )

    @property
    def arn(self) -> str:
        return self.key.key_arn

    def grant_sign(self, grantee: iam.IGrantable) -> None:
        """Let `grantee` sign with the tokens' algorithm, and read the public half (its hash names the key)."""
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["kms:Sign"],
            resource_arns=[self.arn],
            conditions={"StringEquals": {"kms:SigningAlgorithm": SIGNING_ALGORITHM}},
        )
        self.grant_read(grantee)

    def grant_read(self, grantee: iam.IGrantable) -> None:
        """Let `grantee` read the public half."""
        iam.Grant.add_to_principal(grantee=grantee, actions=["kms:GetPublicKey"], resource_arns=[self.arn])
