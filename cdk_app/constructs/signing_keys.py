"""The keys that sign access tokens. Their private halves never leave KMS."""

from __future__ import annotations

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from services.contracts.signing_keys import SigningAliases

SIGNING_ALGORITHM = "RSASSA_PKCS1_V1_5_SHA_256"
"""KMS's name for RS256. The JWT authorizer of an HTTP API accepts only RSA-based algorithms."""


class SigningKeys(Construct):
    """The first RSA key, for signing and verifying only, and the three aliases, which all begin with it.

    A rotation makes further keys and moves the aliases, without a deployment. CloudFormation leaves an alias where it
    is, as long as the template does not change. So permissions are for aliases, and not for keys.
    """

    def __init__(self, scope: Construct, construct_id: str, *, alias: str, removal_policy: RemovalPolicy) -> None:
        super().__init__(scope, construct_id)
        self._aliases = SigningAliases(alias)
        key = kms.Key(
            self,
            "Key",
            description="Signs access tokens",
            key_spec=kms.KeySpec.RSA_2048,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            alias=alias,
            removal_policy=removal_policy,
        )
        for name, further in (("NextAlias", self._aliases.next), ("PreviousAlias", self._aliases.previous)):
            kms.Alias(self, name, alias_name=further, target_key=key, removal_policy=removal_policy)

    @property
    def alias(self) -> str:
        """The alias of the key that signs."""
        return self._aliases.current

    def grant_sign(self, grantee: iam.IGrantable) -> None:
        """Allows `grantee` to sign with the current key and `SIGNING_ALGORITHM`, and to read the public keys."""
        _allow(
            grantee,
            "kms:Sign",
            {"kms:RequestAlias": self._aliases.current, "kms:SigningAlgorithm": SIGNING_ALGORITHM},
        )
        self.grant_read(grantee)

    def grant_read(self, grantee: iam.IGrantable) -> None:
        """Allows `grantee` to read the public keys."""
        _allow(grantee, "kms:GetPublicKey", {"kms:RequestAlias": list(self._aliases)})


def _allow(grantee: iam.IGrantable, action: str, conditions: dict[str, str | list[str]]) -> None:
    # An alias is no resource of these actions (KMS Developer Guide, "Using aliases to control access to KMS keys").
    every_key = f"arn:aws:kms:{Aws.REGION}:{Aws.ACCOUNT_ID}:key/*"
    iam.Grant.add_to_principal(
        grantee=grantee, actions=[action], resource_arns=[every_key], conditions={"StringEquals": conditions}
    )
